"""Tests of erasure and retention, on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.application.retention import Expired, expire
from bot.application.services import Services
from bot.assistant.tracker_store import ForgettingTrackerStore, TrackerEraser
from bot.conversations.store import NewMessage
from bot.privacy.recognition import find
from bot.settings import Settings
from tests.optouts.conftest import opt_out

C, OTHER = "c" * 32, "d" * 32
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def configured(database: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with this database."""
    monkeypatch.setenv("DATABASE_URL", database)
    return Settings()


@pytest.fixture
def trackers(database: str) -> ForgettingTrackerStore:
    """Rasa's tracker store in this database."""
    return ForgettingTrackerStore(Domain.empty(), database)


@pytest.fixture
def services(configured: Settings, trackers: ForgettingTrackerStore) -> Services:
    """Services over this empty database."""
    return Services.open(configured, TrackerEraser(lambda: trackers))


async def store_conversation(
    services: Services, trackers: ForgettingTrackerStore, conversation: str
) -> None:
    """Write a conversation to the store, the vault and the trackers."""
    services.store.start(conversation)
    services.store.receive(conversation, NewMessage("my mail is [email-1]"))
    services.vault.keep(conversation, find("jo@example.com"))
    await trackers.save(
        DialogueStateTracker.from_events(conversation, [UserUttered("my mail is [email-1]")])
    )


def rows(services: Services, conversation: str) -> dict[str, int]:
    """Return the number of rows of a conversation in each table."""
    columns = {
        "conversations": "id",
        "messages": "conversation",
        "vault": "conversation",
        "events": "sender_id",
    }
    with services.engine.begin() as db:
        return {
            table: db.execute(
                sa.text(f"SELECT count(*) FROM {table} WHERE {column} = :c"), {"c": conversation}
            ).scalar()
            for table, column in columns.items()
        }


async def test_an_erased_conversation_has_no_row_in_any_table(
    services: Services, trackers: ForgettingTrackerStore
) -> None:
    """Erasure deletes the rows of one conversation in every table, and of no other conversation."""
    await store_conversation(services, trackers, C)
    await store_conversation(services, trackers, OTHER)
    services.erasure.forget(C)
    services.erasure.wipe()
    assert set(rows(services, C).values()) == {0}
    assert set(rows(services, OTHER).values()) == {1}


async def test_conversations_expire_after_their_days(
    services: Services, trackers: ForgettingTrackerStore
) -> None:
    """A conversation is deleted everywhere 30 days after its last message; a newer one stays."""
    with time_machine.travel(NOON, tick=False):
        await store_conversation(services, trackers, C)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        await store_conversation(services, trackers, OTHER)
    with time_machine.travel(NOON + timedelta(days=30, minutes=1), tick=False):
        assert expire(services) == Expired(conversations=1, values=2, optouts=0)
        assert expire(services) == Expired(conversations=0, values=0, optouts=0)
    assert set(rows(services, C).values()) == {0}
    assert rows(services, OTHER)["messages"] == 1


async def test_a_continued_conversation_does_not_expire(
    services: Services, trackers: ForgettingTrackerStore
) -> None:
    """The days count from the last message, not from the first."""
    with time_machine.travel(NOON, tick=False):
        await store_conversation(services, trackers, C)
    with time_machine.travel(NOON + timedelta(days=20), tick=False):
        services.store.receive(C, NewMessage("hello again"))
    with time_machine.travel(NOON + timedelta(days=40), tick=False):
        assert expire(services).conversations == 0


async def test_orphaned_events_of_rasa_expire(
    services: Services, trackers: ForgettingTrackerStore
) -> None:
    """Old events of Rasa are deleted if their conversation is not in the store."""
    with time_machine.travel(NOON, tick=False):
        await trackers.save(DialogueStateTracker.from_events(C, [UserUttered("hello")]))
    with time_machine.travel(NOON + timedelta(days=31), tick=False):
        expire(services)
    assert rows(services, C)["events"] == 0


def test_records_of_opt_outs_expire_after_24_months(services: Services) -> None:
    """Retention also deletes old records of the ledger, and counts them."""
    with time_machine.travel(NOON, tick=False):
        services.optouts.ledger.record(opt_out())
    with time_machine.travel(NOON + timedelta(days=732), tick=False):
        services.heartbeat.trust_clock()
        assert expire(services).optouts == 1
