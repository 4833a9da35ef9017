"""Tables of the office: owner and notes of a request, and counts of what shoppers ask."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "optout_casework",
        sa.Column("optout", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(60), nullable=False, index=True),
    )
    op.create_table(
        "optout_notes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("optout", sa.String(32), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(60), nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
    )
    op.create_table(
        "question_counts",
        sa.Column("week", sa.Date, primary_key=True),
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
