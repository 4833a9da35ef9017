"""Records of handoffs: the shared database work of queue, inbox, outbox and routing.

A handoff, the state of its conversation and the notice to the shopper change in one transaction,
so that no process sees one without the other. Nothing here calls a help desk.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.conversations.model import Reply
from bot.conversations.store import (
    UnknownConversation,
    add_messages_in,
    lock_conversation,
)
from bot.conversations.tables import conversations, messages
from bot.database import aware, is_shared, transaction
from bot.handoff.model import (
    BOT,
    EMBEDDED,
    OPEN,
    UNSENT,
    Handoff,
    HandoffKind,
    NotStored,
    Reason,
    State,
)
from bot.handoff.tables import handoffs
from bot.keys import Keyring, UnreadableSecret
from bot.outgoing import backoff
from bot.references import new_reference

# Longer than one delivery to a help desk takes; after that another worker may try.
LEASE = timedelta(seconds=40)
LAST_PATIENCE = 24  # attempts, over about two days, where no other desk is left

# Values of a handoff that goes from its agent back to the queue.
RETURNED: dict[str, Any] = {
    "state": str(State.REQUESTED),
    "agent": None,
    "agent_name": None,
    "accepted_at": None,
    "read_to": 0,
}

_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(hours=6)
_TIME_COLUMNS = ("accepted_at", "replied_at", "ended_at", "opened_at")
_PLAIN_COLUMNS = (
    "agent",
    "agent_name",
    "desk",
    "remote",
    "said_before",
    "relayed",
    "attempts",
    "error",
    "added",
)


class Records:
    """Table of handoffs, with the transactions to read and write it."""

    def __init__(self, engine: Engine, durable: Engine, keyring: Keyring) -> None:
        """Read with ``engine``, and write with the durable one (``bot.database.connect``)."""
        self._engine = engine
        self._durable = durable
        self._keyring = keyring

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction for reading."""
        with transaction(self._engine) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction for writing; raises NotStored if the database refuses it.

        Raises the database's own error if nothing of a shared transaction is stored either, or if
        nobody knows, because the database broke at the end.
        """
        committing = False
        try:
            with transaction(self._durable, lasts=True) as db:
                yield db
                committing = True
        except SQLAlchemyError as error:
            if committing or is_shared():
                raise
            raise NotStored(
                "The database cannot be written to just now. Nobody was asked."
            ) from error

    def all(self, query: sa.sql.Select) -> list[Handoff]:
        """Return the handoffs of a query."""
        with self.reading() as db:
            return [self.read(row) for row in db.execute(query)]

    def first(self, query: sa.sql.Select, **which: str) -> Handoff | None:
        """Return the first handoff of a query, None if there is none; ``which`` are parameters."""
        with self.reading() as db:
            row = db.execute(query, which).first()
        return self.read(row) if row else None

    def add(
        self,
        db: Connection,
        conversation: str,
        kind: HandoffKind,
        state: State,
        why: tuple[Reason, tuple[str, ...]],
        desk: str,
    ) -> Handoff:
        """Add a handoff to a locked conversation, and return it.

        An external help desk gets it as soon as its state is ``requested``. ``why`` is the reason
        and the topics before it.
        """
        last = sa.select(sa.func.max(messages.c.id)).where(messages.c.conversation == conversation)
        last_id, now = int(db.execute(last).scalar() or 0), datetime.now(UTC)
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
                said_before=last_id,
                relayed=last_id,
                next_at=first_look(desk) if state is State.REQUESTED else None,
            )
        )
        return self.read(db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).one())

    def change(self, db: Connection, identifier: str, **values: Any) -> Handoff:
        """Change columns of a handoff, and return it."""
        db.execute(handoffs.update().where(handoffs.c.id == identifier).values(**values))
        return self.read(db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).one())

    def end(self, db: Connection, row: Row, state: State, notice: Reply | None = None) -> Handoff:
        """End a handoff of a locked conversation, and return it; the bot answers again.

        ``notice`` is shown to the shopper. The external help desk of a live chat is told of the
        end. A handoff that is over already stays as it is.
        """
        now = datetime.now(UTC)
        if row.state in OPEN and row.kind == HandoffKind.LIVE:
            set_state(db, row.conversation, BOT)
        if notice:
            tell(db, row.conversation, notice)
        if row.state not in OPEN:
            return self.read(row)
        metrics.handoffs.labels(str(state)).inc()
        ended = {"state": str(state), "ended_at": now, "typing_at": None, "attempts": 0}
        return self.change(
            db,
            row.id,
            **ended,
            next_at=first_look(row.desk) if row.kind == HandoffKind.LIVE else None,
        )

    def sealed(self, contact: str | None) -> dict[str, str | None]:
        """Return the columns of a contact: the encrypted address or number, and its digest."""
        if not contact:
            return {"contact": None, "digest": None}
        return {
            "contact": self._keyring.encrypt(contact),
            "digest": self._keyring.digest(contact.lower()),
        }

    def encrypted(self, text: str) -> str:
        """Return a text encrypted."""
        return self._keyring.encrypt(text)

    def decrypted(self, secret: str | None) -> str | None:
        """Return an encrypted text; None if there is none, or if its key is missing."""
        try:
            return self._keyring.decrypt(secret) if secret else None
        except UnreadableSecret:
            return None

    def digests(self, contact: str) -> list[str]:
        """Return the digests of an address or number, one for each key; one of them finds it."""
        return self._keyring.digests(contact.lower())

    def digest(self, identifier: str) -> str:
        """Return the digest of a message's id from outside, by which a repetition is found."""
        return self._keyring.digest(identifier)

    def read(self, row: Row) -> Handoff:
        """Return a row of the table as a handoff, with its contact decrypted."""
        times: dict[str, Any] = {
            name: aware(moment) if (moment := getattr(row, name)) else None
            for name in _TIME_COLUMNS
        }
        plain: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN_COLUMNS}
        return Handoff(
            id=row.id,
            reference=row.reference,
            kind=HandoffKind(row.kind),
            state=State(row.state),
            conversation=row.conversation,
            reason=Reason(row.reason),
            topics=tuple(filter(None, row.topics.split(","))),
            note=row.note,
            contact=self._contact(row.contact),
            requested_at=aware(row.requested_at),
            follow_up=bool(row.follow_up),
            **times,
            **plain,
        )

    def _contact(self, secret: str | None) -> str | None:
        try:
            return self._keyring.decrypt(secret) if secret else None
        except UnreadableSecret:
            return "(its key is missing from PRIVACY_BOT_DATA_KEYS)"


def first_look(desk: str) -> datetime | None:
    """Return the time of the first delivery to a desk: now for an external help desk.

    It is None for our own desk, which reads the same database.
    """
    return None if desk == EMBEDDED else datetime.now(UTC)


def next_try(attempts: int, retry_after: timedelta | None) -> datetime:
    """Return the time of the next attempt to deliver news to an external help desk.

    ``retry_after`` is the wait that the help desk asked for. Without it, the wait grows with the
    number of attempts.
    """
    return datetime.now(UTC) + (
        retry_after if retry_after is not None else backoff(attempts, _FIRST_WAIT, _LONGEST_WAIT)
    )


def lock_handoff(db: Connection, identifier: str) -> Row | None:
    """Lock a handoff until the transaction ends, and return it; None if it was deleted.

    Its conversation is locked first, in the same order everywhere, so that no two transactions wait
    for each other.
    """
    conversation = db.execute(
        sa.select(handoffs.c.conversation).where(handoffs.c.id == identifier)
    ).scalar()
    try:
        if conversation is None:
            return None
        lock_conversation(db, conversation)
    except UnknownConversation:
        return None
    return db.execute(sa.select(handoffs).where(handoffs.c.id == identifier)).first()


def set_state(db: Connection, conversation: str, state: str) -> None:
    """Set the state of a locked conversation."""
    db.execute(conversations.update().where(conversations.c.id == conversation).values(state=state))


def tell(db: Connection, conversation: str, reply: Reply) -> None:
    """Add a notice for the shopper to a locked conversation."""
    add_messages_in(db, conversation, "system", [reply])


def open_of(conversation: str) -> sa.sql.Select:
    """Return the query for the open live handoff of a conversation."""
    live = (handoffs.c.conversation == conversation, handoffs.c.kind == HandoffKind.LIVE)
    return sa.select(handoffs).where(*live, handoffs.c.state.in_([str(state) for state in OPEN]))


def unsent() -> sa.sql.ColumnElement:
    """Return the condition that a handoff is a message that the shopper has not sent yet."""
    return handoffs.c.state.in_([str(state) for state in UNSENT])


def to_do() -> sa.sql.ColumnElement:
    """Return the condition that an agent has still something to do for a handoff."""
    return handoffs.c.state.in_([str(state) for state in OPEN]) | handoffs.c.follow_up
