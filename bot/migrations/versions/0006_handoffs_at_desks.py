"""Columns of handoffs at external help desks: the desk, the id there, and the delivery state."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; older handoffs are at our own desk and keep the names of their agents."""
    for column in (
        sa.Column("agent_name", sa.String(60)),
        sa.Column("desk", sa.String(20), nullable=False, server_default="desk"),
        sa.Column("remote", sa.String(100)),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("said_before", sa.Integer, nullable=False, server_default="0"),
        sa.Column("relayed", sa.Integer, nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.String(200), nullable=False, server_default=""),
    ):
        op.add_column("handoffs", column)
    op.create_index("ix_handoffs_next_at", "handoffs", ["next_at"])
    op.create_index("ix_handoffs_remote", "handoffs", ["desk", "remote"])
    op.execute(
        "UPDATE handoffs "
        "SET agent_name = (SELECT name FROM agents WHERE agents.id = handoffs.agent)"
    )
