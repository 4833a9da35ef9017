"""Tests of backup and restoration, on SQLite and PostgreSQL: the original is always lost."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.application.backup import back_up, restore
from bot.application.errors import BackupError
from bot.application.services import Services
from bot.assistant.tracker_store import ForgettingTrackerStore
from bot.conversations.model import Reply
from bot.conversations.store import NewMessage
from bot.optouts.audit_log import AUDIT_LOG
from bot.optouts.verification import verify
from bot.privacy.recognition import Finding
from bot.settings import Settings
from tests.conftest import new_postgres_database
from tests.optouts.conftest import email, opt_out

KEYS = ["k" * 40]
CONVERSATION = "c" * 32


def services(url: str, keys: list[str] = KEYS) -> Services:
    """Return the services over a database."""
    return Services.open(Settings(DATABASE_URL=url, data_keys=keys))


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A file that does not exist yet."""
    return tmp_path / "backup"


@pytest.fixture(params=["sqlite", "postgresql"])
def other_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a second empty database, once of each kind."""
    if request.param == "postgresql":
        return new_postgres_database(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path / 'other' / 'new.db'}"


@pytest.fixture
async def original(database: str) -> Services:
    """Services over a database with a conversation, a vault, Rasa's events and an opt-out."""
    original = services(database)
    original.store.start(CONVERSATION)
    finding = Finding("email", 0, 14, "jo@example.com")
    assert original.vault.keep(CONVERSATION, [finding]) == ["[email-1]"]
    said = original.store.receive(CONVERSATION, NewMessage("mail [email-1]"))
    original.store.add_replies(CONVERSATION, said, [Reply("Which?", choices=(("Yes", "/affirm"),))])
    trackers = ForgettingTrackerStore(Domain.empty(), database)
    await trackers.save(
        DialogueStateTracker.from_events(CONVERSATION, [SessionStarted(), UserUttered("mail")])
    )
    original.optouts.ledger.record(opt_out(holder=CONVERSATION))
    return original


async def test_everything_is_there_after_the_original_is_lost(
    original: Services, backup: Path, other_database: str
) -> None:
    """A backup restored to another database, of either kind, holds everything, and goes on."""
    (record,) = original.optouts.ledger.records()
    messages = original.store.since(CONVERSATION, 0)
    back_up(original.settings.database, KEYS, backup)
    lose(original)

    restore(other_database, KEYS, backup)
    found = services(other_database)
    assert list(found.optouts.ledger.records()) == [record]
    assert list(verify(found.engine, found.optouts.keyring)) == []
    assert found.store.since(CONVERSATION, 0) == messages
    assert found.vault.reveal(CONVERSATION, "[email-1]") == "jo@example.com"
    trackers = ForgettingTrackerStore(Domain.empty(), other_database)
    tracker = await trackers.retrieve(CONVERSATION)
    assert tracker is not None
    tracker.update(UserUttered("more"))
    await trackers.save(tracker)
    found.optouts.ledger.record(opt_out(subject=email("al@example.com")))
    found.store.receive(CONVERSATION, NewMessage("more"))
    assert list(verify(found.engine, found.optouts.keyring)) == []


async def test_a_backup_is_of_one_moment(original: Services, backup: Path) -> None:
    """While requests are recorded, a backup holds a ledger without faults, up to its anchor."""
    stop = threading.Event()

    def go_on() -> None:
        """Record requests until the backup is there."""
        number = 0
        while not stop.is_set():
            number += 1
            original.optouts.ledger.record(opt_out(subject=email(f"{number}@example.com")))

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        contents = back_up(original.settings.database, KEYS, backup)
    finally:
        stop.set()
        writer.join()
    restore(f"sqlite:///{backup.parent / 'restored.db'}", KEYS, backup)
    found = services(f"sqlite:///{backup.parent / 'restored.db'}")
    assert len(list(found.optouts.ledger.records())) == contents.optouts
    assert list(verify(found.engine, found.optouts.keyring)) == []
    with found.engine.connect() as db:
        seq, mac = AUDIT_LOG.last(db)
    assert contents.anchor == f"{seq}:{mac}"


async def test_a_backup_is_for_its_owner_alone(original: Services, backup: Path) -> None:
    """Only the owner may read a backup, and no part of it is left beside it."""
    back_up(original.settings.database, KEYS, backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in backup.parent.glob("*backup*")] == [backup.name]


async def test_a_backup_replaces_no_file(original: Services, backup: Path) -> None:
    """A file of the same name stays as it is."""
    backup.write_text("mine")
    with pytest.raises(BackupError, match="exists already"):
        back_up(original.settings.database, KEYS, backup)
    assert backup.read_text() == "mine"


async def test_a_database_with_data_is_kept(
    original: Services, backup: Path, other_database: str
) -> None:
    """A database that holds data is replaced only by force, and then as a whole."""
    back_up(original.settings.database, KEYS, backup)
    other = services(other_database)
    other.optouts.ledger.record(opt_out(subject=email("al@example.com")))
    with pytest.raises(BackupError, match="holds data already"):
        restore(other_database, KEYS, backup)
    assert [record.subject for record in other.optouts.ledger.records()] == [
        email("al@example.com")
    ]
    restore(other_database, KEYS, backup, force=True)
    assert [record.subject for record in other.optouts.ledger.records()] == [email()]
    assert list(verify(other.engine, other.optouts.keyring)) == []


async def test_other_keys_restore_nothing(
    original: Services, backup: Path, other_database: str
) -> None:
    """Without a key of the backup, the error names its fingerprint, and nothing is restored."""
    contents = back_up(original.settings.database, KEYS, backup)
    with pytest.raises(BackupError, match=contents.keys[0]):
        restore(other_database, ["x" * 40], backup)
    restore(other_database, [*KEYS, "x" * 40], backup)


async def test_a_restoration_that_breaks_off_changes_nothing(
    original: Services, backup: Path, other_database: str
) -> None:
    """If the database breaks in the middle, it holds what it held before."""
    back_up(original.settings.database, KEYS, backup)
    other = services(other_database)
    other.optouts.ledger.record(opt_out(subject=email("al@example.com")))

    def break_off(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        """Break at the table that is filled last."""
        if statement.startswith("INSERT INTO optouts "):
            raise OSError("disk full")

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", break_off)
    try:
        with pytest.raises(OSError, match="disk full"):
            restore(other_database, KEYS, backup, force=True)
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", break_off)
    assert [record.subject for record in other.optouts.ledger.records()] == [
        email("al@example.com")
    ]


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_a_file_that_is_no_backup_is_refused(backup: Path, content: bytes | None) -> None:
    """An empty file, another file, or the bot's own database is no backup."""
    if content is None:
        sqlite3.connect(backup).execute("CREATE TABLE optouts (id INTEGER)")
    else:
        backup.write_bytes(content)
    with pytest.raises(BackupError, match="no backup"):
        restore(f"sqlite:///{backup.parent / 'new.db'}", KEYS, backup)


def lose(original: Services) -> None:
    """Lose a database with all its files."""
    original.engine.dispose()
    original.durable.dispose()
    if original.engine.dialect.name == "sqlite":
        for path in Path(str(original.engine.url.database)).parent.glob("test.db*"):
            path.unlink()
        return
    url = original.engine.url
    server = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.exec_driver_sql(f"DROP DATABASE {url.database} WITH (FORCE)")
    server.dispose()


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path) -> Iterator[None]:
    """Check that no temporary file is left."""
    yield
    assert list(tmp_path.glob(".*.part*")) == []
