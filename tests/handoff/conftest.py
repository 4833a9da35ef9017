"""Fixtures of handoffs, on SQLite and on PostgreSQL."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.accounts.accounts import Accounts
from bot.accounts.model import Role
from bot.conversations.store import ConversationStore
from bot.database import connect
from bot.handoff.agents import Agents
from bot.handoff.inbox import AgentInbox
from bot.handoff.model import EMBEDDED, Agent
from bot.handoff.queue import Queue
from bot.handoff.records import Records
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService
from bot.keys import Keyring
from bot.privacy.vault import Vault
from tests.conftest import Server, serving

OPEN_SERVER = Path(__file__).parent / "open_server.py"
KEYS = ["k" * 40]
CONVERSATION = "c" * 32


@pytest.fixture
def durable(database: str) -> Iterator[Engine]:
    """Durable engine of the database."""
    engine = connect(database, durable=True)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> ConversationStore:
    """Store of conversations with one conversation in it."""
    store = ConversationStore(engine)
    store.start(CONVERSATION)
    return store


@pytest.fixture
def records(engine: Engine, durable: Engine, store: ConversationStore) -> Records:
    """Table of handoffs, empty."""
    return Records(engine, durable, Keyring(KEYS, "handoff"))


@pytest.fixture
def queue(records: Records) -> Queue:
    """Queue of shoppers, empty."""
    return Queue(records)


@pytest.fixture
def inbox(records: Records) -> AgentInbox:
    """Inbox of agents, empty."""
    return AgentInbox(records)


@pytest.fixture
def agents(engine: Engine) -> Agents:
    """Agents of our own desk, none."""
    return Agents(engine)


@pytest.fixture
def accounts(engine: Engine) -> Accounts:
    """Table of accounts, empty."""
    return Accounts(engine, Keyring(KEYS, "handoff"))


def arrive(handoffs: HandoffService, accounts: Accounts, name: str = "Sam") -> Agent:
    """Add an agent who is at the desk now."""
    account, _ = accounts.add(name, {Role.AGENT})
    handoffs.agents.note_presence(account.id)
    return Agent(account.id, account.name)


@pytest.fixture
def handoffs(
    records: Records, agents: Agents, store: ConversationStore, engine: Engine
) -> HandoffService:
    """Handoff service with our own desk and no external help desk."""
    router = Router([EMBEDDED], {}, agents)
    vault = Vault(engine, Keyring(KEYS, "vault"), timedelta(minutes=30))
    return HandoffService(records, agents, router, store, vault)


@pytest.fixture(scope="module")
def staffed(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Server of a store with support that is always open."""
    with serving(
        tmp_path_factory.mktemp("staffed"), command=[sys.executable, str(OPEN_SERVER)]
    ) as running:
        yield running
