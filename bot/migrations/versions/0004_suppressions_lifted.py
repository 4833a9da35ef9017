"""Entries of the list of who is out that are lifted rather than deleted, and sealed; indexes for what the office asks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns and indexes; entries from before have no seal, which ``privacy-bot optouts rotate`` gives them."""
    op.add_column("optout_suppressions", sa.Column("lifted_by", sa.String(32)))
    op.add_column("optout_suppressions", sa.Column("mac", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_optout_suppressions_lifted_by", "optout_suppressions", ["lifted_by"])
    op.create_index("ix_optouts_due", "optouts", ["due"])
    op.create_index("ix_optout_outbox_given_up_at", "optout_outbox", ["given_up_at"])
