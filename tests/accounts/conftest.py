"""Fixtures of the accounts, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from bot.accounts.accounts import Accounts
from bot.accounts.activity import Activity
from bot.accounts.sessions import Sessions
from bot.accounts.staff import Staff
from bot.database import connect
from bot.keys import Keyring

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=8)


def staff_of(engine: Engine, durable: Engine, *keys: str) -> Staff:
    """Return the staff in a database."""
    return Staff(
        Accounts(engine, Keyring(keys, "handoff")),
        Sessions(engine, IDLE, LONGEST),
        Activity(durable, Keyring(keys, "accounts")),
    )


@pytest.fixture
def durable(database: str) -> Iterator[Engine]:
    """Durable engine of the database."""
    engine = connect(database, durable=True)
    yield engine
    engine.dispose()


@pytest.fixture
def staff(engine: Engine, durable: Engine) -> Staff:
    """Staff, nobody yet."""
    return staff_of(engine, durable, "k" * 40)
