"""Tables of the check values of keys, and of the time that the bot saw last."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TIMES = (("conversations", "active_at"), ("optouts", "received_at"))


def upgrade() -> None:
    """Create both; the time seen last is that of the newest conversation or opt-out."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "key_checks",
        sa.Column("check_value", sa.String(64), primary_key=True),
        sa.Column("since", moment, nullable=False),
    )
    heartbeat = op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("seen_at", moment, nullable=False),
    )
    newest = [
        op.get_bind()
        .execute(sa.select(sa.func.max(sa.column(column, moment))).select_from(sa.table(table)))
        .scalar()
        for table, column in _TIMES
    ]
    known = max((time.replace(tzinfo=UTC) for time in newest if time), default=datetime.now(UTC))
    op.bulk_insert(heartbeat, [{"id": 1, "seen_at": known}])
