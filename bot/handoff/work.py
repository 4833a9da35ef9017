"""The people's side of handoffs: what there is to do, who has it, and what they say."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot import metrics
from bot.handoff import words
from bot.handoff.model import EMBEDDED, OPEN, WITH_AGENT, Agent, Handoff, Kind, NotTaken, State
from bot.handoff.records import Records, locked, set_state, tell, to_do
from bot.handoff.tables import handoffs
from bot.turns import Reply
from bot.web.store import say_in


class Work:
    """What is for people to do; every method is one transaction."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def listed(self) -> list[Handoff]:
        """Return what the embedded desk has: who waits, who is talked to, and messages and follow-ups that are not done."""
        here = sa.select(handoffs).where(to_do(), handoffs.c.desk == EMBEDDED)
        return self._records.all(here.order_by(handoffs.c.requested_at))

    def latest(self, limit: int) -> list[Handoff]:
        """Return the latest handoffs, whatever became of them."""
        told = sa.select(handoffs).where(handoffs.c.state != State.DRAFTED)
        return self._records.all(told.order_by(handoffs.c.requested_at.desc()).limit(limit))

    def find(self, reference: str) -> Handoff | None:
        """Return a handoff by its id or its reference."""
        named = (handoffs.c.id == reference) | (handoffs.c.reference == reference.upper())
        return self._records.first(sa.select(handoffs).where(named))

    def at(self, desk: str, remote: str) -> Handoff | None:
        """Return a handoff by the id that a desk of others has given it."""
        named = (handoffs.c.desk == desk, handoffs.c.remote == remote)
        return self._records.first(sa.select(handoffs).where(*named))

    def chats_at(self, desk: str) -> list[str]:
        """Return the ids there of the chats that a desk of others has, and that are not over."""
        chats = sa.select(handoffs.c.remote).where(
            handoffs.c.desk == desk,
            handoffs.c.kind == Kind.LIVE,
            handoffs.c.state.in_([str(state) for state in OPEN]),
            handoffs.c.opened_at.is_not(None),
        )
        with self._records.reading() as db:
            return [row.remote for row in db.execute(chats.order_by(handoffs.c.requested_at))]

    def claim(self, identifier: str, agent: Agent) -> Handoff:
        """Let an agent take a handoff; of two at once one has it, the other one gets NotTaken."""
        with self._records.writing() as db:
            row = locked(db, identifier)
            if row is None or row.state != State.REQUESTED or row.desk != EMBEDDED:
                raise NotTaken("Somebody else has taken it, or it is over.")
            return self._accept(db, row, agent.name, agent=agent.id)

    def say(self, handoff: Handoff, text: str, mark: str | None, name: str, agent: Agent | None = None) -> Handoff:
        """Let the shopper read what somebody says, once for each ``mark``; raises NotTaken if it has no way to them any more.

        An agent of the embedded desk must have the chat; whoever answers first at a desk of others has it by that. What they
        say when it is over is still shown: they cannot be told that it was not.
        """
        with self._records.writing() as db:
            row = locked(db, handoff.id)
            if row is None:
                raise NotTaken("The shopper has deleted the conversation.")
            if agent is not None and (row.agent != agent.id or row.state != State.ACCEPTED):
                raise NotTaken("You do not have this chat: it is over, or somebody else has taken it.")
            if agent is None and row.kind == Kind.LIVE and row.state == State.REQUESTED:
                self._accept(db, row, name)
            say_in(db, row.conversation, "agent", [Reply(text)], mark)
            replied = {} if row.replied_at else {"replied_at": datetime.now(UTC)}
            return self._records.change(db, row.id, typing_at=None, **replied)

    def note_typing(self, handoff: Handoff) -> None:
        """Note that an agent is typing."""
        with self._records.writing() as db:
            db.execute(handoffs.update().where(handoffs.c.id == handoff.id).values(typing_at=datetime.now(UTC)))

    def resolve(self, identifier: str, agent: Agent | None = None, follow_up: bool = False) -> Handoff:
        """End a handoff for whoever has it, or mark it for later; raises NotTaken if it is over, or somebody else's."""
        with self._records.writing() as db:
            row = locked(db, identifier)
            if row is None or (row.state not in OPEN and not row.follow_up):
                raise NotTaken("It is over already.")
            if agent is not None and row.agent not in (None, agent.id):
                raise NotTaken("Somebody else has taken it.")
            told = None
            if row.kind == Kind.LIVE and row.state in OPEN:
                joined = row.state == State.ACCEPTED
                told = words.left(row.agent_name or words.SUPPORT) if joined else words.nobody_came()
            self._records.end(db, row, State.COMPLETED, told)
            return self._records.change(db, row.id, follow_up=follow_up)

    def _accept(self, db: Connection, row: Row, name: str, agent: str | None = None) -> Handoff:
        taken = {"state": str(State.ACCEPTED), "accepted_at": datetime.now(UTC), "agent": agent, "agent_name": name[:60]}
        if row.kind == Kind.LIVE:
            set_state(db, row.conversation, WITH_AGENT)
            tell(db, row.conversation, words.joined(name[:60] or words.SUPPORT))
        metrics.handoffs.labels(str(State.ACCEPTED)).inc()
        return self._records.change(db, row.id, **taken)
