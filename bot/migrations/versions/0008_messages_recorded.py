"""Column of messages that say what the ledger recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; older messages have only their text."""
    op.add_column("messages", sa.Column("recorded", sa.Text))
