"""Tests of forgetting everywhere, and of what has been kept for long enough, on both kinds of database."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine

from actions.services import Services, build
from bot.database import connect
from bot.memory import Memory
from bot.privacy.recognition import find
from bot.retention import Expired, expire
from bot.settings import Settings
from bot.tracker import ForgettingTrackerStore, TrackerMemory
from bot.web.store import Arriving
from tests.actions.ledger.conftest import opt_out

C, OTHER = "c" * 32, "d" * 32
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def configured(database: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with this database."""
    monkeypatch.setenv("DATABASE_URL", database)
    return Settings()


@pytest.fixture
def trackers(database: str) -> ForgettingTrackerStore:
    """Rasa's store in this database."""
    return ForgettingTrackerStore(Domain.empty(), database)


@pytest.fixture
def memory(configured: Settings, trackers: ForgettingTrackerStore) -> Memory:
    """An empty memory."""
    return Memory.of(configured, TrackerMemory(lambda: trackers))


@pytest.fixture
def works(configured: Settings, engine: Engine) -> Services:
    """The services over this database."""
    return build(configured, engine, connect(configured.database, durable=True))


async def talk(memory: Memory, trackers: ForgettingTrackerStore, conversation: str) -> None:
    """Leave traces of a conversation in all that remembers."""
    memory.store.start(conversation)
    memory.store.receive(conversation, Arriving("my mail is [email-1]"))
    memory.vault.keep(conversation, find("jo@example.com"))
    await trackers.save(DialogueStateTracker.from_events(conversation, [UserUttered("my mail is [email-1]")]))


def rows(memory: Memory, conversation: str) -> dict[str, int]:
    """Return how many rows of each table belong to a conversation."""
    columns = {"conversations": "id", "messages": "conversation", "vault": "conversation", "events": "sender_id"}
    with memory._engine.begin() as db:
        return {
            table: db.execute(sa.text(f"SELECT count(*) FROM {table} WHERE {column} = :c"), {"c": conversation}).scalar()
            for table, column in columns.items()
        }


async def test_what_is_forgotten_is_forgotten_everywhere(memory: Memory, trackers: ForgettingTrackerStore) -> None:
    """No table keeps a row of a forgotten conversation; another conversation keeps all of its own."""
    await talk(memory, trackers, C)
    await talk(memory, trackers, OTHER)
    memory.forget(C)
    memory.wipe()
    assert set(rows(memory, C).values()) == {0}
    assert set(rows(memory, OTHER).values()) == {1}


async def test_conversations_expire_after_their_days(
    memory: Memory, trackers: ForgettingTrackerStore, works: Services, configured: Settings
) -> None:
    """Thirty days after the last message a conversation goes, everywhere; a younger one stays."""
    with time_machine.travel(NOON, tick=False):
        await talk(memory, trackers, C)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        await talk(memory, trackers, OTHER)
    with time_machine.travel(NOON + timedelta(days=30, minutes=1), tick=False):
        assert expire(memory, works, configured) == Expired(conversations=1, values=2, optouts=0)
        assert expire(memory, works, configured) == Expired(conversations=0, values=0, optouts=0)
    assert set(rows(memory, C).values()) == {0}
    assert rows(memory, OTHER)["messages"] == 1


async def test_a_conversation_that_goes_on_does_not_expire(
    memory: Memory, trackers: ForgettingTrackerStore, works: Services, configured: Settings
) -> None:
    """What counts is the last message, not the first."""
    with time_machine.travel(NOON, tick=False):
        await talk(memory, trackers, C)
    with time_machine.travel(NOON + timedelta(days=20), tick=False):
        memory.store.receive(C, Arriving("hello again"))
    with time_machine.travel(NOON + timedelta(days=40), tick=False):
        assert expire(memory, works, configured).conversations == 0


async def test_stray_events_of_rasa_expire_too(
    memory: Memory, trackers: ForgettingTrackerStore, works: Services, configured: Settings
) -> None:
    """Events of a conversation that the channel does not know are deleted when they are old."""
    with time_machine.travel(NOON, tick=False):
        await trackers.save(DialogueStateTracker.from_events(C, [UserUttered("hello")]))
    with time_machine.travel(NOON + timedelta(days=31), tick=False):
        expire(memory, works, configured)
    assert rows(memory, C)["events"] == 0


def test_records_of_opt_outs_expire_after_24_months(memory: Memory, works: Services, configured: Settings) -> None:
    """The job that deletes old conversations deletes old records of the ledger too, and says how many."""
    with time_machine.travel(NOON, tick=False):
        works.ledger.record(opt_out())
    with time_machine.travel(NOON + timedelta(days=732), tick=False):
        assert expire(memory, works, configured).optouts == 1
