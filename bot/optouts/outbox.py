"""Outbox: the messages to receivers, stored in the same transaction as the change they report.

A message refers to its request by id and has no other data of it. Its content is read from the
ledger when it is sent.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.database import aware
from bot.optouts.tables import outbox, requests
from bot.outgoing import backoff

MAX_ATTEMPTS = 18  # with the waits below: about three days
_FIRST_WAIT = timedelta(seconds=20)
_LONGEST_WAIT = timedelta(hours=12)
# Other workers leave a taken message alone for this time. One batch needs less.
_LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class OutboxMessage:
    """A message to one receiver; its ``id`` is the same at every attempt."""

    id: str
    optout: str
    event: str
    receiver: str
    created_at: datetime
    attempts: int
    error: str
    given_up_at: datetime | None
    delivered_at: datetime | None = None
    next_at: datetime | None = None


def add(db: Connection, optout: str, event: str, receivers: Sequence[str]) -> None:
    """Add a message for each receiver to the outbox, in the transaction of ``db``."""
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


def added_since(db: Connection, receiver: str, digests: Sequence[str], moment: datetime) -> bool:
    """Return whether a message about a subject was added for a receiver since a time."""
    about_subject = outbox.join(requests, requests.c.id == outbox.c.optout)
    wanted = (
        sa.select(outbox.c.id)
        .select_from(about_subject)
        .where(
            requests.c.digest.in_(digests),
            outbox.c.receiver == receiver,
            outbox.c.created_at > moment,
        )
    )
    return db.execute(wanted.limit(1)).first() is not None


class Outbox:
    """Access to the outbox for the delivery workers; several of them may use it at once."""

    def __init__(self, engine: Engine, durable: Engine) -> None:
        self._engine = engine
        self._durable = durable

    def take(self, receiver: str, limit: int = 10) -> list[OutboxMessage]:
        """Return the messages to a receiver that are due, and take a lease on them.

        No other worker gets them until the lease is over. A message waits until the earlier ones
        about the same subject have arrived: a late message must not opt somebody in again.
        """
        now = datetime.now(UTC)
        ready = (outbox.c.receiver == receiver, outbox.c.next_at <= now, ~_has_earlier_message())
        due = sa.select(outbox).where(*ready).order_by(outbox.c.created_at).limit(limit)
        with self._engine.connect() as db:
            # Look first without the lock: most of the time there is nothing to deliver.
            if not db.execute(due.limit(1)).first():
                return []
        with self._durable.begin() as db:
            rows = db.execute(due.with_for_update(skip_locked=True)).all()
            taken = outbox.c.id.in_([row.id for row in rows])
            db.execute(
                outbox.update()
                .where(taken)
                .values(next_at=now + _LEASE, attempts=outbox.c.attempts + 1)
            )
        return [_message_of(row, row.attempts + 1) for row in rows]

    def delivered(self, message: OutboxMessage) -> None:
        """Note that a message was delivered."""
        self._update(message, next_at=None, delivered_at=datetime.now(UTC), error="")

    def failed(
        self,
        message: OutboxMessage,
        error: str,
        retry_after: timedelta | None = None,
        for_good: bool = False,
    ) -> None:
        """Note a failed attempt: the message is tried again, or given up.

        It is given up after the last attempt, or at once with ``for_good``.
        """
        if for_good or message.attempts >= MAX_ATTEMPTS:
            self._update(message, next_at=None, given_up_at=datetime.now(UTC), error=error[:200])
        else:
            self._update(
                message,
                next_at=datetime.now(UTC) + (retry_after or wait(message.attempts)),
                error=error[:200],
            )

    def release(self, messages: Sequence[OutboxMessage]) -> None:
        """Release messages that were taken but not tried, so that they are due again at once."""
        untried = outbox.c.id.in_([message.id for message in messages])
        with self._durable.begin() as db:
            db.execute(
                outbox.update()
                .where(untried)
                .values(next_at=datetime.now(UTC), attempts=outbox.c.attempts - 1)
            )

    def give_up_unconfigured(self, known: Collection[str]) -> int:
        """Give up the messages to receivers that are not configured any more; return their number.

        ``known`` are the names of the configured receivers.
        """
        unconfigured = (outbox.c.next_at.is_not(None), outbox.c.receiver.not_in(known))
        given_up = {
            "next_at": None,
            "given_up_at": datetime.now(UTC),
            "error": "no such receiver is configured any more",
        }
        with self._durable.begin() as db:
            return int(db.execute(outbox.update().where(*unconfigured).values(**given_up)).rowcount)

    def given_up(self) -> list[OutboxMessage]:
        """Return the messages that were given up, the earliest first."""
        with self._engine.connect() as db:
            rows = db.execute(
                sa.select(outbox)
                .where(outbox.c.given_up_at.is_not(None))
                .order_by(outbox.c.created_at)
            )
            return [_message_of(row, row.attempts) for row in rows]

    def of(self, optout: str) -> list[OutboxMessage]:
        """Return the messages about a request, the earliest first."""
        about = sa.select(outbox).where(outbox.c.optout == optout).order_by(outbox.c.created_at)
        with self._engine.connect() as db:
            return [_message_of(row, row.attempts) for row in db.execute(about)]

    def waiting(self) -> int:
        """Return the number of messages that are still to be delivered."""
        with self._engine.connect() as db:
            return int(
                db.execute(sa.select(sa.func.count()).where(outbox.c.next_at.is_not(None))).scalar()
                or 0
            )

    def retry(self, optout: str | None = None) -> int:
        """Schedule new attempts for the messages that were given up; return their number.

        With ``optout`` only those about one request. A message tells what holds when it is sent, so
        that a late one cannot undo a newer one.
        """
        given_up = outbox.update().where(outbox.c.given_up_at.is_not(None))
        if optout is not None:
            given_up = given_up.where(outbox.c.optout == optout)
        with self._durable.begin() as db:
            return int(
                db.execute(
                    given_up.values(given_up_at=None, next_at=datetime.now(UTC), attempts=0)
                ).rowcount
            )

    def _update(self, message: OutboxMessage, **values: object) -> None:
        with self._durable.begin() as db:
            db.execute(outbox.update().where(outbox.c.id == message.id).values(**values))


def wait(attempts: int) -> timedelta:
    """Return the time to wait after a number of attempts."""
    return backoff(attempts, _FIRST_WAIT, _LONGEST_WAIT)


def _has_earlier_message() -> Any:
    """Return the SQL condition that an earlier message must be delivered first.

    It is an undelivered message to the same receiver about the same subject.
    """
    own_request = requests.alias("mine")
    other_request = requests.alias("others")
    earlier = outbox.alias("before")
    return (
        sa.select(earlier.c.id)
        .select_from(
            earlier.join(other_request, other_request.c.id == earlier.c.optout).join(
                own_request, own_request.c.digest == other_request.c.digest
            )
        )
        .where(
            own_request.c.id == outbox.c.optout,
            earlier.c.receiver == outbox.c.receiver,
            earlier.c.next_at.is_not(None),
            earlier.c.created_at < outbox.c.created_at,
        )
        .exists()
    )


def _message_of(row: sa.engine.Row, attempts: int) -> OutboxMessage:
    return OutboxMessage(
        row.id,
        row.optout,
        row.event,
        row.receiver,
        aware(row.created_at),
        attempts,
        row.error,
        *(aware(at) if at else None for at in (row.given_up_at, row.delivered_at, row.next_at)),
    )
