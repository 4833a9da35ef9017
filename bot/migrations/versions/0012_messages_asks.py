"""Column of messages that ask for an address or number."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; older messages ask for nothing."""
    op.add_column("messages", sa.Column("asks", sa.String(10)))
