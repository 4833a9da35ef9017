"""The one way to a database: SQLite by default, PostgreSQL by DATABASE_URL."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url


def connect(url: str) -> Engine:
    """Return an engine for ``url``; a SQLite file's folder is made, and readers do not block its writer."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True, future=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # A pool, because closing the last connection to a SQLite file costs more than a whole transaction.
    engine = sa.create_engine(
        url, future=True, poolclass=sa.pool.QueuePool, connect_args={"check_same_thread": False, "timeout": 10}
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set a new SQLite connection to write-ahead logging: durable after a crash of the process, and fast."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
    cursor.close()


def wipe_deleted(engine: Engine) -> bool:
    """Remove from SQLite's log what was deleted from its tables; PostgreSQL does so by its own vacuum.

    Blocks while others read; returns False if they did not let go in time, so that the text is still on the disk.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
    return not busy
