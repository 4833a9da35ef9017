"""Tests of the schema and its migrations, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

import bot.application.heartbeat
import bot.application.key_check
import bot.conversations.question_counts
import bot.handoff.tables
import bot.optouts.tables
import bot.privacy.vault
from bot.conversations.store import ConversationStore
from bot.database import (
    MIGRATIONS,
    SchemaError,
    connect,
    metadata,
    migrate,
    shared_transaction,
    transaction,
)


def test_the_migrations_lead_to_the_declared_tables(engine: Engine) -> None:
    """After all migrations the database has the declared tables, columns and indexes, no others."""
    # Every module with tables must be imported, or the comparison would miss its tables.
    declared = (
        bot.optouts.tables.head,
        bot.handoff.tables.handoffs,
        bot.privacy.vault.vault,
        bot.application.key_check.key_checks,
        bot.application.heartbeat.heartbeat,
        bot.conversations.question_counts.question_counts,
    )
    assert all(table.metadata is metadata for table in declared)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(database: str) -> None:
    """A second migration leaves the data as it is."""
    engine = connect(database)
    ConversationStore(engine).start("a" * 32)
    migrate(database)
    assert ConversationStore(engine).state("a" * 32) == "bot"
    engine.dispose()


def test_processes_that_start_together_migrate_once(empty_database: str) -> None:
    """Several processes can migrate an empty database at the same time."""
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(migrate, [empty_database] * 5)) == [None] * 5


def test_a_database_without_migrations_is_kept(empty_database: str) -> None:
    """Tables of the first release, which had no migrations, are migrated with their rows."""
    engine = connect(empty_database)
    with engine.begin() as db:
        db.exec_driver_sql(
            "CREATE TABLE conversations (id VARCHAR(32) PRIMARY KEY, "
            "started_at TIMESTAMP NOT NULL, state VARCHAR(20) NOT NULL)"
        )
        db.exec_driver_sql(
            "CREATE TABLE messages (conversation VARCHAR(32), id INTEGER, text TEXT)"
        )
        db.execute(
            sa.text("INSERT INTO conversations VALUES ('old', '2026-11-01 12:00:00.000000', 'bot')")
        )
    migrate(empty_database)
    assert ConversationStore(engine).state("old") == "bot"
    with engine.begin() as db:
        assert "2026-11-01" in str(
            db.execute(sa.text("SELECT active_at FROM conversations")).scalar()
        )
    engine.dispose()


def test_older_requests_get_a_receipt(empty_database: str) -> None:
    """Requests from before the receipts are found by their reference, and nobody holds them."""
    engine = connect(empty_database, durable=True)
    _migrate_to(engine, "0007")
    columns = "id, reference, action, kinds, channel, subject_type, digest, secret, nonce, "
    columns += "received_at, due, policy_version, wording, status, status_at, how, reason"
    values = "'i', 'K7M-4QXF', 'opt_out', 'sharing', 'chat', 'email', 'd', 's', 'n', "
    values += "'2026-11-01 12:00:00', '2026-11-20', 'p', 'w', 'open', '2026-11-01 12:00:00', '', ''"
    with engine.begin() as db:
        db.exec_driver_sql(f"INSERT INTO optouts ({columns}) VALUES ({values})")
    migrate(empty_database)
    with engine.begin() as db:
        receipt = db.execute(sa.select(bot.optouts.tables.receipts)).one()
        assert (receipt.reference, receipt.optout, receipt.holder) == ("K7M-4QXF", "i", None)
        assert receipt.kinds == "sharing"
    engine.dispose()


def _migrate_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_a_newer_schema_is_refused(database: str) -> None:
    """Tables of a later version are not touched; the error names both schemas and the remedy."""
    engine = connect(database)
    with engine.begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")
    with pytest.raises(SchemaError, match="schema 9001.* Start the newer version") as caught:
        migrate(database)
    assert "\n" not in str(caught.value)
    engine.dispose()


def test_a_durable_engine_holds_the_write_lock_from_the_beginning(tmp_path: object) -> None:
    """Concurrent transactions that read and then write run one after the other; none fails."""
    engine = connect(f"sqlite:///{tmp_path}/d.db", durable=True)
    with engine.begin() as db:
        db.exec_driver_sql("CREATE TABLE counter (n INTEGER)")
        db.exec_driver_sql("INSERT INTO counter VALUES (0)")

    def count(_: int) -> None:
        """Read the counter and write the next number."""
        with engine.begin() as db:
            before = db.exec_driver_sql("SELECT n FROM counter").scalar()
            db.execute(sa.text("UPDATE counter SET n = :n"), {"n": before + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    with engine.begin() as db:
        assert db.exec_driver_sql("SELECT n FROM counter").scalar() == 40


def test_a_shared_transaction_is_stored_as_a_whole_or_not(database: str) -> None:
    """What joins a shared transaction is stored with it, and undone with it."""
    engine, durable = connect(database), connect(database, durable=True)
    store = ConversationStore(engine)
    with pytest.raises(RuntimeError), shared_transaction(engine, durable):
        store.start("a" * 32)
        raise RuntimeError
    with shared_transaction(engine, durable), transaction(durable, lasts=True):
        store.start("b" * 32)
        assert store.exists("b" * 32)
    assert [store.exists(name * 32) for name in "ab"] == [False, True]
    engine.dispose()
    durable.dispose()
