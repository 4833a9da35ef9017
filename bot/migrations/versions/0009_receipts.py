"""Table of receipts, column for what a request takes back, and room for longer references."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Give every request a receipt with its reference; nobody can take back an older request."""
    for table in ("optouts", "handoffs"):
        with op.batch_alter_table(table) as change:
            change.alter_column(
                "reference", type_=sa.String(14), existing_type=sa.String(10), nullable=False
            )
    op.add_column("optouts", sa.Column("undoes", sa.String(32)))
    op.create_index("ix_optouts_undoes", "optouts", ["undoes"])
    op.create_table(
        "optout_receipts",
        sa.Column("reference", sa.String(14), primary_key=True),
        sa.Column("optout", sa.String(32), nullable=False, index=True),
        sa.Column("holder", sa.String(64)),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("kinds", sa.String(100), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
    )
    op.execute(
        "INSERT INTO optout_receipts (reference, optout, channel, kinds, received_at, due) "
        "SELECT reference, id, channel, kinds, received_at, due FROM optouts"
    )
