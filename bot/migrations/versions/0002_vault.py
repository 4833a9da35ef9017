"""Table of the vault; columns for the last activity of a conversation and for repeated messages."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table and the columns; older conversations count as active since their start."""
    active_at = sa.Column(
        "active_at",
        sa.DateTime(timezone=True),
        nullable=False,
        server_default="1970-01-01 00:00:00",
    )
    op.add_column("conversations", active_at)
    op.execute("UPDATE conversations SET active_at = started_at")
    op.create_index("ix_conversations_active_at", "conversations", ["active_at"])
    op.add_column("messages", sa.Column("fingerprint", sa.String(64)))
    op.create_table(
        "vault",
        sa.Column("conversation", sa.String(32), primary_key=True),
        sa.Column("placeholder", sa.String(40), primary_key=True),
        sa.Column("digest", sa.String(64)),
        sa.Column("secret", sa.Text),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_vault_digest", "vault", ["digest"])
    op.create_index("ix_vault_used_at", "vault", ["used_at"])
