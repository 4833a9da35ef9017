"""Handoffs as rows: how one is read, written and ended. A handoff, the state of its conversation and what the shopper is told
of it change in one transaction, so that no process sees one without the other.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from actions.ledger.references import new_reference
from bot import metrics
from bot.database import aware
from bot.handoff.model import BOT, EMBEDDED, OPEN, Handoff, Kind, NotStored, Reason, State
from bot.handoff.tables import handoffs
from bot.keys import Keyring, UnreadableSecret
from bot.outgoing import backoff
from bot.turns import Reply
from bot.web.store import UnknownConversation, conversations, hold, messages, say_in

LEASE = timedelta(seconds=40)  # longer than telling a desk one thing takes; after that another worker may try
LAST_PATIENCE = 24  # attempts, about two days, where there is no other way

_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(hours=6)
_TIMES = ("accepted_at", "replied_at", "ended_at", "opened_at")
_SAME = ("agent", "agent_name", "desk", "remote", "said_before", "relayed", "attempts", "error", "added")


class Records:
    """The table of handoffs."""

    def __init__(self, engine: Engine, durable: Engine, keyring: Keyring) -> None:
        """Reads by ``engine``, writes by a durable one (``bot.database.connect``): what a shopper is told is stored."""
        self._engine = engine
        self._durable = durable
        self._keyring = keyring

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction to read by."""
        with self._engine.connect() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction to write by; raises NotStored if the database does not take it."""
        try:
            with self._durable.begin() as db:
                yield db
        except SQLAlchemyError as error:
            raise NotStored("The database cannot be written to just now. Nobody was asked.") from error

    def all(self, query: sa.sql.Select) -> list[Handoff]:
        """Return the handoffs of a query."""
        with self.reading() as db:
            return [self.read(row) for row in db.execute(query)]

    def first(self, query: sa.sql.Select) -> Handoff | None:
        """Return the first handoff of a query."""
        with self.reading() as db:
            row = db.execute(query.limit(1)).first()
        return self.read(row) if row else None

    def add(
        self,
        db: Connection,
        conversation: str,
        kind: Kind,
        state: State,
        why: tuple[Reason, tuple[str, ...]],
        desk: str,
    ) -> Handoff:
        """Add a handoff to a conversation that is held; a desk of others is told of it as soon as it is requested."""
        last = sa.select(sa.func.max(messages.c.id)).where(messages.c.conversation == conversation)
        said, now = int(db.execute(last).scalar() or 0), datetime.now(UTC)
        identifier, (reason, topics) = secrets.token_hex(16), why
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
                requested_at=now,
                follow_up=False,
                desk=desk,
                said_before=said,
                relayed=said,
                next_at=first_look(desk) if state is State.REQUESTED else None,
            )
        )
        return self.read(db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).one())

    def change(self, db: Connection, identifier: str, **values: Any) -> Handoff:
        """Change a handoff."""
        db.execute(handoffs.update().where(handoffs.c.id == identifier).values(**values))
        return self.read(db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).one())

    def end(self, db: Connection, row: Row, state: State, told: Reply | None = None) -> Handoff:
        """End a handoff whose conversation is held, which is the bot's again; a desk of others is told of it."""
        now = datetime.now(UTC)
        if row.state in OPEN and row.kind == Kind.LIVE:
            set_state(db, row.conversation, BOT)
        if told:
            tell(db, row.conversation, told)
        if row.state not in OPEN:
            return self.read(row)
        metrics.handoffs.labels(str(state)).inc()
        ended = {"state": str(state), "ended_at": now, "typing_at": None, "attempts": 0}
        return self.change(db, row.id, **ended, next_at=first_look(row.desk) if row.kind == Kind.LIVE else None)

    def sealed(self, contact: str | None) -> dict[str, str | None]:
        """Return how to reach somebody as it is stored."""
        if not contact:
            return {"contact": None, "digest": None}
        return {"contact": self._keyring.encrypt(contact), "digest": self._keyring.mark(contact.lower())}

    def marks(self, contact: str) -> list[str]:
        """Return by what an address or number is found."""
        return self._keyring.marks(contact.lower())

    def mark(self, identifier: str) -> str:
        """Return by what a message from outside is known again."""
        return self._keyring.mark(identifier)

    def read(self, row: Row) -> Handoff:
        """Return a row as a handoff."""
        times: dict[str, Any] = {name: aware(moment) if (moment := getattr(row, name)) else None for name in _TIMES}
        same: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
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
            follow_up=bool(row.follow_up),
            **times,
            **same,
        )

    def _contact(self, secret: str | None) -> str | None:
        try:
            return self._keyring.decrypt(secret) if secret else None
        except UnreadableSecret:
            return "(its key is missing from PRIVACY_BOT_DATA_KEYS)"


def first_look(desk: str) -> datetime | None:
    """Return when to look what a desk must be told of something new: now, and never for the embedded one, which sees it."""
    return None if desk == EMBEDDED else datetime.now(UTC)


def next_try(attempts: int, retry_after: timedelta | None) -> datetime:
    """Return when a desk is told again what it did not take."""
    return datetime.now(UTC) + (retry_after if retry_after is not None else backoff(attempts, _FIRST_WAIT, _LONGEST_WAIT))


def locked(db: Connection, identifier: str) -> Row | None:
    """Return a handoff that nobody else changes before this transaction ends; None if it is gone.

    Its conversation is held first, as everybody does who writes to either: two who wait for each other would wait for ever.
    """
    conversation = db.execute(sa.select(handoffs.c.conversation).where(handoffs.c.id == identifier)).scalar()
    try:
        if conversation is None:
            return None
        hold(db, conversation)
    except UnknownConversation:
        return None
    return db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).first()


def set_state(db: Connection, conversation: str, state: str) -> None:
    """Change who answers in a conversation that is held."""
    db.execute(conversations.update().where(conversations.c.id == conversation).values(state=state))


def tell(db: Connection, conversation: str, reply: Reply) -> None:
    """Tell the shopper of a conversation that is held what happened."""
    say_in(db, conversation, "system", [reply])


def open_of(conversation: str) -> sa.sql.Select:
    """Return the query for the live handoff of a conversation that is not over."""
    live = (handoffs.c.conversation == conversation, handoffs.c.kind == Kind.LIVE)
    return sa.select(handoffs).where(*live, handoffs.c.state.in_([str(state) for state in OPEN]))


def to_do() -> sa.sql.ColumnElement:
    """Return the condition that people have still something to do about a handoff."""
    return handoffs.c.state.in_([str(state) for state in OPEN]) | handoffs.c.follow_up
