"""Outbox of handoffs: the news that external help desks do not know yet.

It touches the tables of handoffs and closings, and calls no help desk: ``bot.handoff.dispatch``
takes the entries and delivers them.

There is no table of entries: a handoff is its own entry. It is stored before the shopper is told of
it. Later messages are in the conversation, and ``relayed`` is the last one that the help desk has.
So nothing that is stored can be forgotten, and after a crash the next process goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import metrics
from bot.conversations.tables import messages
from bot.handoff.model import EMBEDDED, OPEN, Handoff, HandoffKind, State
from bot.handoff.records import LAST_PATIENCE, LEASE, Records, first_look, lock_handoff, next_try
from bot.handoff.tables import closings, handoffs


class HandoffOutbox:
    """Handoffs with news for external help desks; several workers may take from it at once."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def take(self, desk: str) -> Handoff | None:
        """Take the next handoff with news for a help desk; None if there is none.

        No other worker gets it during its lease.
        """
        now = datetime.now(UTC)
        due = sa.select(handoffs).where(
            handoffs.c.desk == desk, handoffs.c.next_at <= now, _has_news()
        )
        due = due.order_by(handoffs.c.next_at).limit(1)
        # The first look takes no lock, because mostly there is nothing.
        if self._records.first(due) is None:
            return None
        with self._records.writing() as db:
            row = db.execute(due.with_for_update(skip_locked=True, of=handoffs)).first()
            if row is None:
                return None
            return self._records.change(db, row.id, next_at=now + LEASE, attempts=row.attempts + 1)

    def keep(self, handoff: Handoff, remote: str) -> None:
        """Store the id of a case at its help desk before the help desk has the whole case.

        If the handoff was deleted meanwhile, its chat there is closed.
        """
        if not self._change(handoff, remote=remote):
            with self._records.writing() as db:
                add_closing(db, handoff.desk, remote)

    def opened(self, handoff: Handoff, remote: str) -> None:
        """Store that a help desk has the whole case; this completes a message.

        An addition to the message, if there is one, is delivered next.
        """
        now = datetime.now(UTC)
        completed: dict[str, Any] = {"state": str(State.COMPLETED), "ended_at": now}
        rest: dict[str, Any] = {"next_at": now}
        with self._records.writing() as db:
            row = lock_handoff(db, handoff.id)
            if row is None or row.desk != handoff.desk:
                return
            if handoff.kind is HandoffKind.MESSAGE:
                metrics.handoffs.labels(str(State.COMPLETED)).inc()
                rest = completed | {"next_at": now if row.added else None}
            self._records.change(
                db, row.id, remote=remote, opened_at=now, attempts=0, error="", **rest
            )

    def relayed(self, handoff: Handoff, message: int) -> None:
        """Store that a help desk has the messages of the shopper up to this one."""
        self._change(
            handoff, relayed=message, attempts=0, error="", next_at=datetime.now(UTC) + LEASE
        )

    def settled(self, handoff: Handoff, for_good: bool = False) -> None:
        """Store that a help desk has all news so far; ``for_good``: there will be no more."""
        self._change(handoff, attempts=0, next_at=None if for_good else datetime.now(UTC))

    def failed(self, handoff: Handoff, error: str, retry_after: timedelta | None) -> None:
        """Store a failed attempt and the time of the next one."""
        self._change(handoff, error=error[:200], next_at=next_try(handoff.attempts, retry_after))

    def unconfigured(self, known: Sequence[str]) -> list[Handoff]:
        """Return handoffs with news for help desks that are not configured any more."""
        unknown = (handoffs.c.next_at.is_not(None), handoffs.c.desk.not_in(known))
        return self._records.all(sa.select(handoffs).where(*unknown))

    def retry(self, desk: str) -> int:
        """Give the undelivered messages to a desk again, and return their number."""
        undelivered = (handoffs.c.state == State.FAILED, handoffs.c.kind == HandoffKind.MESSAGE)
        again = {
            "state": str(State.REQUESTED),
            "ended_at": None,
            "attempts": 0,
            "next_at": first_look(desk),
            "desk": desk,
        }
        with self._records.writing() as db:
            return int(
                db.execute(
                    handoffs.update()
                    .where(*undelivered)
                    .values(**again, remote=None, opened_at=None, added=False)
                ).rowcount
            )

    def _change(self, handoff: Handoff, **values: Any) -> bool:
        """Change a handoff; return False if it was deleted, or is at another desk by now."""
        unmoved = (handoffs.c.id == handoff.id, handoffs.c.desk == handoff.desk)
        with self._records.writing() as db:
            return bool(db.execute(handoffs.update().where(*unmoved).values(**values)).rowcount)


def _has_news() -> sa.sql.ColumnElement:
    """Return the condition that a handoff has news for its help desk.

    Its ``next_at`` must be due besides. A message has news whenever that is set. A live chat has
    news before it is opened, after its end, and while messages of the shopper are not relayed.
    """
    unrelayed = sa.exists().where(
        messages.c.conversation == handoffs.c.conversation,
        messages.c.id > handoffs.c.relayed,
        messages.c.sender == "visitor",
    )
    over = handoffs.c.state.not_in([str(state) for state in OPEN])
    return (
        (handoffs.c.kind == HandoffKind.MESSAGE) | handoffs.c.opened_at.is_(None) | over | unrelayed
    )


@dataclass(frozen=True)
class Closing:
    """Chat to close at an external help desk; its conversation and its handoff were deleted."""

    desk: str
    remote: str
    attempts: int


def schedule_closings(db: Connection, conversation: str) -> None:
    """Add the chats of a conversation to those to close, before the conversation is deleted."""
    chats = sa.select(handoffs.c.desk, handoffs.c.remote).where(
        handoffs.c.conversation == conversation,
        handoffs.c.kind == HandoffKind.LIVE,
        handoffs.c.state.in_([str(state) for state in OPEN]) | handoffs.c.next_at.is_not(None),
        handoffs.c.desk != EMBEDDED,
        handoffs.c.remote.is_not(None),
    )
    for row in db.execute(chats).all():
        add_closing(db, row.desk, row.remote)


def add_closing(db: Connection, desk: str, remote: str) -> None:
    """Add a chat to those to close, once."""
    this_chat = (closings.c.desk == desk, closings.c.remote == remote)
    if db.execute(sa.select(closings.c.desk).where(*this_chat)).first() is None:
        db.execute(
            closings.insert().values(
                desk=desk, remote=remote, attempts=0, next_at=datetime.now(UTC)
            )
        )


class ClosingOutbox:
    """Chats of deleted conversations, to close at external help desks."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def take(self, desk: str) -> Closing | None:
        """Take the next chat to close at a help desk; None if there is none.

        No other worker gets it during its lease.
        """
        now = datetime.now(UTC)
        due = sa.select(closings).where(closings.c.desk == desk, closings.c.next_at <= now).limit(1)
        # The first look takes no lock, because mostly there is nothing.
        with self._records.reading() as db:
            if db.execute(due).first() is None:
                return None
        with self._records.writing() as db:
            row = db.execute(due.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            closing = Closing(row.desk, row.remote, row.attempts + 1)
            db.execute(
                _only(closings.update(), closing).values(
                    attempts=closing.attempts, next_at=now + LEASE
                )
            )
            return closing

    def done(self, closing: Closing) -> None:
        """Delete the entry of a chat that is closed."""
        with self._records.writing() as db:
            db.execute(_only(closings.delete(), closing))

    def failed(self, closing: Closing, retry_after: timedelta | None, for_good: bool) -> None:
        """Store a failed attempt and the time of the next one.

        The entry is deleted after a failure ``for_good``, or after too many attempts.
        """
        if for_good or closing.attempts >= LAST_PATIENCE:
            self.done(closing)
            return
        with self._records.writing() as db:
            db.execute(
                _only(closings.update(), closing).values(
                    next_at=next_try(closing.attempts, retry_after)
                )
            )


def _only(statement: sa.sql.dml.UpdateBase, closing: Closing) -> sa.sql.dml.UpdateBase:
    return statement.where(closings.c.desk == closing.desk, closings.c.remote == closing.remote)
