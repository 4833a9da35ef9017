"""Notes of acts that are not answered yet, and the choice behind a message."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table and the column; for older messages, it is not known what was pressed."""
    op.create_table(
        "optout_unanswered",
        sa.Column("holder", sa.String(64), primary_key=True),
        sa.Column("reference", sa.String(14), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("messages", sa.Column("choice", sa.String(22)))
