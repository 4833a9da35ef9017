"""A reception for the tests, on both kinds of database."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.database import connect
from bot.handoff.agents import Agents
from bot.handoff.chain import Chain
from bot.handoff.model import EMBEDDED
from bot.handoff.queue import Queue
from bot.handoff.reception import Reception
from bot.handoff.records import Records
from bot.handoff.work import Work
from bot.keys import Keyring
from bot.privacy.vault import Vault
from bot.web.store import ConversationStore
from tests.conftest import Server, serving

OPEN_SERVER = Path(__file__).parent / "open_server.py"
KEYS = ["k" * 40]
C = "c" * 32


@pytest.fixture
def durable(database: str) -> Iterator[Engine]:
    """A durable engine of the database."""
    engine = connect(database, durable=True)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> ConversationStore:
    """The conversations, one of which is there."""
    store = ConversationStore(engine)
    store.start(C)
    return store


@pytest.fixture
def records(engine: Engine, durable: Engine, store: ConversationStore) -> Records:
    """No handoffs yet, beside the conversations."""
    return Records(engine, durable, Keyring(KEYS, "handoff"))


@pytest.fixture
def queue(records: Records) -> Queue:
    """The shopper's side of them."""
    return Queue(records)


@pytest.fixture
def work(records: Records) -> Work:
    """The people's side of them."""
    return Work(records)


@pytest.fixture
def agents(engine: Engine) -> Agents:
    """Nobody yet."""
    return Agents(engine, Keyring(KEYS, "handoff"))


@pytest.fixture
def reception(records: Records, agents: Agents, store: ConversationStore, engine: Engine) -> Reception:
    """The reception of the store, whose one desk is the embedded one."""
    chain = Chain([EMBEDDED], {}, agents)
    vault = Vault(engine, Keyring(KEYS, "vault"), timedelta(minutes=30))
    return Reception(records, agents, chain, store, vault)


@pytest.fixture(scope="module")
def staffed(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on whose clock support is always open."""
    with serving(tmp_path_factory.mktemp("staffed"), command=[sys.executable, str(OPEN_SERVER)]) as running:
        yield running
