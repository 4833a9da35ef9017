"""Audit log of the ledger: lines to which new ones are added, and a check that finds any change.

Each line has an HMAC over its own fields and the HMAC of the line before it. The key is not in the
database. So a line that was changed, removed or reordered is found. The head row has the HMAC of
the last line, and a seal over it. The HMAC covers only the SHA-256 of the content, so that the
content can be deleted at the end of its retention while the log stays complete.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.database import aware
from bot.keys import Keyring
from bot.optouts.tables import head, history

_START = "0" * 64
_PAGE = 5_000  # lines per query


@dataclass(frozen=True)
class Fault:
    """Fault in the ledger: a line, a record or an entry that is not as it was written.

    ``seq`` is the line of the audit log that shows it, or 0.
    """

    seq: int
    problem: str

    def __str__(self) -> str:
        return f"line {self.seq}: {self.problem}"


class Writer:
    """Writer of new lines; it holds the lock of the ledger until the end of its transaction."""

    def __init__(self, db: Connection, keyring: Keyring) -> None:
        """Lock the ledger in the transaction of ``db``."""
        self.db = db
        self._keyring = keyring
        # A migration has added this row.
        end = db.execute(sa.select(head).with_for_update()).one()
        self._seq, self._mac = end.seq, end.mac

    def append(
        self, optout: str, event: str, content: dict[str, Any], at: datetime | None = None
    ) -> None:
        """Add a line about a request; ``at`` is the time of the event, now if it is not given."""
        seq, at = self._seq + 1, at or datetime.now(UTC)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        mac = self._keyring.digest(_signed_text(self._mac, seq, optout, at, event, digest))
        self.db.execute(
            history.insert().values(
                seq=seq,
                optout=optout,
                at=at,
                event=event,
                content=text,
                content_sha256=digest,
                mac=mac,
            )
        )
        _set_head(self.db, self._keyring, seq, mac)
        self._seq, self._mac = seq, mac


def faults(
    db: Connection, keyring: Keyring, anchor: tuple[int, str] | None = None
) -> Iterator[Fault]:
    """Yield a fault for each changed line and for each place with missing or reordered lines.

    An ``anchor`` is the number and the HMAC of a line, as they were noted outside the database.
    It shows if the whole log was shortened, emptied, or replaced by an older one.
    """
    seq, before = 0, _START
    for row in _rows(db):
        if anchor and row.seq == anchor[0] and row.mac != anchor[1]:
            yield Fault(row.seq, "is not the one that was noted")
        if row.seq != seq + 1:
            missing = (
                f"lines {seq + 1} to {row.seq - 1} are"
                if row.seq - seq > 2
                else f"line {seq + 1} is"
            )
            yield Fault(row.seq, f"{missing} missing before it")
        elif row.mac not in keyring.digests(_signed_fields(row, before)):
            yield Fault(row.seq, "was changed, or the order of lines was")
        if (
            row.content is not None
            and hashlib.sha256(row.content.encode()).hexdigest() != row.content_sha256
        ):
            yield Fault(row.seq, "its content was changed")
        seq, before = row.seq, row.mac
    if anchor and seq < anchor[0]:
        yield Fault(seq, f"is the last, and line {anchor[0]} was noted")
    end = db.execute(sa.select(head)).first()
    sealed = end is not None and (
        end.seq == 0 or end.seal in keyring.digests(f"end {end.seq} {end.mac}")
    )
    if end is None or (end.seq, end.mac) != (seq, before) or not sealed:
        yield Fault(seq, f"is the last, and the ledger ends with line {end.seq if end else 0}")


def is_signed(db: Connection, keyring: Keyring) -> bool:
    """Return whether the keys are there that signed the first line and sealed the last one."""
    first = db.execute(sa.select(history).where(history.c.seq == 1)).first()
    end = db.execute(sa.select(head)).one()
    if first is None or end.seq == 0:
        return True
    sealed = end.seal in keyring.digests(f"end {end.seq} {end.mac}")
    return sealed and first.mac in keyring.digests(_signed_fields(first, _START))


def last(db: Connection) -> tuple[int, str]:
    """Return number and HMAC of the last line; note them outside the database."""
    row = db.execute(sa.select(head)).one()
    return row.seq, row.mac


def renew(db: Connection, keyring: Keyring) -> None:
    """Replace every HMAC by one under the newest key.

    The log must be without faults, and the ledger must be locked.
    """
    seq, before = 0, _START
    for row in _rows(db):
        seq, before = row.seq, keyring.digest(_signed_fields(row, before))
        db.execute(history.update().where(history.c.seq == seq).values(mac=before))
    _set_head(db, keyring, seq, before)


def _set_head(db: Connection, keyring: Keyring, seq: int, mac: str) -> None:
    db.execute(head.update().values(seq=seq, mac=mac, seal=_seal(keyring, seq, mac)))


def _seal(keyring: Keyring, seq: int, mac: str) -> str:
    """Return the seal of the last line; without the key, nobody can end the log earlier."""
    return keyring.digest(f"end {seq} {mac}")


def _rows(db: Connection) -> Iterator[Row]:
    last_seq = 0
    while True:
        page = db.execute(
            sa.select(history).where(history.c.seq > last_seq).order_by(history.c.seq).limit(_PAGE)
        ).all()
        yield from page
        if len(page) < _PAGE:
            return
        last_seq = page[-1].seq


def _signed_fields(row: Row, before: str) -> str:
    return _signed_text(before, row.seq, row.optout, aware(row.at), row.event, row.content_sha256)


def _signed_text(before: str, seq: int, optout: str, at: datetime, event: str, digest: str) -> str:
    return "\n".join((before, str(seq), optout, at.astimezone(UTC).isoformat(), event, digest))
