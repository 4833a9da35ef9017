"""The history of the ledger: lines that can be added and not changed, removed or reordered without being noticed.

Each line carries an HMAC over its own fields and the line before it, under a key that the database does not hold; the head row
carries the last one, sealed. Content is bound by its SHA-256, so that it can be deleted in its time while the chain stays.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from actions.ledger.tables import head, history
from bot.database import aware
from bot.keys import Keyring

_START = "0" * 64
_PAGE = 5_000  # lines read at a time


@dataclass(frozen=True)
class Fault:
    """A line of the history, or a record, that is not as it was written."""

    seq: int
    problem: str

    def __str__(self) -> str:
        return f"line {self.seq}: {self.problem}"


def lock(db: Connection) -> tuple[int, str]:
    """Lock the ledger for the rest of a transaction; return number and HMAC of its last line."""
    row = db.execute(sa.select(head).with_for_update()).one()  # there from the beginning (bot/migrations)
    return row.seq, row.mac


def append(
    db: Connection,
    keyring: Keyring,
    end: tuple[int, str],
    optout: str,
    event: str,
    content: dict[str, Any],
    at: datetime | None = None,
) -> tuple[int, str]:
    """Add a line after ``end``, which happened ``at`` a time or now, and return the new end; the ledger must be locked."""
    seq, before = end[0] + 1, end[1]
    at = at or datetime.now(UTC)
    written = json.dumps(content, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(written.encode()).hexdigest()
    mac = keyring.mark(_bound(before, seq, optout, at, event, digest))
    db.execute(
        history.insert().values(seq=seq, optout=optout, at=at, event=event, content=written, content_sha256=digest, mac=mac)
    )
    _set_head(db, keyring, seq, mac)
    return seq, mac


def faults(db: Connection, keyring: Keyring, anchor: tuple[int, str] | None = None) -> Iterator[Fault]:
    """Yield every line that was changed, and every place where lines are missing or out of order.

    An ``anchor`` is number and HMAC of a line as they were noted outside of the database: with it a history is recognised that
    was shortened, emptied or replaced as a whole by an older one.
    """
    seq, before = 0, _START
    for row in _rows(db):
        if anchor and row.seq == anchor[0] and row.mac != anchor[1]:
            yield Fault(row.seq, "is not the one that was noted")
        if row.seq != seq + 1:
            missing = f"lines {seq + 1} to {row.seq - 1} are" if row.seq - seq > 2 else f"line {seq + 1} is"
            yield Fault(row.seq, f"{missing} missing before it")
        elif row.mac not in keyring.marks(_of(row, before)):
            yield Fault(row.seq, "was changed, or the order of lines was")
        if row.content is not None and hashlib.sha256(row.content.encode()).hexdigest() != row.content_sha256:
            yield Fault(row.seq, "its content was changed")
        seq, before = row.seq, row.mac
    if anchor and seq < anchor[0]:
        yield Fault(seq, f"is the last, and line {anchor[0]} was noted")
    end = db.execute(sa.select(head)).first()
    sealed = end is not None and (end.seq == 0 or end.seal in keyring.marks(f"end {end.seq} {end.mac}"))
    if end is None or (end.seq, end.mac) != (seq, before) or not sealed:
        yield Fault(seq, f"is the last, and the ledger ends with line {end.seq if end else 0}")


def last(db: Connection) -> tuple[int, str]:
    """Return number and HMAC of the last line: to be noted outside of the database."""
    row = db.execute(sa.select(head)).one()
    return row.seq, row.mac


def renew(db: Connection, keyring: Keyring) -> None:
    """Write every HMAC anew under the newest key; the chain must be without faults and the ledger locked."""
    seq, before = 0, _START
    for row in _rows(db):
        seq, before = row.seq, keyring.mark(_of(row, before))
        db.execute(history.update().where(history.c.seq == seq).values(mac=before))
    _set_head(db, keyring, seq, before)


def _set_head(db: Connection, keyring: Keyring, seq: int, mac: str) -> None:
    db.execute(head.update().values(seq=seq, mac=mac, seal=_seal(keyring, seq, mac)))


def _seal(keyring: Keyring, seq: int, mac: str) -> str:
    """Return what proves that the history ended here: who has no key cannot end it earlier."""
    return keyring.mark(f"end {seq} {mac}")


def _rows(db: Connection) -> Iterator[Row]:
    last = 0
    while True:
        page = db.execute(sa.select(history).where(history.c.seq > last).order_by(history.c.seq).limit(_PAGE)).all()
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1].seq


def _of(row: Row, before: str) -> str:
    return _bound(before, row.seq, row.optout, aware(row.at), row.event, row.content_sha256)


def _bound(before: str, seq: int, optout: str, at: datetime, event: str, digest: str) -> str:
    return "\n".join((before, str(seq), optout, at.astimezone(UTC).isoformat(), event, digest))
