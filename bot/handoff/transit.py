"""The outbox of handoffs: what desks of others must still be told.

A handoff is its own entry. It is stored before the shopper is told of it, and what the shopper says later is in the
conversation: ``relayed`` is how far the desk knows it. So nothing that was stored can be forgotten, and a process that is
killed leaves it to be told by the next one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot import metrics
from bot.handoff.closings import note
from bot.handoff.model import OPEN, Handoff, Kind, State
from bot.handoff.records import LEASE, Records, first_look, locked, next_try
from bot.handoff.tables import handoffs
from bot.web.store import messages


class Transit:
    """The handoffs at desks of others, for whoever tells them; several may at once."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def take(self, desk: str) -> Handoff | None:
        """Take a handoff of which a desk must be told something now; nobody else gets it until the lease is over."""
        now = datetime.now(UTC)
        due = sa.select(handoffs).where(handoffs.c.desk == desk, handoffs.c.next_at <= now, _has_news())
        due = due.order_by(handoffs.c.next_at).limit(1)
        if self._records.first(due) is None:  # without the lock, because mostly there is nothing
            return None
        with self._records.writing() as db:
            row = db.execute(due.with_for_update(skip_locked=True, of=handoffs)).first()
            if row is None:
                return None
            return self._records.change(db, row.id, next_at=now + LEASE, attempts=row.attempts + 1)

    def keep(self, handoff: Handoff, remote: str) -> None:
        """Store the id that a desk has given a handoff, before it has all of it; one that was deleted meanwhile is closed."""
        if not self._change(handoff, remote=remote):
            with self._records.writing() as db:
                note(db, handoff.desk, remote)

    def opened(self, handoff: Handoff, remote: str) -> None:
        """Note that a desk has a handoff; a message is done with that, unless something was added."""
        now = datetime.now(UTC)
        done: dict[str, Any] = {"state": str(State.COMPLETED), "ended_at": now}
        rest: dict[str, Any] = {"next_at": now}
        with self._records.writing() as db:
            row = locked(db, handoff.id)
            if row is None or row.desk != handoff.desk:
                return
            if handoff.kind is Kind.MESSAGE:
                metrics.handoffs.labels(str(State.COMPLETED)).inc()
                rest = done | {"next_at": now if row.added else None}
            self._records.change(db, row.id, remote=remote, opened_at=now, attempts=0, error="", **rest)

    def relayed(self, handoff: Handoff, message: int) -> None:
        """Note that a desk has what the shopper said, up to a message."""
        self._change(handoff, relayed=message, attempts=0, error="", next_at=datetime.now(UTC) + LEASE)

    def settled(self, handoff: Handoff, for_good: bool = False) -> None:
        """Note that a desk knows all there is now, or all there will be."""
        self._change(handoff, attempts=0, next_at=None if for_good else datetime.now(UTC))

    def failed(self, handoff: Handoff, error: str, retry_after: timedelta | None) -> None:
        """Note that a desk was not told: it is tried again."""
        self._change(handoff, error=error[:200], next_at=next_try(handoff.attempts, retry_after))

    def strangers(self, known: Sequence[str]) -> list[Handoff]:
        """Return what waits for desks that are not among the ways any more."""
        strange = (handoffs.c.next_at.is_not(None), handoffs.c.desk.not_in(known))
        return self._records.all(sa.select(handoffs).where(*strange))

    def retry(self, desk: str) -> int:
        """Let messages that reached nobody go to a desk again; return how many."""
        lost = (handoffs.c.state == State.FAILED, handoffs.c.kind == Kind.MESSAGE)
        again = {"state": str(State.REQUESTED), "ended_at": None, "attempts": 0, "next_at": first_look(desk), "desk": desk}
        with self._records.writing() as db:
            return int(
                db.execute(handoffs.update().where(*lost).values(**again, remote=None, opened_at=None, added=False)).rowcount
            )

    def _change(self, handoff: Handoff, **values: Any) -> bool:
        """Change a handoff; return False if it is gone, or with another desk by now."""
        same = (handoffs.c.id == handoff.id, handoffs.c.desk == handoff.desk)
        with self._records.writing() as db:
            return bool(db.execute(handoffs.update().where(*same).values(**values)).rowcount)


def _has_news() -> sa.sql.ColumnElement:
    """Return the condition that its desk does not know everything of a handoff: of a chat that is open, what was said since."""
    said = sa.exists().where(
        messages.c.conversation == handoffs.c.conversation,
        messages.c.id > handoffs.c.relayed,
        messages.c.sender == "visitor",
    )
    over = handoffs.c.state.not_in([str(state) for state in OPEN])
    return (handoffs.c.kind == Kind.MESSAGE) | handoffs.c.opened_at.is_(None) | over | said
