"""Tables of the desk: notes, mails to shoppers, agents' own answers; and who is there."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the tables, and the columns of presence and of what was read."""
    moment = sa.DateTime(timezone=True)
    op.add_column("handoffs", sa.Column("read_to", sa.Integer, nullable=False, server_default="0"))
    for name in ("shopper_at", "shopper_typing_at", "shopper_loaded_at"):
        op.add_column("handoffs", sa.Column(name, moment))
    op.add_column(
        "agents", sa.Column("available", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.create_table(
        "handoff_notes",
        sa.Column("id", sa.String(32), primary_key=True),
        _of_handoff(),
        sa.Column("at", moment, nullable=False),
        sa.Column("agent_name", sa.String(60), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "handoff_mails",
        sa.Column("id", sa.String(32), primary_key=True),
        _of_handoff(),
        sa.Column("at", moment, nullable=False),
        sa.Column("agent_name", sa.String(60), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("secret", sa.Text),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", moment, index=True),
        sa.Column("error", sa.String(200), nullable=False),
    )
    op.create_table(
        "canned_answers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "account",
            sa.String(32),
            sa.ForeignKey("accounts.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )


def _of_handoff() -> sa.Column:
    return sa.Column(
        "handoff",
        sa.String(32),
        sa.ForeignKey("handoffs.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )
