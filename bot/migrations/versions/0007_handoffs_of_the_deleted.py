"""Chats at desks of others whose conversations were deleted, and what was added to a message after it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table of what is still to be closed, and the column; what is told already has nothing to be added."""
    op.create_table(
        "handoff_closings",
        sa.Column("desk", sa.String(20), primary_key=True),
        sa.Column("remote", sa.String(100), primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.add_column("handoffs", sa.Column("added", sa.Boolean, nullable=False, server_default=sa.false()))
