"""Routing: the choice of the desk for a handoff, and of the next desk after a failure.

A desk is our own desk (``EMBEDDED``) or an external help desk. ``Router`` only chooses: it reads
the settings and the table of agents, and changes nothing. ``Fallback`` writes the result to the
database. Neither of them calls a help desk; ``bot.handoff.dispatch`` does that later.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy.engine import Connection, Row

from bot import metrics
from bot.conversations.model import Reply
from bot.handoff import replies
from bot.handoff.agents import Agents
from bot.handoff.helpdesks import HelpDesk, LiveHelpDesk
from bot.handoff.model import EMBEDDED, OPEN, WAITING, Handoff, HandoffKind, State
from bot.handoff.records import Records, first_look, lock_handoff, set_state, tell


class Router:
    """Desks by name, in the order of the settings.

    ``desks`` has the external help desks only. Our own desk is no ``HelpDesk``, because it reads
    the same database.
    """

    def __init__(self, names: Sequence[str], desks: Mapping[str, HelpDesk], agents: Agents) -> None:
        self.desks = desks
        self._names = tuple(names)
        self._agents = agents

    def has_people(self) -> bool:
        """Return whether a handoff would reach any agent."""
        return any(name != EMBEDDED for name in self._names) or self._agents.has_any()

    def for_chat(self, after: str | None = None) -> str | None:
        """Return the first desk that can answer in the chat now; None if there is none.

        Live help desks can always, our own desk only while an agent is present. ``after`` is a desk
        that failed: the search begins behind it.
        """
        rest = self._names[self._names.index(after) + 1 :] if after in self._names else self._names
        return next((name for name in rest if self._is_live(name) and self._is_staffed(name)), None)

    def for_message(self, but: str | None = None, after: str | None = None) -> str | None:
        """Return the first desk that takes a message; None if there is none.

        Help desks for messages only come first, then our own desk if it has agents, then live help
        desks. ``but`` is a desk that could not be reached in the chat: it is left out. ``after`` is
        a desk that did not take the message: the search begins behind it.
        """
        known = [name for name in self._names if name != EMBEDDED or self._agents.has_any()]
        order = sorted(known, key=lambda name: (self._is_live(name), name != EMBEDDED))
        rest = order[order.index(after) + 1 :] if after in order else order
        return next((name for name in rest if name not in (but, after)), None)

    def _is_live(self, name: str) -> bool:
        return name == EMBEDDED or isinstance(self.desks.get(name), LiveHelpDesk)

    def _is_staffed(self, name: str) -> bool:
        return name != EMBEDDED or self._agents.is_somebody_there()


class Fallback:
    """Fallback for a desk that fails or is too slow: the next desk, or else an apology."""

    def __init__(self, records: Records, router: Router) -> None:
        self._records = records
        self._router = router

    def take_next(
        self, handoff: Handoff, state: State, apology: Callable[[], Reply] | None = None
    ) -> bool:
        """Pass a handoff on to the next desk, or end it in ``state`` if there is no other desk.

        ``apology`` is the reply to a shopper in the chat in the last case, if not the usual one.
        Return False if it is over or at another desk by now. A completed message is passed on too,
        because then an addition to it did not arrive.
        """
        only = {State.REQUESTED} if state is State.TIMED_OUT else OPEN
        if handoff.kind is HandoffKind.MESSAGE:
            only = only | {State.COMPLETED}
        with self._records.writing() as db:
            row = lock_handoff(db, handoff.id)
            if row is None or row.state not in only or row.desk != handoff.desk:
                return False
            if handoff.kind is HandoffKind.LIVE:
                usual = replies.nobody_came if state is State.TIMED_OUT else replies.unreachable
                self._pass_chat(db, row, state, apology or usual)
            else:
                self._pass_message(db, row, state)
            return True

    def _pass_chat(
        self, db: Connection, row: Row, state: State, apology: Callable[[], Reply]
    ) -> None:
        """Give the chat to the next desk that can answer now, or make it a message.

        Only a chat that no agent has taken goes to another chat, and not after too long a wait.
        """
        before = self._records.read(row)
        why = (before.reason, before.topics)
        if (
            state is State.FAILED
            and row.state == State.REQUESTED
            and (chat := self._router.for_chat(after=row.desk))
        ):
            # Its help desk is told of the end, so that no second agent takes this shopper.
            self._records.end(db, row, state)
            self._records.add(db, row.conversation, HandoffKind.LIVE, State.REQUESTED, why, chat)
            set_state(db, row.conversation, WAITING)
            return
        if (desk := self._router.for_message(but=row.desk)) is None:
            self._records.end(db, row, state, apology())
            return
        message = self._records.add(
            db, row.conversation, HandoffKind.MESSAGE, State.REQUESTED, why, desk
        )
        self._records.end(db, row, state, replies.passed_on(message, state))

    def _pass_message(self, db: Connection, row: Row, state: State) -> None:
        """Give the message to the next desk that takes messages, or make it ``failed``."""
        if (desk := self._router.for_message(after=row.desk)) is not None:
            moved = {
                "state": str(State.REQUESTED),  # also a message that the last desk had completed
                "ended_at": None,
                "desk": desk,
                "remote": None,
                "opened_at": None,
                "attempts": 0,
                "added": False,
            }
            self._records.change(db, row.id, **moved, next_at=first_look(desk))
            return
        metrics.handoffs.labels(str(State.FAILED)).inc()
        failed = {"state": str(State.FAILED), "ended_at": datetime.now(UTC), "next_at": None}
        self._records.change(db, row.id, **failed)
        tell(db, row.conversation, replies.undelivered(row.reference))
