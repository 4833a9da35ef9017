"""Tests of the schema and its history, on both kinds of database."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

import actions.ledger.tables
import bot.handoff.tables
import bot.privacy.vault
from bot.database import connect, metadata, migrate
from bot.web.store import ConversationStore


def test_the_history_leads_to_the_declared_tables(engine: Engine) -> None:
    """After all steps the database has exactly the tables, columns and indexes that the code declares."""
    declared = (actions.ledger.tables.head, bot.handoff.tables.handoffs, bot.privacy.vault.vault)
    assert all(table.metadata is metadata for table in declared)  # whatever declares tables is imported
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(database: str) -> None:
    """A database that is up to date stays as it is."""
    engine = connect(database)
    ConversationStore(engine).start("a" * 32)
    migrate(database)
    assert ConversationStore(engine).state("a" * 32) == "bot"
    engine.dispose()


def test_processes_that_start_together_migrate_once(empty_database: str) -> None:
    """Several that find an empty database at once all end with the present schema."""
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(migrate, [empty_database] * 5)) == [None] * 5


def test_a_database_from_before_the_history_is_kept(empty_database: str) -> None:
    """Tables of the first release, which had no history, are brought up to date with what is in them."""
    engine = connect(empty_database)
    with engine.begin() as db:
        db.exec_driver_sql(
            "CREATE TABLE conversations (id VARCHAR(32) PRIMARY KEY, started_at TIMESTAMP NOT NULL, state VARCHAR(20) NOT NULL)"
        )
        db.exec_driver_sql("CREATE TABLE messages (conversation VARCHAR(32), id INTEGER, text TEXT)")
        db.execute(sa.text("INSERT INTO conversations VALUES ('old', '2026-11-01 12:00:00.000000', 'bot')"))
    migrate(empty_database)
    assert ConversationStore(engine).state("old") == "bot"
    with engine.begin() as db:
        assert "2026-11-01" in str(db.execute(sa.text("SELECT active_at FROM conversations")).scalar())
    engine.dispose()


def test_a_durable_engine_holds_the_write_lock_from_the_beginning(tmp_path: object) -> None:
    """Two transactions that read and then write follow each other on SQLite, and none fails."""
    engine = connect(f"sqlite:///{tmp_path}/d.db", durable=True)
    with engine.begin() as db:
        db.exec_driver_sql("CREATE TABLE counter (n INTEGER)")
        db.exec_driver_sql("INSERT INTO counter VALUES (0)")

    def count(_: int) -> None:
        """Read, and write what follows from it."""
        with engine.begin() as db:
            before = db.exec_driver_sql("SELECT n FROM counter").scalar()
            db.execute(sa.text("UPDATE counter SET n = :n"), {"n": before + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    with engine.begin() as db:
        assert db.exec_driver_sql("SELECT n FROM counter").scalar() == 40
