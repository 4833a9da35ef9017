"""The queue: who asked for a person, who has taken whom, and what became of it.

A handoff and the state of its conversation change in one transaction, so that no process sees one without the other.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from actions.ledger.references import new_reference
from bot.database import aware
from bot.handoff.model import BOT, OPEN, WAITING, WITH_AGENT, Agent, Handoff, Kind, NotStored, NotTaken, Reason, State
from bot.handoff.tables import agents, handoffs
from bot.keys import Keyring, UnreadableSecret
from bot.web.store import conversations


class Queue:
    """All handoffs; every method is one transaction."""

    def __init__(self, engine: Engine, durable: Engine, keyring: Keyring) -> None:
        """Reads by ``engine``, writes by a durable one (``bot.database.connect``): what a shopper is told is stored."""
        self._engine = engine
        self._durable = durable
        self._keyring = keyring

    # --- the shopper's side -------------------------------------------------------------------------------------------------

    def wait(self, conversation: str, reason: Reason, topics: tuple[str, ...]) -> Handoff:
        """Put a conversation into the queue, once; raises NotStored."""
        with self._writing() as db:
            row = db.execute(_open_of(conversation)).first()
            if row is None:
                row = self._add(db, conversation, Kind.LIVE, State.REQUESTED, reason, topics)
                _set_state(db, conversation, WAITING)
            return self._read(row)

    def draft(self, conversation: str, reason: Reason, topics: tuple[str, ...]) -> Handoff:
        """Begin a message for people, in place of one that was begun before; raises NotStored."""
        with self._writing() as db:
            db.execute(handoffs.delete().where(*_drafted(conversation)))
            return self._read(self._add(db, conversation, Kind.MESSAGE, State.DRAFTED, reason, topics))

    def draft_of(self, conversation: str) -> Handoff | None:
        """Return the message that is being written in a conversation."""
        with self._engine.connect() as db:
            row = db.execute(sa.select(handoffs).where(*_drafted(conversation))).first()
        return self._read(row) if row else None

    def write(self, draft: Handoff, note: str, contact: str | None, send: bool = False) -> Handoff:
        """Change a message that is being written, and send it if asked to; raises NotStored."""
        values: dict[str, Any] = {"note": note, "contact": None, "digest": None}
        if contact:
            values |= {"contact": self._keyring.encrypt(contact), "digest": self._keyring.mark(contact.lower())}
        if send:
            values |= {"state": str(State.REQUESTED), "requested_at": datetime.now(UTC)}
        with self._writing() as db:
            db.execute(handoffs.update().where(handoffs.c.id == draft.id, *_drafted(draft.conversation)).values(**values))
            row = db.execute(sa.select(handoffs).where(handoffs.c.id == draft.id)).first()
            if row is None:
                raise NotStored("It was deleted meanwhile.")
            return self._read(row)

    def drop(self, draft: Handoff) -> None:
        """Delete a message that is being written."""
        with self._writing() as db:
            db.execute(handoffs.delete().where(handoffs.c.id == draft.id, *_drafted(draft.conversation)))

    def place(self, handoff: Handoff) -> int:
        """Return how many wait up to this one; 1 is next."""
        ahead = sa.select(sa.func.count()).where(
            handoffs.c.state == State.REQUESTED,
            handoffs.c.kind == Kind.LIVE,
            handoffs.c.requested_at <= handoff.requested_at,
        )
        with self._engine.connect() as db:
            return max(1, int(db.execute(ahead).scalar() or 0))

    def is_typing(self, conversation: str, within: timedelta) -> bool:
        """Return whether the agent of a conversation has typed so recently."""
        typed = sa.select(handoffs.c.id).where(
            handoffs.c.conversation == conversation,
            handoffs.c.state == State.ACCEPTED,
            handoffs.c.typing_at > datetime.now(UTC) - within,
        )
        with self._engine.connect() as db:
            return db.execute(typed).first() is not None

    def end(self, conversation: str, state: State = State.COMPLETED, only: State | None = None) -> Handoff | None:
        """End the live handoff of a conversation, which is the bot's again; return it, or None if there was none.

        With ``only``, one that is in another state by now stays.
        """
        with self._writing() as db:
            row = db.execute(_open_of(conversation).with_for_update()).first()
            return self._end(db, row, state) if row and only in (None, row.state) else None

    def overdue(self, waited: timedelta) -> list[Handoff]:
        """Return those who have waited for a person for longer than that."""
        late = sa.select(handoffs).where(
            handoffs.c.state == State.REQUESTED,
            handoffs.c.kind == Kind.LIVE,
            handoffs.c.requested_at < datetime.now(UTC) - waited,
        )
        with self._engine.connect() as db:
            return [self._read(row) for row in db.execute(late)]

    def abandoned(self, away: Sequence[str]) -> list[Handoff]:
        """Put back into the queue what agents have who are away or are no agents any more; return the chats among it."""
        gone = handoffs.c.agent.in_(away) | ~sa.exists().where(agents.c.id == handoffs.c.agent)
        lost = sa.select(handoffs).where(handoffs.c.state == State.ACCEPTED, handoffs.c.agent.is_not(None), gone)
        with self._engine.connect() as db:
            if not db.execute(lost.limit(1)).first():  # without the lock, because mostly there is nothing
                return []
        again = {"state": str(State.REQUESTED), "agent": None, "accepted_at": None, "requested_at": datetime.now(UTC)}
        with self._writing() as db:
            rows = db.execute(lost.with_for_update()).all()
            for row in rows:
                db.execute(handoffs.update().where(handoffs.c.id == row.id).values(**again))
                if row.kind == Kind.LIVE:
                    _set_state(db, row.conversation, WAITING)
            return [self._read(row) for row in rows if row.kind == Kind.LIVE]

    def conversations_of(self, contact: str) -> list[str]:
        """Return the conversations in which a message was left with this address or number to be reached at."""
        theirs = handoffs.c.digest.in_(self._keyring.marks(contact.lower()))
        with self._engine.connect() as db:
            return [row.conversation for row in db.execute(sa.select(handoffs.c.conversation).where(theirs).distinct())]

    def sent_of(self, conversation: str) -> Handoff | None:
        """Return the last message that was left in a conversation."""
        return next((told for told in reversed(self.told_of(conversation)) if told.kind is Kind.MESSAGE), None)

    def told_of(self, conversation: str) -> list[Handoff]:
        """Return what people were told of a conversation."""
        told = (handoffs.c.conversation == conversation, handoffs.c.state != State.DRAFTED)
        with self._engine.connect() as db:
            rows = db.execute(sa.select(handoffs).where(*told).order_by(handoffs.c.requested_at))
            return [self._read(row) for row in rows]

    # --- the agents' side ---------------------------------------------------------------------------------------------------

    def listed(self) -> list[Handoff]:
        """Return what is for people to do: who waits, who is talked to, and messages and follow-ups that are not done."""
        with self._engine.connect() as db:
            rows = db.execute(sa.select(handoffs).where(to_do()).order_by(handoffs.c.requested_at))
            return [self._read(row) for row in rows]

    def latest(self, limit: int) -> list[Handoff]:
        """Return the latest handoffs, whatever became of them."""
        with self._engine.connect() as db:
            told = sa.select(handoffs).where(handoffs.c.state != State.DRAFTED)
            rows = db.execute(told.order_by(handoffs.c.requested_at.desc()).limit(limit))
            return [self._read(row) for row in rows]

    def find(self, reference: str) -> Handoff | None:
        """Return a handoff by its id or its reference."""
        named = (handoffs.c.id == reference) | (handoffs.c.reference == reference.upper())
        with self._engine.connect() as db:
            row = db.execute(sa.select(handoffs).where(named)).first()
        return self._read(row) if row else None

    def claim(self, identifier: str, agent: Agent) -> Handoff:
        """Let an agent take a handoff; of two at once one has it, the other one gets NotTaken."""
        with self._writing() as db:
            free = (handoffs.c.id == identifier, handoffs.c.state == State.REQUESTED)
            taken = {"state": str(State.ACCEPTED), "agent": agent.id, "accepted_at": datetime.now(UTC)}
            if not db.execute(handoffs.update().where(*free).values(**taken)).rowcount:
                raise NotTaken("Somebody else has taken it, or it is over.")
            row = db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).one()
            if row.kind == Kind.LIVE:
                _set_state(db, row.conversation, WITH_AGENT)
            return self._read(row)

    def note_reply(self, identifier: str) -> None:
        """Note when an agent first answered."""
        first = (handoffs.c.id == identifier, handoffs.c.replied_at.is_(None))
        with self._writing() as db:
            db.execute(handoffs.update().where(*first).values(replied_at=datetime.now(UTC), typing_at=None))

    def note_typing(self, identifier: str) -> None:
        """Note that an agent is typing."""
        with self._engine.begin() as db:
            db.execute(handoffs.update().where(handoffs.c.id == identifier).values(typing_at=datetime.now(UTC)))

    def resolve(self, identifier: str, follow_up: bool = False) -> Handoff:
        """End what an agent has taken, or mark it for later; raises NotTaken if it is over."""
        with self._writing() as db:
            row = db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).first()
            if row is None or (row.state not in OPEN and not row.follow_up):
                raise NotTaken("It is over already.")
            db.execute(handoffs.update().where(handoffs.c.id == identifier).values(follow_up=follow_up))
            return self._end(db, row, State.COMPLETED)

    # --- inside -------------------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._durable.begin() as db:
                yield db
        except SQLAlchemyError as error:
            raise NotStored("The database cannot be written to just now. Nobody was asked.") from error

    def _add(
        self,
        db: Connection,
        conversation: str,
        kind: Kind,
        state: State,
        reason: Reason,
        topics: tuple[str, ...],
    ) -> Row:
        identifier = secrets.token_hex(16)
        db.execute(
            handoffs.insert().values(
                id=identifier,
                reference=new_reference(),
                kind=str(kind),
                state=str(state),
                conversation=conversation,
                reason=str(reason),
                topics=",".join(topics),
                note="",
                requested_at=datetime.now(UTC),
                follow_up=False,
            )
        )
        return db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).one()

    def _end(self, db: Connection, row: Row, state: State) -> Handoff:
        if row.state in OPEN:
            ended = {"state": str(state), "ended_at": datetime.now(UTC), "typing_at": None}
            db.execute(handoffs.update().where(handoffs.c.id == row.id).values(**ended))
            if row.kind == Kind.LIVE:
                _set_state(db, row.conversation, BOT)
        return self._read(db.execute(sa.select(handoffs).where(handoffs.c.id == row.id)).one())

    def _read(self, row: Row) -> Handoff:
        times = {name: getattr(row, name) for name in ("accepted_at", "replied_at", "ended_at")}
        return Handoff(
            id=row.id,
            reference=row.reference,
            kind=Kind(row.kind),
            state=State(row.state),
            conversation=row.conversation,
            reason=Reason(row.reason),
            topics=tuple(filter(None, row.topics.split(","))),
            note=row.note,
            contact=self._contact(row.contact),
            requested_at=aware(row.requested_at),
            agent=row.agent,
            follow_up=bool(row.follow_up),
            **{name: aware(time) if time else None for name, time in times.items()},
        )

    def _contact(self, secret: str | None) -> str | None:
        try:
            return self._keyring.decrypt(secret) if secret else None
        except UnreadableSecret:
            return "(its key is missing from PRIVACY_BOT_DATA_KEYS)"


def to_do() -> sa.sql.ColumnElement:
    """Return the condition that people have still something to do about a handoff."""
    return handoffs.c.state.in_([str(state) for state in OPEN]) | handoffs.c.follow_up


def _drafted(conversation: str) -> tuple[Any, ...]:
    return (handoffs.c.conversation == conversation, handoffs.c.state == State.DRAFTED)


def _open_of(conversation: str) -> sa.sql.Select:
    live = (handoffs.c.conversation == conversation, handoffs.c.kind == Kind.LIVE)
    return sa.select(handoffs).where(*live, handoffs.c.state.in_([str(state) for state in OPEN]))


def _set_state(db: Connection, conversation: str, state: str) -> None:
    db.execute(conversations.update().where(conversations.c.id == conversation).values(state=state))
