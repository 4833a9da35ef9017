"""Tests of the heartbeat: it proves that the database can be written to, and guards the clock."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import Engine, make_url

from bot.application.heartbeat import ClockJumped, Heartbeat
from bot.application.retention import expire
from bot.application.services import Services
from bot.assistant.tracker_store import ForgettingTrackerStore, TrackerEraser
from bot.conversations.store import UnknownConversation
from bot.database import connect
from bot.settings import Settings

C = "c" * 32
YEARS = timedelta(days=3 * 365)


@pytest.fixture
def services(database: str) -> Iterator[Services]:
    """Services over a database, with one conversation."""
    trackers = ForgettingTrackerStore(Domain.empty(), database)
    settings = Settings(DATABASE_URL=database)
    services = Services.open(settings, TrackerEraser(lambda: trackers))
    services.store.start(C)
    yield services
    services.engine.dispose()
    services.durable.dispose()


def test_a_clock_that_jumped_by_years_deletes_nothing(services: Services) -> None:
    """Retention stops, and says in one line how to go on; then it deletes."""
    with time_machine.travel(datetime.now(UTC) + YEARS, tick=False):
        with pytest.raises(ClockJumped, match="retention --clock-is-right$") as caught:
            expire(services)
        assert "\n" not in str(caught.value)
        assert services.store.state(C) == "bot"
        services.heartbeat.trust_clock()
        assert expire(services).conversations == 1
    with pytest.raises(UnknownConversation):
        services.store.state(C)


def test_beats_do_not_hide_a_jump(services: Services) -> None:
    """A server that runs on after the jump still deletes nothing, and so after a restart."""
    with time_machine.travel(datetime.now(UTC) + YEARS, tick=False):
        services.heartbeat.beat()
        for heartbeat in (services.heartbeat, Heartbeat(services.engine)):
            with pytest.raises(ClockJumped):
                heartbeat.check_clock()
    services.heartbeat.check_clock()  # and when the clock is right again, all goes on


def test_a_bot_that_runs_for_years_deletes_as_usual(services: Services) -> None:
    """Beats remember the time, so that time that has really passed is no jump."""
    start = datetime.now(UTC)
    for month in range(1, 13):
        with time_machine.travel(start + timedelta(days=30 * month), tick=False):
            services.heartbeat.beat()
            expire(services)


def test_a_database_that_is_read_only_is_trouble(services: Services) -> None:
    """The trouble names the cause and the remedy, and is over when the database is writable."""
    url = services.engine.url
    if url.get_backend_name() == "sqlite":
        reader = connect(f"sqlite:///file:{url.database}?mode=ro&uri=true")
    else:
        read_only = "-c default_transaction_read_only=on"
        reader = sa.create_engine(url, future=True, connect_args={"options": read_only})
    heartbeat = Heartbeat(reader)
    heartbeat.beat()
    assert "PRIVACY_BOT_DATA_DIR" in heartbeat.trouble or "primary server" in heartbeat.trouble
    assert "\n" not in heartbeat.trouble
    heartbeat._engine = services.engine
    heartbeat.beat()
    assert heartbeat.trouble == ""
    reader.dispose()


def test_a_database_that_is_away_is_trouble() -> None:
    """A server that does not answer is named with its setting."""
    heartbeat = Heartbeat(connect("postgresql://127.0.0.1:1/bot"))
    heartbeat.beat()
    assert "DATABASE_URL" in heartbeat.trouble


def test_a_writer_that_takes_long_is_no_trouble(sqlite: Engine) -> None:
    """The rotation of keys locks the database for a minute; the bot stays ready meanwhile."""
    sa.event.listen(sqlite, "connect", lambda connection, _: connection.execute(_NO_WAIT))
    heartbeat = Heartbeat(sqlite)
    other = sqlite3.connect(str(make_url(sqlite.url).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    heartbeat.beat()
    other.close()
    assert heartbeat.trouble == ""


_NO_WAIT = "PRAGMA busy_timeout=0"
