"""A ledger for the tests, on both kinds of database."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine

from actions.ledger.ledger import Ledger
from actions.ledger.model import Action, Channel, Kind, Request, Subject
from bot.database import connect
from bot.keys import Keyring

KEYS = ["k" * 40]


@pytest.fixture
def keyring() -> Keyring:
    """The ledger's keys."""
    return Keyring(KEYS, "ledger")


@pytest.fixture
def durable(database: str) -> Iterator[Engine]:
    """A durable engine of the database."""
    engine = connect(database, durable=True)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine, durable: Engine, keyring: Keyring) -> Ledger:
    """An empty ledger."""
    return Ledger(engine, durable, keyring, "policy-1")


def email(address: str = "jo@example.com") -> Subject:
    """Return somebody known by an e-mail address."""
    return Subject("email", address)


def opt_out(*kinds: Kind, subject: Subject | None = None, channel: Channel = Channel.CHAT) -> Request:
    """Return a request to opt out, of marketing e-mail if nothing else is said."""
    return Request(Action.OPT_OUT, frozenset(kinds or {Kind.MARKETING_EMAIL}), subject or email(), channel, "No more mail.")


def opt_in(*kinds: Kind, subject: Subject | None = None) -> Request:
    """Return a request to undo an opt-out."""
    return Request(Action.OPT_IN, frozenset(kinds or {Kind.MARKETING_EMAIL}), subject or email(), Channel.CHAT, "Mail again.")
