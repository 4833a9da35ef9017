"""Tables of the staff: accounts with roles, their sessions, and the audit log of their acts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make each agent an account with the same id and token; ``agents`` keeps who is there."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False, unique=True),
        sa.Column("roles", sa.String(40), nullable=False),
        sa.Column("token", sa.String(64), unique=True),
        sa.Column("identity", sa.String(64), unique=True),
        sa.Column("created_at", moment, nullable=False),
    )
    op.execute(
        "INSERT INTO accounts (id, name, roles, token, created_at) "
        "SELECT id, name, 'agent', token, created_at FROM agents"
    )
    op.create_table(
        "present_agents",
        sa.Column(
            "id", sa.String(32), sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("seen_at", moment, nullable=False),
    )
    op.execute(
        "INSERT INTO present_agents (id, seen_at) "
        "SELECT id, seen_at FROM agents WHERE seen_at IS NOT NULL"
    )
    op.drop_table("agents")
    op.rename_table("present_agents", "agents")
    op.create_table(
        "account_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "account",
            sa.String(32),
            sa.ForeignKey("accounts.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=False, index=True),
    )
    op.create_table(
        "account_history",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("account", sa.String(32), nullable=False, index=True),
        sa.Column("at", moment, nullable=False, index=True),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
    head = op.create_table(
        "account_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "mac": "0" * 64, "seal": ""}])
