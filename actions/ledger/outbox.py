"""The outbox: what receivers must still be told, written in the same transaction as what it is about.

A message holds no data of its own but the id of its request; what is sent is read from the ledger when it is sent.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from actions.ledger.tables import outbox, requests
from bot.database import aware
from bot.outgoing import backoff

MAX_ATTEMPTS = 18  # with the waits below about three days
_FIRST_WAIT = timedelta(seconds=20)
_LONGEST_WAIT = timedelta(hours=12)
_LEASE = timedelta(minutes=10)  # longer than all that are taken at once need: after that another worker may try


@dataclass(frozen=True)
class Message:
    """One thing that one receiver must be told; ``id`` is the same at every attempt."""

    id: str
    optout: str
    event: str
    receiver: str
    created_at: datetime
    attempts: int
    error: str
    given_up_at: datetime | None


def add(db: Connection, optout: str, event: str, receivers: Sequence[str]) -> None:
    """Put a message for each receiver into the outbox."""
    now = datetime.now(UTC)
    for receiver in receivers:
        db.execute(
            outbox.insert().values(
                id=secrets.token_hex(16),
                optout=optout,
                event=event,
                receiver=receiver,
                created_at=now,
                attempts=0,
                next_at=now,
                error="",
            )
        )


class Outbox:
    """The messages, for whoever delivers them; several may at once."""

    def __init__(self, engine: Engine, durable: Engine) -> None:
        self._engine = engine
        self._durable = durable

    def take(self, receiver: str, limit: int = 10) -> list[Message]:
        """Take messages to a receiver whose time has come; nobody else gets them until the lease is over.

        What came later about the same subject waits for what came before, so that nobody is opted in again by a late message.
        """
        now = datetime.now(UTC)
        ready = (outbox.c.receiver == receiver, outbox.c.next_at <= now, ~_earlier_is_waiting())
        due = sa.select(outbox).where(*ready).order_by(outbox.c.created_at).limit(limit)
        with self._engine.connect() as db:
            if not db.execute(due.limit(1)).first():  # without the lock, because mostly there is nothing
                return []
        with self._durable.begin() as db:
            rows = db.execute(due.with_for_update(skip_locked=True)).all()
            taken = outbox.c.id.in_([row.id for row in rows])
            db.execute(outbox.update().where(taken).values(next_at=now + _LEASE, attempts=outbox.c.attempts + 1))
        return [_message(row, row.attempts + 1) for row in rows]

    def delivered(self, message: Message) -> None:
        """Note that a message has arrived."""
        self._note(message, next_at=None, delivered_at=datetime.now(UTC), error="")

    def failed(self, message: Message, error: str, retry_after: timedelta | None = None, for_good: bool = False) -> None:
        """Note that a message has not arrived: it is tried again, or given up after the last attempt or ``for_good``."""
        if for_good or message.attempts >= MAX_ATTEMPTS:
            self._note(message, next_at=None, given_up_at=datetime.now(UTC), error=error[:200])
        else:
            self._note(message, next_at=datetime.now(UTC) + (retry_after or wait(message.attempts)), error=error[:200])

    def release(self, messages: Sequence[Message]) -> None:
        """Give back messages that were taken and not tried."""
        untried = outbox.c.id.in_([message.id for message in messages])
        with self._durable.begin() as db:
            db.execute(outbox.update().where(untried).values(next_at=datetime.now(UTC), attempts=outbox.c.attempts - 1))

    def give_up_strangers(self, known: Collection[str]) -> int:
        """Give up what waits for receivers that are not configured any more; return how many messages."""
        strange = (outbox.c.next_at.is_not(None), outbox.c.receiver.not_in(known))
        gone = {"next_at": None, "given_up_at": datetime.now(UTC), "error": "no such receiver is configured any more"}
        with self._durable.begin() as db:
            return int(db.execute(outbox.update().where(*strange).values(**gone)).rowcount)

    def given_up(self) -> list[Message]:
        """Return the messages that never arrived."""
        with self._engine.connect() as db:
            rows = db.execute(sa.select(outbox).where(outbox.c.given_up_at.is_not(None)).order_by(outbox.c.created_at))
            return [_message(row, row.attempts) for row in rows]

    def waiting(self) -> int:
        """Return how many messages are still to be delivered."""
        with self._engine.connect() as db:
            return int(db.execute(sa.select(sa.func.count()).where(outbox.c.next_at.is_not(None))).scalar() or 0)

    def retry(self) -> int:
        """Try again what was given up; return how many messages."""
        again = outbox.update().where(outbox.c.given_up_at.is_not(None))
        with self._durable.begin() as db:
            return int(db.execute(again.values(given_up_at=None, next_at=datetime.now(UTC), attempts=0)).rowcount)

    def _note(self, message: Message, **values: object) -> None:
        with self._durable.begin() as db:
            db.execute(outbox.update().where(outbox.c.id == message.id).values(**values))


def wait(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return backoff(attempts, _FIRST_WAIT, _LONGEST_WAIT)


def _earlier_is_waiting() -> Any:
    """Return the condition that an earlier message about the same subject has still to reach the same receiver."""
    mine, others, before = requests.alias("mine"), requests.alias("others"), outbox.alias("before")
    return (
        sa.select(before.c.id)
        .select_from(before.join(others, others.c.id == before.c.optout).join(mine, mine.c.digest == others.c.digest))
        .where(
            mine.c.id == outbox.c.optout,
            before.c.receiver == outbox.c.receiver,
            before.c.next_at.is_not(None),
            before.c.created_at < outbox.c.created_at,
        )
        .exists()
    )


def _message(row: sa.engine.Row, attempts: int) -> Message:
    given_up = aware(row.given_up_at) if row.given_up_at else None
    return Message(row.id, row.optout, row.event, row.receiver, aware(row.created_at), attempts, row.error, given_up)
