"""Connections to the database, and migrations: SQLite by default, PostgreSQL by DATABASE_URL."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

metadata = sa.MetaData()  # all our tables in their present form; bot/migrations has the steps to it
MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 5  # longest wait for another process that writes
_RETRY_SECONDS = 0.02
# 16 MB. With SQLite's default of 1,000 pages, one write in a hundred to a large table waits while
# the log is moved into the database.
_LOG_PAGES = 4_000
_WIPE_MILLISECONDS = 300
_MIGRATION_LOCK = 0x7072_6976  # arbitrary; PostgreSQL's advisory locks have numbers, no names


class SchemaError(RuntimeError):
    """The schema is newer than this version of the bot; the message has the remedy."""


@dataclass
class _Shared:
    """Transaction that others join, and whether it must survive a loss of power."""

    db: Connection
    lasts: bool = False


_shared: ContextVar[_Shared | None] = ContextVar("shared transaction", default=None)


def connect(url: str, durable: bool = False) -> Engine:
    """Return an engine for ``url``; the folder of a SQLite file is created.

    Readers do not block a writer. With ``durable``, commits survive a loss of power too, and a
    transaction holds SQLite's write lock from its beginning, so that its reads stay true until it
    writes.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(
            url, pool_pre_ping=True, future=True, connect_args={"connect_timeout": _BUSY_SECONDS}
        )
        sa.event.listen(engine, "connect", _prepare_postgresql)
        return engine
    # "file:" begins an address with options of its own, which is no path.
    in_memory = not parsed.database or parsed.database == ":memory:"
    if not in_memory and not str(parsed.database).startswith("file:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    # A pool, because closing the last connection to a SQLite file costs more than a transaction.
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
    """Set a new SQLite connection to write-ahead logging, which is fast and survives a crash.

    A crash of the process, that is; only ``durable`` connections survive a loss of power.
    """
    cursor = connection.cursor()
    _use_write_ahead_log(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA temp_store=MEMORY")  # else parts of tables could reach /var/tmp
    cursor.execute("PRAGMA secure_delete=ON")  # overwrite deleted rows
    cursor.close()


def _use_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Switch to write-ahead logging, and retry while another process does the same.

    SQLite itself does not wait when two processes switch a new file at once.
    """
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
    """Limit the wait of a new PostgreSQL connection for locks to that of SQLite."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
    connection.commit()


def _prepare_durable_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
    connection.execute("PRAGMA synchronous=FULL")


def _begin_immediately(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def shared_transaction(engine: Engine, durable: Engine) -> Iterator[Connection]:
    """Open a transaction that every ``transaction`` inside joins: all of it is stored, or nothing.

    If one that joins is to last, it survives a loss of power, by ``durable``. Do not await inside:
    SQLite lets nobody else write meanwhile.
    """
    with engine.begin() as db:
        shared = _Shared(db)
        token = _shared.set(shared)
        try:
            yield db
        finally:
            _shared.reset(token)
    if shared.lasts:
        _sync(durable)


@contextmanager
def transaction(engine: Engine, lasts: bool = False) -> Iterator[Connection]:
    """Open a transaction, or join the shared one; then an error ends that one as a whole.

    With ``lasts`` it must survive a loss of power; ``engine`` is durable then.
    """
    shared = _shared.get()
    if shared is not None:
        shared.lasts = shared.lasts or lasts
        yield shared.db
    else:
        with engine.begin() as db:
            yield db


def _sync(durable: Engine) -> None:
    """Write all earlier commits to the disk; PostgreSQL has done so."""
    if durable.dialect.name == "sqlite":  # any write does it, and to each commit would cost 5 ms
        with durable.begin() as db:
            db.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")


def begin_snapshot(db: Connection) -> None:
    """Begin a transaction that reads one state of the database, without later changes."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    else:
        db.exec_driver_sql("BEGIN")  # the driver begins one only to write


def is_shared() -> bool:
    """Return whether a shared transaction is open here."""
    return _shared.get() is not None


def migrate(url: str) -> None:
    """Bring the tables to the present schema, one process at a time.

    Changes nothing if they are up to date.
    """
    engine = connect(url, durable=True)
    try:
        migrate_engine(engine)
    finally:
        engine.dispose()


def migrate_engine(engine: Engine) -> None:
    """Bring the tables behind a durable engine to the present schema."""
    found, newest = schema_of(engine), newest_schema()
    if found is not None and found > newest:
        raise SchemaError(
            f"The database has schema {found}, and this version of the bot knows {newest} at most. "
            "Start the newer version again, or restore the backup from before the upgrade."
        )
    if found == newest:
        return
    from alembic import command  # here, to save its memory in a process with nothing to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_schema() -> str:
    """Return the number of the last migration."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("0*.py")).partition("_")[0]


def schema_of(engine: Engine) -> str | None:
    """Return the number of the last migration that a database has had, None without tables."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(version) if version else None


def aware(moment: datetime) -> datetime:
    """Return a time from the database with its zone, UTC, which SQLite drops."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def wipe_deleted(engine: Engine) -> bool:
    """Remove deleted text from SQLite's write-ahead log; PostgreSQL does so by its own vacuum.

    Writers wait while this waits for readers, so the wait is short. Returns False if a reader did
    not finish in that time; then the text is still on the disk.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_WIPE_MILLISECONDS}")
        try:
            return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
