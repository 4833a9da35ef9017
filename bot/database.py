"""The one way to a database: SQLite by default, PostgreSQL by DATABASE_URL."""

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

metadata = sa.MetaData()  # every table of ours, as it is now; bot/migrations has how it came to be so
MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 5  # how long to wait for another process that writes
_RETRY_SECONDS = 0.02
_LOG_PAGES = 4_000  # 16 MB; at SQLite's own 1,000 one write in a hundred to a large table waits for the log to be moved
_WIPE_MILLISECONDS = 300
_MIGRATION_LOCK = 0x7072_6976  # any number of our own; PostgreSQL's advisory locks have no names


def connect(url: str, durable: bool = False) -> Engine:
    """Return an engine for ``url``; a SQLite file's folder is made, and readers do not block its writer.

    With ``durable``, what was committed survives a loss of power too, and a transaction has SQLite's write lock from its
    beginning, so that what it read still holds when it writes.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(url, pool_pre_ping=True, future=True, connect_args={"connect_timeout": _BUSY_SECONDS})
        sa.event.listen(engine, "connect", _prepare_postgresql)
        return engine
    in_memory = not parsed.database or parsed.database == ":memory:"
    if not in_memory:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    # A pool, because closing the last connection to a SQLite file costs more than a whole transaction.
    engine = sa.create_engine(
        url,
        future=True,
        poolclass=sa.pool.StaticPool if in_memory else sa.pool.QueuePool,
        connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS},
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    if durable:
        sa.event.listen(engine, "connect", _prepare_durable_sqlite)
        sa.event.listen(engine, "begin", _begin_immediately)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set a new SQLite connection to write-ahead logging: durable after a crash of the process, and fast."""
    cursor = connection.cursor()
    _use_write_ahead_log(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
    cursor.close()


def _use_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Switch to write-ahead logging; SQLite does not wait for others itself when two switch a new file at once."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
        time.sleep(_RETRY_SECONDS)


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Let a new PostgreSQL connection wait for locks no longer than SQLite does."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
    connection.commit()


def _prepare_durable_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # no transactions of the driver's own: SQLAlchemy says when one begins
    connection.execute("PRAGMA synchronous=FULL")


def _begin_immediately(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def migrate(url: str) -> None:
    """Bring the tables to the present schema, one process at a time; only looks if they are there already."""
    engine = connect(url, durable=True)
    try:
        migrate_engine(engine)
    finally:
        engine.dispose()


def migrate_engine(engine: Engine) -> None:
    """Bring the tables behind a durable engine to the present schema."""
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("0*.py")).partition("_")[0]
    with engine.connect() as connection:
        known = sa.inspect(connection).has_table("alembic_version")
        if known and connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == newest:
            return
    from alembic import command  # not in the memory of a process that has nothing to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def aware(moment: datetime) -> datetime:
    """Return a time that was read from a database in UTC: SQLite forgets the zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def wipe_deleted(engine: Engine) -> bool:
    """Remove from SQLite's log what was deleted from its tables; PostgreSQL does so by its own vacuum.

    Keeps writers waiting while it waits for readers, so not for long; returns False if they did not let go, so that the text is
    still on the disk.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_WIPE_MILLISECONDS}")
        try:
            return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
