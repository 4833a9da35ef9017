"""Chats at desks of others whose conversations were deleted: the desk must still be told that nobody is there any more."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff.model import EMBEDDED, OPEN, Kind
from bot.handoff.records import LAST_PATIENCE, LEASE, Records, next_try
from bot.handoff.tables import closings, handoffs


@dataclass(frozen=True)
class Closing:
    """A chat that is to be closed: nothing else is known of it any more."""

    desk: str
    remote: str
    attempts: int


def leave(db: Connection, conversation: str) -> None:
    """Note the chats of a conversation that is about to be deleted."""
    chats = sa.select(handoffs.c.desk, handoffs.c.remote).where(
        handoffs.c.conversation == conversation,
        handoffs.c.kind == Kind.LIVE,
        handoffs.c.state.in_([str(state) for state in OPEN]) | handoffs.c.next_at.is_not(None),
        handoffs.c.desk != EMBEDDED,
        handoffs.c.remote.is_not(None),
    )
    for row in db.execute(chats).all():
        note(db, row.desk, row.remote)


def note(db: Connection, desk: str, remote: str) -> None:
    """Note a chat that is to be closed, once."""
    theirs = (closings.c.desk == desk, closings.c.remote == remote)
    if db.execute(sa.select(closings.c.desk).where(*theirs)).first() is None:
        db.execute(closings.insert().values(desk=desk, remote=remote, attempts=0, next_at=datetime.now(UTC)))


class Closings:
    """The chats that are to be closed, for whoever tells the desks."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def take(self, desk: str) -> Closing | None:
        """Take a chat that a desk must be told of now; nobody else gets it for a while."""
        now = datetime.now(UTC)
        due = sa.select(closings).where(closings.c.desk == desk, closings.c.next_at <= now).limit(1)
        with self._records.reading() as db:  # without the lock, because mostly there is nothing
            if db.execute(due).first() is None:
                return None
        with self._records.writing() as db:
            row = db.execute(due.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            closing = Closing(row.desk, row.remote, row.attempts + 1)
            db.execute(_same(closings.update(), closing).values(attempts=closing.attempts, next_at=now + LEASE))
            return closing

    def done(self, closing: Closing) -> None:
        """Forget it: the desk knows."""
        with self._records.writing() as db:
            db.execute(_same(closings.delete(), closing))

    def failed(self, closing: Closing, retry_after: timedelta | None, for_good: bool) -> None:
        """Try it again later, unless that is of no use."""
        if for_good or closing.attempts >= LAST_PATIENCE:
            self.done(closing)
            return
        with self._records.writing() as db:
            db.execute(_same(closings.update(), closing).values(next_at=next_try(closing.attempts, retry_after)))


def _same(statement: sa.sql.dml.UpdateBase, closing: Closing) -> sa.sql.dml.UpdateBase:
    return statement.where(closings.c.desk == closing.desk, closings.c.remote == closing.remote)
