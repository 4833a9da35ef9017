"""Fixtures for the tests of opt-outs: a ledger on SQLite and on PostgreSQL, and requests."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine

from bot.database import connect
from bot.keys import Keyring
from bot.optouts.ledger import Ledger
from bot.optouts.model import Action, Channel, OptOutKind, Record, Request, Subject

KEYS = ["k" * 40]


@pytest.fixture
def keyring() -> Keyring:
    """Keyring of the ledger."""
    return Keyring(KEYS, "ledger")


@pytest.fixture
def durable(database: str) -> Iterator[Engine]:
    """Durable engine of the database."""
    engine = connect(database, durable=True)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine, durable: Engine, keyring: Keyring) -> Ledger:
    """Empty ledger."""
    return Ledger(engine, durable, keyring, "policy-1")


def email(address: str = "jo@example.com") -> Subject:
    """Return a subject with an e-mail address."""
    return Subject("email", address)


def opt_out(
    *kinds: OptOutKind,
    subject: Subject | None = None,
    channel: Channel = Channel.CHAT,
    holder: str | None = None,
) -> Request:
    """Return a request to opt out; the default kind is marketing e-mail."""
    return Request(
        Action.OPT_OUT,
        frozenset(kinds or {OptOutKind.MARKETING_EMAIL}),
        subject or email(),
        channel,
        "No more mail.",
        holder,
    )


def opt_in(
    *kinds: OptOutKind, subject: Subject | None = None, holder: str | None = None
) -> Request:
    """Return a request to undo an opt-out; the default kind is marketing e-mail."""
    return Request(
        Action.OPT_IN,
        frozenset(kinds or {OptOutKind.MARKETING_EMAIL}),
        subject or email(),
        Channel.CHAT,
        "Mail again.",
        holder,
    )


def recorded(ledger: Ledger, request: Request) -> Record:
    """Record a request; return its record."""
    return ledger.find(ledger.record(request).reference)


def confirmed(ledger: Ledger, request: Request) -> Record:
    """Record an opt-in and confirm it; return its record."""
    return ledger.confirm(ledger.record(request).reference, "by the link in the mail")
