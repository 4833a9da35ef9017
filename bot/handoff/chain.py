"""The ways to people, in the order in which they are tried, and what happens when one does not work."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy.engine import Connection, Row

from bot import metrics
from bot.handoff import words
from bot.handoff.agents import Agents
from bot.handoff.desks import Desk, LiveDesk
from bot.handoff.model import EMBEDDED, OPEN, WAITING, Handoff, Kind, State
from bot.handoff.records import Records, first_look, locked, set_state, tell
from bot.turns import Reply


class Chain:
    """The desks by name, in order; the embedded one has no ``Desk``, because it reads the same database."""

    def __init__(self, names: Sequence[str], desks: Mapping[str, Desk], agents: Agents) -> None:
        self.desks = desks
        self._names = tuple(names)
        self._agents = agents

    def has_people(self) -> bool:
        """Return whether anybody would read what is passed on."""
        return any(name != EMBEDDED for name in self._names) or bool(self._agents.listed())

    def for_chat(self, after: str | None = None) -> str | None:
        """Return the first desk whose people may answer in the chat now, of those after another one."""
        rest = self._names[self._names.index(after) + 1 :] if after in self._names else self._names
        return next((name for name in rest if self._is_live(name) and self._is_staffed(name)), None)

    def for_message(self, but: str | None = None, after: str | None = None) -> str | None:
        """Return who gets a message: desks that only take messages come first, then the embedded one, then the others.

        ``but`` is a desk that could not be reached in the chat; ``after`` one that did not take the message.
        """
        known = [name for name in self._names if name != EMBEDDED or self._agents.listed()]
        order = sorted(known, key=lambda name: (self._is_live(name), name != EMBEDDED))
        rest = order[order.index(after) + 1 :] if after in order else order
        return next((name for name in rest if name not in (but, after)), None)

    def _is_live(self, name: str) -> bool:
        return name == EMBEDDED or isinstance(self.desks.get(name), LiveDesk)

    def _is_staffed(self, name: str) -> bool:
        return name != EMBEDDED or self._agents.is_somebody_there()


class Fallback:
    """Takes the next way when one does not work, and tells the shopper the truth of it."""

    def __init__(self, records: Records, chain: Chain) -> None:
        self._records = records
        self._chain = chain

    def take_next(self, handoff: Handoff, state: State) -> bool:
        """Pass a handoff on to the next way, or end it in ``state``; return False if it is over or elsewhere by now.

        A message that its desk has may still have to be told elsewhere: what was added to it did not arrive.
        """
        take = self._pass_chat if handoff.kind is Kind.LIVE else self._pass_message
        only = {State.REQUESTED} if state is State.TIMED_OUT else OPEN
        if handoff.kind is Kind.MESSAGE:
            only = only | {State.COMPLETED}
        with self._records.writing() as db:
            row = locked(db, handoff.id)
            if row is None or row.state not in only or row.desk != handoff.desk:
                return False
            take(db, row, state)
            return True

    def _pass_chat(self, db: Connection, row: Row, state: State) -> None:
        """Let others answer in the chat; or make it a message, which is told from the beginning what it is about."""
        before = self._records.read(row)
        why = (before.reason, before.topics)
        if state is State.FAILED and row.state == State.REQUESTED and (chat := self._chain.for_chat(after=row.desk)):
            self._records.end(db, row, state)  # also there, if it has got so far: nobody else takes this shopper meanwhile
            self._records.add(db, row.conversation, Kind.LIVE, State.REQUESTED, why, chat)
            set_state(db, row.conversation, WAITING)
            return
        told: Callable[[], Reply] = words.nobody_came if state is State.TIMED_OUT else words.unreachable
        if (desk := self._chain.for_message(but=row.desk)) is None:
            self._records.end(db, row, state, told())
            return
        ticket = self._records.add(db, row.conversation, Kind.MESSAGE, State.REQUESTED, why, desk)
        self._records.end(db, row, state, words.passed_on(ticket, state))

    def _pass_message(self, db: Connection, row: Row, state: State) -> None:
        if (desk := self._chain.for_message(after=row.desk)) is not None:
            elsewhere = {"desk": desk, "remote": None, "opened_at": None, "attempts": 0, "added": False}
            self._records.change(db, row.id, **elsewhere, next_at=first_look(desk))
            return
        metrics.handoffs.labels(str(State.FAILED)).inc()
        failed = {"state": str(State.FAILED), "ended_at": datetime.now(UTC), "next_at": None}
        self._records.change(db, row.id, **failed)
        tell(db, row.conversation, words.undelivered(row.reference))
