"""Backup: the whole database in one file, made while the bot runs, and its restoration.

The file is a SQLite database, whatever the bot's own database is. It has the tables that the
migrations of its version make, so a newer version restores it by its own migrations. It needs no
program of PostgreSQL of the right version, and moves a store from one kind of database to the
other. Deleted text is not in it, because rows are copied and not pages.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

import bot.conversations.question_counts
import bot.handoff.tables
import bot.privacy.vault  # noqa: F401
from bot.accounts.tables import head as account_head
from bot.application.errors import BackupError
from bot.application.heartbeat import heartbeat
from bot.application.key_check import key_checks
from bot.conversations.tables import conversations
from bot.database import (
    aware,
    begin_snapshot,
    connect,
    metadata,
    migrate,
    newest_schema,
    schema_of,
)
from bot.keys import fingerprint
from bot.optouts.tables import head, requests

_ROWS = 1_000  # copied at once
# Rasa's own table, which no migration makes: Rasa makes it at the first start.
_events = sa.Table(
    "events",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False, index=True),
    sa.Column("type_name", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.Float),
    sa.Column("intent_name", sa.String(255)),
    sa.Column("action_name", sa.String(255)),
    sa.Column("data", sa.Text),
)


@dataclass(frozen=True)
class Contents:
    """Contents of a backup, in numbers, and the keys that belong to it."""

    made_at: datetime
    conversations: int
    optouts: int
    anchor: str  # the end of the ledger, for `optouts verify --anchor`
    keys: tuple[str, ...]  # fingerprints of PRIVACY_BOT_DATA_KEYS, the oldest first


def back_up(url: str, keys: Sequence[str], file: Path) -> Contents:
    """Copy the database to a new file, as it is at one moment; raises BackupError.

    The file appears only when it is complete, and only its owner may read it.
    """
    if file.exists():
        raise BackupError(f"{file} exists already. Choose another name, or move it away.")
    with _part_of(file, file.absolute().parent) as part, _engine(url) as source:
        _require_present_schema(source)
        migrate(f"sqlite:///{part}")
        with _engine(f"sqlite:///{part}") as copy:
            with source.connect() as db, copy.begin() as into:
                begin_snapshot(db)
                _copy(db, into)
            with copy.begin() as into:
                contents = _contents(into, datetime.now(UTC), tuple(map(fingerprint, keys)))
                _note(into, contents)
        _in_one_file(part)
        os.link(part, file)  # unlike a renaming, it replaces no file of this name
    return contents


def restore(url: str, keys: Sequence[str], file: Path, force: bool = False) -> Contents:
    """Put a backup in place of what the database holds, all of it or nothing.

    Raises BackupError if it is no backup, if a key of it is missing, and if the database holds
    data, unless ``force`` is given.
    """
    noted = _noted(file)
    missing = [key for key in noted.keys if key not in map(fingerprint, keys)]
    if missing:
        raise BackupError(
            f"{file} needs the key with the fingerprint {', '.join(missing)}, which is not in "
            "PRIVACY_BOT_DATA_KEYS. Set the keys that were kept with it."
        )
    with _part_of(
        file
    ) as part:  # in the folder of temporary files: FILE may be on a read-only disk
        part.write_bytes(file.read_bytes())
        migrate(f"sqlite:///{part}")  # from the version that made it to the present one
        migrate(url)
        with (
            _engine(f"sqlite:///{part}") as copy,
            _engine(url, durable=True) as target,
            copy.connect() as db,
            target.begin() as into,
        ):
            _lock(into)
            if not force and _holds_data(into):
                raise BackupError(
                    "The database holds data already. Restore to an empty one, or replace "
                    "everything in it: --force"
                )
            _copy(db, into)
            return _contents(into, noted.made_at, noted.keys)


def _tables(db: Connection) -> list[sa.Table]:
    """Return all tables of a database, a table after those that it refers to."""
    known = sa.inspect(db).has_table(_events.name)
    return [*metadata.sorted_tables, *([_events] if known else [])]


def _copy(source: Connection, target: Connection) -> None:
    """Replace the rows of all tables by those of another database."""
    tables = _tables(source)
    if _events in tables:
        _events.create(target, checkfirst=True)
    for table in reversed(_tables(target)):
        target.execute(table.delete())
    for table in tables:
        rows = source.execution_options(stream_results=True).execute(sa.select(table))
        for page in rows.partitions(_ROWS):
            target.execute(table.insert(), [_values(row) for row in page])
    if target.dialect.name == "postgresql" and _events in tables:
        target.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('events', 'id'), max(id)) FROM events"
        )


def _values(row: Row) -> dict[str, Any]:
    """Return the values of a row; SQLite has times without a zone, which are in UTC."""
    return {
        name: aware(value).astimezone(UTC) if isinstance(value, datetime) else value
        for name, value in row._mapping.items()
    }


def _require_present_schema(source: Engine) -> None:
    found = schema_of(source)
    if found != newest_schema():
        raise BackupError(
            f"The tables of the database are of the version {found or 'none'}, and this program "
            f"knows {newest_schema()}. Use the privacy-bot that serves this database."
        )


def _lock(db: Connection) -> None:
    """Keep all others out of the tables until the transaction ends; SQLite does so by itself."""
    if db.dialect.name == "postgresql":
        names = ", ".join(table.name for table in _tables(db))
        db.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")


def _holds_data(db: Connection) -> bool:
    """Return whether a database has more than what each new one begins with."""
    always = (head, account_head, heartbeat, key_checks)
    return any(
        db.execute(sa.select(table).limit(1)).first()
        for table in _tables(db)
        if table not in always
    )


def _contents(db: Connection, made_at: datetime, keys: tuple[str, ...]) -> Contents:
    def count(table: sa.Table) -> int:
        """Return the number of rows of a table."""
        return int(db.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0)

    end = db.execute(sa.select(head)).one()
    return Contents(made_at, count(conversations), count(requests), f"{end.seq}:{end.mac}", keys)


def _note(db: Connection, contents: Contents) -> None:
    """Write into a backup what it is."""
    noted = {**vars(contents), "made_at": contents.made_at.isoformat()}
    db.exec_driver_sql("CREATE TABLE backup (noted TEXT)")
    db.execute(sa.text("INSERT INTO backup VALUES (:noted)"), {"noted": json.dumps(noted)})


def _noted(file: Path) -> Contents:
    """Return what a backup says that it is."""
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    try:
        db = sqlite3.connect(f"file:{file.absolute()}?mode=ro&immutable=1", uri=True)
        noted = json.loads(db.execute("SELECT noted FROM backup").fetchone()[0])
        (state,) = db.execute("PRAGMA integrity_check(1)").fetchone()
        db.close()
        if state != "ok":
            raise BackupError(f"{file} is damaged: {state}. Use another backup.")
        return Contents(
            datetime.fromisoformat(noted["made_at"]),
            noted["conversations"],
            noted["optouts"],
            noted["anchor"],
            tuple(noted["keys"]),
        )
    except (sqlite3.Error, TypeError, KeyError, ValueError):
        raise BackupError(f"{file} is no backup of `privacy-bot backup`, or is damaged.") from None


@contextmanager
def _part_of(file: Path, folder: Path | None = None) -> Iterator[Path]:
    """Return a new file for its owner alone, which is deleted at the end."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=folder)
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        for rest in ("", "-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                Path(f"{part}{rest}").unlink()


@contextmanager
def _engine(url: str, durable: bool = False) -> Iterator[Engine]:
    engine = connect(url, durable)
    try:
        yield engine
    finally:
        engine.dispose()


def _in_one_file(path: Path) -> None:
    """Move the write-ahead log of a SQLite file into it, and write it to the disk."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=DELETE")
    db.close()
    with path.open("rb") as file:
        os.fsync(file.fileno())
