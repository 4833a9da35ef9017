"""Table of chats to close at external help desks; column for notes added after delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table and add the column; older handoffs have no added note."""
    op.create_table(
        "handoff_closings",
        sa.Column("desk", sa.String(20), primary_key=True),
        sa.Column("remote", sa.String(100), primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.add_column(
        "handoffs", sa.Column("added", sa.Boolean, nullable=False, server_default=sa.false())
    )
