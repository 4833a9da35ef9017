"""Presence of shoppers: whether their page still asks, whether they type, and when it was loaded.

Only while support has the conversation. These are hints for the agent, so they are written without
a lock, and need not survive a loss of power.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine, Row

from bot.database import aware, transaction
from bot.handoff.model import OPEN
from bot.handoff.tables import handoffs

# The widget asks every two seconds while support has the conversation; the browser lets a page in
# the background ask less often.
_HERE = timedelta(seconds=15)
_TYPING = timedelta(seconds=6)
_NOTE_EVERY = timedelta(seconds=4)  # so that not every call of a page writes


@dataclass(frozen=True)
class Presence:
    """Presence of a shopper, as far as their page has told."""

    seen_at: datetime | None
    typing: bool
    loaded_at: datetime | None

    @property
    def here(self) -> bool:
        """Return whether the shopper's page has asked for news just now."""
        return self.seen_at is not None and datetime.now(UTC) - self.seen_at < _HERE

    @classmethod
    def of(cls, row: Row) -> "Presence":
        """Read it from a row of the handoffs."""
        seen, typed, loaded = (
            aware(moment) if moment else None
            for moment in (row.shopper_at, row.shopper_typing_at, row.shopper_loaded_at)
        )
        return cls(seen, typed is not None and datetime.now(UTC) - typed < _TYPING, loaded)


class ShopperPresence:
    """Presence of the shoppers who wait for an agent, or talk to one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, conversation: str, typing: bool = False, loaded: bool = False) -> None:
        """Note that the page of a conversation is there; ``loaded`` means that it was loaded again.

        Nothing is stored without an open handoff, or if the same was stored a moment ago.
        """
        now = datetime.now(UTC)
        open_here = (
            handoffs.c.conversation == conversation,
            handoffs.c.state.in_([str(state) for state in OPEN]),
        )
        changes = {"shopper_at": now}
        if loaded:
            changes["shopper_loaded_at"] = now
        if typing:
            changes["shopper_typing_at"] = now
        newest = handoffs.c.shopper_typing_at if typing else handoffs.c.shopper_at
        stale = sa.true() if loaded else newest.is_(None) | (newest < now - _NOTE_EVERY)
        with transaction(self._engine) as db:
            # The first look takes no lock, because mostly there is nothing to change.
            if db.execute(sa.select(handoffs.c.id).where(*open_here, stale)).first():
                db.execute(handoffs.update().where(*open_here).values(**changes))
