"""Columns that lift entries of the suppression list and seal them; indexes for common queries."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns and indexes.

    Older entries have no seal until ``privacy-bot optouts rotate`` adds it.
    """
    op.add_column("optout_suppressions", sa.Column("lifted_by", sa.String(32)))
    op.add_column(
        "optout_suppressions", sa.Column("mac", sa.String(64), nullable=False, server_default="")
    )
    op.create_index("ix_optout_suppressions_lifted_by", "optout_suppressions", ["lifted_by"])
    op.create_index("ix_optouts_due", "optouts", ["due"])
    op.create_index("ix_optout_outbox_given_up_at", "optout_outbox", ["given_up_at"])
