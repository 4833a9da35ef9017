"""Store of conversations as the shopper saw them: messages, choices and state."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from bot.conversations.intake import EarlierMessage, Redaction
from bot.conversations.model import Choice, Message, Recorded, Reply, Turn, outcome, topics
from bot.conversations.tables import choices, conversations, messages
from bot.database import aware, transaction

_LONGEST_TURN = 10  # messages of the bot that answer one of the shopper

# The statements of every turn, made once: to make one costs more than to execute it.
_this = sa.bindparam("of")  # the conversation
_STATE = sa.select(conversations.c.state).where(conversations.c.id == _this)
_LOCK = conversations.update().where(conversations.c.id == _this)
# An update even without changes, because SQLite has no other lock on a row.
_LOCK_ONLY = _LOCK.values(state=conversations.c.state)
_LOCK_ACTIVE = _LOCK.values(active_at=sa.bindparam("now"))
_OF_THIS = messages.c.conversation == _this
_LAST_ID = sa.select(sa.func.max(messages.c.id)).where(_OF_THIS)
_RECEIVED = sa.select(messages).where(_OF_THIS, messages.c.client_id == sa.bindparam("client"))
_LATEST = messages.c.id.desc()
_RECENT = (
    sa.select(messages.c.id, messages.c.text)
    .where(_OF_THIS, messages.c.sender == "visitor")
    .order_by(_LATEST)
    .limit(sa.bindparam("count"))
)
_ASKED = (
    sa.select(messages.c.sender, messages.c.asks)
    .where(_OF_THIS)
    .order_by(_LATEST)
    .limit(_LONGEST_TURN)
)
_ANSWER = (
    messages.update()
    .where(_OF_THIS, messages.c.id == sa.bindparam("answered"))
    .values(turn=sa.bindparam("told"))
)
_READ_ALL = sa.select(messages).where(_OF_THIS).order_by(messages.c.id)
_READ_SINCE = _READ_ALL.where(messages.c.id > sa.bindparam("after"))
_READ_SOME = _READ_ALL.where(messages.c.id.in_(sa.bindparam("ids", expanding=True)))
_CHOICES = (
    sa.select(choices)
    .where(
        choices.c.conversation == _this,
        choices.c.message.in_(sa.bindparam("ids", expanding=True)),
    )
    .order_by(choices.c.message, choices.c.position)
)
_ADD_MESSAGES, _ADD_CHOICES = messages.insert(), choices.insert()


class UnknownConversation(KeyError):
    """The conversation does not exist, or it was deleted."""


@dataclass(frozen=True)
class NewMessage:
    """A message to store; ``client_id`` and ``fingerprint`` are digests that find a repetition."""

    text: str
    client_id: str | None = None
    fingerprint: str | None = None
    choice: str | None = None


@dataclass(frozen=True)
class StoredMessage:
    """A stored message of the shopper; ``answered`` is its turn, None while it has none."""

    id: int
    text: str
    fingerprint: str | None
    choice: str | None = None  # id of the choice, if it is no text
    answered: Turn | None = None


@dataclass(frozen=True)
class Offer:
    """A choice as it was offered: ``title`` for the shopper, ``payload`` for Rasa."""

    title: str
    payload: str


class ConversationStore:
    """Store of conversations; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, conversation: str) -> None:
        """Add a conversation in the state ``bot``."""
        now = datetime.now(UTC)
        with transaction(self._engine) as db:
            db.execute(
                conversations.insert().values(
                    id=conversation, started_at=now, state="bot", active_at=now
                )
            )

    def state(self, conversation: str) -> str:
        """Return the state: bot, waiting_for_agent, with_agent or closed.

        Raises UnknownConversation.
        """
        with transaction(self._engine) as db:
            return _state(db, conversation)

    def exists(self, conversation: str) -> bool:
        """Return whether the conversation exists."""
        with transaction(self._engine) as db:
            return bool(
                db.execute(
                    sa.select(conversations.c.id).where(conversations.c.id == conversation)
                ).first()
            )

    def received(self, conversation: str, client_id: str) -> StoredMessage | None:
        """Return the stored message with this ``client_id``, if any; raises UnknownConversation."""
        with transaction(self._engine) as db:
            state = _state(db, conversation)
            row = db.execute(_RECEIVED, {"of": conversation, "client": client_id}).first()
            if row is None:
                return None
            turn = _stored_turn(db, conversation, state, json.loads(row.turn)) if row.turn else None
            return StoredMessage(row.id, row.text, row.fingerprint, row.choice, turn)

    def last_unanswered(self, conversation: str) -> StoredMessage | None:
        """Return the shopper's last message without an answer, if any."""
        unanswered = sa.select(messages).where(
            messages.c.conversation == conversation,
            messages.c.sender == "visitor",
            messages.c.turn.is_(None),
        )
        with transaction(self._engine) as db:
            row = db.execute(unanswered.order_by(messages.c.id.desc()).limit(1)).first()
        return StoredMessage(row.id, row.text, row.fingerprint, row.choice) if row else None

    def receive(
        self, conversation: str, arriving: NewMessage, redactions: Iterable[Redaction] = ()
    ) -> int:
        """Store a message of the shopper before it is answered, and return its id.

        ``redactions`` change earlier messages in the same transaction. Raises UnknownConversation.
        """
        with transaction(self._engine) as db:
            lock_conversation(db, conversation, active_at=datetime.now(UTC))
            for redaction in redactions:
                this = (messages.c.conversation == conversation, messages.c.id == redaction.id)
                db.execute(messages.update().where(*this).values(text=redaction.after))
            (message,) = _insert(db, conversation, "visitor", [Reply(arriving.text)], arriving)
            return message.id

    def recent(self, conversation: str, count: int) -> list[EarlierMessage]:
        """Return the shopper's last messages, the latest last."""
        with transaction(self._engine) as db:
            rows = db.execute(_RECENT, {"of": conversation, "count": count}).all()
        return [EarlierMessage(row.id, row.text) for row in reversed(rows)]

    def asked(self, conversation: str) -> str | None:
        """Return what the bot asked for in its last turn, if that is personal data."""
        with transaction(self._engine) as db:
            rows = db.execute(_ASKED, {"of": conversation}).all()
        turn = takewhile(lambda row: row.sender == "bot", rows)
        return next((row.asks for row in turn if row.asks), None)

    def idle_since(self, moment: datetime, *also: Any) -> list[str]:
        """Return the conversations without a message since a time; ``also`` are SQL conditions."""
        with transaction(self._engine) as db:
            rows = db.execute(
                sa.select(conversations.c.id).where(conversations.c.active_at < moment, *also)
            )
            return [row.id for row in rows]

    def last_id(self, conversation: str) -> int:
        """Return the id of the last message, 0 if there is none."""
        with transaction(self._engine) as db:
            return _last_id(db, conversation)

    def add_replies(self, conversation: str, answers: int | None, replies: Sequence[Reply]) -> Turn:
        """Store the replies to message ``answers`` and return the turn.

        ``answers`` is None for the greeting, which answers no message. Raises UnknownConversation.
        """
        with transaction(self._engine) as db:
            state = lock_conversation(db, conversation)
            turn = Turn(
                tuple(_insert(db, conversation, "bot", replies)),
                topics(replies),
                outcome(replies),
                state,
            )
            if answers is not None:
                kept = {
                    "messages": [message.id for message in turn.messages],
                    "topics": turn.topics,
                    "outcome": turn.outcome,
                }
                db.execute(
                    _ANSWER, {"of": conversation, "answered": answers, "told": json.dumps(kept)}
                )
            return turn

    def tell_once(self, conversation: str, name: str, reply: Reply, sender: str = "bot") -> None:
        """Store a message that answers none; one with the same name only once.

        Raises UnknownConversation.
        """
        with transaction(self._engine) as db:
            lock_conversation(db, conversation)
            add_messages_in(db, conversation, sender, [reply], name)

    def topics_and_outcome(self, conversation: str) -> tuple[tuple[str, ...], str]:
        """Return the topics answered so far, each once, the latest last, and the last outcome."""
        turns = sa.select(messages.c.turn).where(
            messages.c.conversation == conversation, messages.c.turn.is_not(None)
        )
        with transaction(self._engine) as db:
            kept = [json.loads(row.turn) for row in db.execute(turns.order_by(messages.c.id))]
        topics = [topic for turn in kept for topic in turn["topics"]]
        return tuple(dict.fromkeys(reversed(topics)))[::-1], kept[-1]["outcome"] if kept else ""

    def offer(self, conversation: str, choice: str) -> Offer | None:
        """Return a choice that this conversation was offered; None if there is no such choice."""
        with transaction(self._engine) as db:
            row = db.execute(
                sa.select(choices).where(
                    choices.c.conversation == conversation, choices.c.id == choice
                )
            ).first()
            return Offer(row.title, row.payload) if row else None

    def since(self, conversation: str, after: int) -> list[Message]:
        """Return the messages with an id above ``after``, in order; raises UnknownConversation."""
        with transaction(self._engine) as db:
            _state(db, conversation)
            return _read(db, conversation, _READ_SINCE, after=after)

    def forget(self, conversation: str) -> None:
        """Delete the conversation with its messages and choices; no error if there is none."""
        with transaction(self._engine) as db:
            for table in (choices, messages):
                db.execute(table.delete().where(table.c.conversation == conversation))
            db.execute(conversations.delete().where(conversations.c.id == conversation))


def lock_conversation(db: Connection, conversation: str, active_at: datetime | None = None) -> str:
    """Lock a conversation until the transaction ends, and return its state.

    Until then nobody else deletes it or writes to it. Shopper, bot and agent write at the same
    time, perhaps from several processes, and number their messages one after the other.
    ``active_at`` is the time of its last message, if that changes.
    """
    if active_at is None:
        db.execute(_LOCK_ONLY, {"of": conversation})
    else:
        db.execute(_LOCK_ACTIVE, {"of": conversation, "now": active_at})
    return _state(db, conversation)


def add_messages_in(
    db: Connection,
    conversation: str,
    sender: str,
    replies: Sequence[Reply],
    client_id: str | None = None,
) -> None:
    """Store messages that answer none in a locked conversation.

    Messages with a ``client_id`` are stored only once.
    """
    known = (messages.c.conversation == conversation, messages.c.client_id == client_id)
    if not client_id or not db.execute(sa.select(messages.c.id).where(*known)).first():
        _insert(db, conversation, sender, replies, NewMessage("", client_id) if client_id else None)


def _state(db: Connection, conversation: str) -> str:
    """Return the state of a conversation; raises UnknownConversation."""
    state = db.execute(_STATE, {"of": conversation}).scalar()
    if state is None:
        raise UnknownConversation(conversation)
    return str(state)


def _stored_turn(db: Connection, conversation: str, state: str, kept: dict[str, Any]) -> Turn:
    replies = _read(db, conversation, _READ_SOME, ids=kept["messages"])
    return Turn(tuple(replies), tuple(kept["topics"]), kept["outcome"], state)


def _last_id(db: Connection, conversation: str) -> int:
    return int(db.execute(_LAST_ID, {"of": conversation}).scalar() or 0)


def _insert(
    db: Connection,
    conversation: str,
    sender: str,
    replies: Sequence[Reply],
    arriving: NewMessage | None = None,
) -> list[Message]:
    at = datetime.now(UTC)
    added, rows, offered = [], [], []
    for identifier, reply in enumerate(replies, start=_last_id(db, conversation) + 1):
        own = [Choice(secrets.token_urlsafe(12), title) for title, _ in reply.choices]
        added.append(
            Message(
                identifier,
                sender,
                reply.text,
                at,
                reply.topic,
                reply.clauses,
                tuple(own),
                reply.recorded,
            )
        )
        rows.append(
            {
                "conversation": conversation,
                "id": identifier,
                "sender": sender,
                "text": reply.text,
                "at": at,
                "topic": reply.topic,
                "clauses": json.dumps(reply.clauses) if reply.clauses else None,
                "recorded": json.dumps(reply.recorded.as_json()) if reply.recorded else None,
                "asks": reply.asks,
                "client_id": arriving.client_id if arriving else None,
                "fingerprint": arriving.fingerprint if arriving else None,
                "choice": arriving.choice if arriving else None,
            }
        )
        offered += [
            {
                "conversation": conversation,
                "id": choice.id,
                "message": identifier,
                "position": position,
                "title": choice.title,
                "payload": payload,
            }
            for position, (choice, (_, payload)) in enumerate(zip(own, reply.choices, strict=True))
        ]
    for statement, values in ((_ADD_MESSAGES, rows), (_ADD_CHOICES, offered)):
        if values:
            db.execute(statement, values)
    return added


def _read(
    db: Connection, conversation: str, statement: sa.sql.Select, **which: Any
) -> list[Message]:
    rows = db.execute(statement, {"of": conversation, **which}).all()
    offered: dict[int, list[Choice]] = {}
    if rows:
        of_these = {"of": conversation, "ids": [row.id for row in rows]}
        for row in db.execute(_CHOICES, of_these):
            offered.setdefault(row.message, []).append(Choice(row.id, row.title))
    return [_message(row, tuple(offered.get(row.id, ()))) for row in rows]


def _message(row: Row, offered: tuple[Choice, ...]) -> Message:
    return Message(
        row.id,
        row.sender,
        row.text,
        aware(row.at),
        row.topic,
        tuple(json.loads(row.clauses or "[]")),
        offered,
        Recorded.of(json.loads(row.recorded)) if row.recorded else None,
    )


def new_conversation_id() -> str:
    """Return a random id of 128 bits, in hexadecimal."""
    return secrets.token_hex(16)
