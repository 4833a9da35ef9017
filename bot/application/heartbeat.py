"""Heartbeat: proof that the database can be written to, and memory of the time seen last."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.database import aware, metadata
from bot.database_errors import in_words, is_busy

BEAT_SECONDS = 5
# A server that is off for longer than this asks before it deletes; so does one whose clock jumps.
LONGEST_GAP = timedelta(days=90)

heartbeat = sa.Table(
    "heartbeat",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
)
log = structlog.get_logger()


class ClockJumped(RuntimeError):
    """The clock is far from the time seen last; the message has the remedy."""


class Heartbeat:
    """Row with the time seen last, which every process writes again and again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.trouble = ""  # why the database cannot be written to, with the remedy

    def beat(self) -> None:
        """Write the time, and keep in ``trouble`` why that is impossible; log each change.

        A time that is far from the one seen last is not noted: ``check_clock`` tells of it.
        """
        trouble = ""
        try:
            with self._engine.begin() as db:
                seen, now = self._seen(db), datetime.now(UTC)
                near = abs(now - seen) <= LONGEST_GAP
                db.execute(heartbeat.update().values(seen_at=now if near else seen))
        except SQLAlchemyError as error:
            trouble = self.trouble if is_busy(error) else in_words(error)
        if trouble != self.trouble:
            log.error(f"not ready: {trouble}") if trouble else log.info("ready again")
        self.trouble = trouble

    def check_clock(self) -> None:
        """Raise ClockJumped if the time is far from the one seen last."""
        with self._engine.begin() as db:
            seen, now = self._seen(db), datetime.now(UTC)
        if abs(now - seen) > LONGEST_GAP:
            raise ClockJumped(
                f"The clock says {now:%Y-%m-%d}, and the bot last ran on {seen:%Y-%m-%d}, so "
                "nothing that is old is deleted. Correct the clock; if it is right: "
                "privacy-bot retention --clock-is-right"
            )

    def trust_clock(self) -> None:
        """Take the present time for right, whatever was seen last."""
        with self._engine.begin() as db:
            db.execute(heartbeat.update().values(seen_at=datetime.now(UTC)))

    def _seen(self, db: sa.engine.Connection) -> datetime:
        return aware(db.execute(sa.select(heartbeat.c.seen_at)).scalar_one())
