"""Audit log: lines to which new ones are added, and a check that finds any change.

Each line has an HMAC over its own fields and the HMAC of the line before it. The key is not in the
database. So a line that was changed, removed or reordered is found. The head row has the HMAC of
the last line, and a seal over it. The HMAC covers only the SHA-256 of the content, so that the
content can be deleted at the end of its retention while the log stays complete.

The ledger of opt-outs has one, and so have the accounts of the staff.
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

_START = "0" * 64
_PAGE = 5_000  # lines per query


@dataclass(frozen=True)
class Fault:
    """Fault: a line, or what it is about, that is not as it was written.

    ``seq`` is the line of the audit log that shows it, or 0.
    """

    seq: int
    problem: str

    def __str__(self) -> str:
        return f"line {self.seq}: {self.problem}"


class AuditLog:
    """Audit log in two tables: its lines, and one row with its end."""

    def __init__(self, lines: sa.Table, head: sa.Table, about: str) -> None:
        """Keep lines about what the column ``about`` names."""
        self.lines = lines
        self.head = head
        self.about = about

    def writer(self, db: Connection, keyring: Keyring) -> "Writer":
        """Return a writer, which holds the lock of the log until the transaction of ``db`` ends."""
        return Writer(self, db, keyring)

    def faults(
        self, db: Connection, keyring: Keyring, anchor: tuple[int, str] | None = None
    ) -> Iterator[Fault]:
        """Yield a fault for each changed line and for each place with missing or reordered lines.

        An ``anchor`` is the number and the HMAC of a line, as they were noted outside the database.
        It shows if the whole log was shortened, emptied, or replaced by an older one.
        """
        seq, before = 0, _START
        for row in self._rows(db):
            if anchor and row.seq == anchor[0] and row.mac != anchor[1]:
                yield Fault(row.seq, "is not the one that was noted")
            if row.seq != seq + 1:
                missing = (
                    f"lines {seq + 1} to {row.seq - 1} are"
                    if row.seq - seq > 2
                    else f"line {seq + 1} is"
                )
                yield Fault(row.seq, f"{missing} missing before it")
            elif row.mac not in keyring.digests(self._signed_fields(row, before)):
                yield Fault(row.seq, "was changed, or the order of lines was")
            if (
                row.content is not None
                and hashlib.sha256(row.content.encode()).hexdigest() != row.content_sha256
            ):
                yield Fault(row.seq, "its content was changed")
            seq, before = row.seq, row.mac
        if anchor and seq < anchor[0]:
            yield Fault(seq, f"is the last, and line {anchor[0]} was noted")
        end = db.execute(sa.select(self.head)).first()
        sealed = end is not None and (
            end.seq == 0 or end.seal in keyring.digests(f"end {end.seq} {end.mac}")
        )
        if end is None or (end.seq, end.mac) != (seq, before) or not sealed:
            yield Fault(seq, f"is the last, and the log ends with line {end.seq if end else 0}")

    def is_signed(self, db: Connection, keyring: Keyring) -> bool:
        """Return whether the keys are there that signed the first line and sealed the last one."""
        first = db.execute(sa.select(self.lines).where(self.lines.c.seq == 1)).first()
        end = db.execute(sa.select(self.head)).one()
        if first is None or end.seq == 0:
            return True
        sealed = end.seal in keyring.digests(f"end {end.seq} {end.mac}")
        return sealed and first.mac in keyring.digests(self._signed_fields(first, _START))

    def last(self, db: Connection) -> tuple[int, str]:
        """Return number and HMAC of the last line; note them outside the database."""
        row = db.execute(sa.select(self.head)).one()
        return row.seq, row.mac

    def renew(self, db: Connection, keyring: Keyring) -> None:
        """Replace every HMAC by one under the newest key.

        The log must be without faults, and it must be locked.
        """
        seq, before = 0, _START
        for row in self._rows(db):
            seq, before = row.seq, keyring.digest(self._signed_fields(row, before))
            this = self.lines.c.seq == seq
            db.execute(self.lines.update().where(this).values(mac=before))
        self._set_head(db, keyring, seq, before)

    def _set_head(self, db: Connection, keyring: Keyring, seq: int, mac: str) -> None:
        seal = _seal(keyring, seq, mac)
        db.execute(self.head.update().values(seq=seq, mac=mac, seal=seal))

    def _rows(self, db: Connection) -> Iterator[Row]:
        last_seq, seq = 0, self.lines.c.seq
        while True:
            later = sa.select(self.lines).where(seq > last_seq)
            page = db.execute(later.order_by(seq).limit(_PAGE)).all()
            yield from page
            if len(page) < _PAGE:
                return
            last_seq = page[-1].seq

    def _signed_fields(self, row: Row, before: str) -> str:
        about = row._mapping[self.about]
        return _signed_text(before, row.seq, about, aware(row.at), row.event, row.content_sha256)


class Writer:
    """Writer of new lines; it holds the lock of the log until the end of its transaction."""

    def __init__(self, log: AuditLog, db: Connection, keyring: Keyring) -> None:
        """Lock the log in the transaction of ``db``."""
        self.db = db
        self._log = log
        self._keyring = keyring
        # A migration has added this row.
        end = db.execute(sa.select(log.head).with_for_update()).one()
        self._seq, self._mac = end.seq, end.mac

    def append(
        self, about: str, event: str, content: dict[str, Any], at: datetime | None = None
    ) -> None:
        """Add a line about something; ``at`` is the time of the event, now if it is not given."""
        seq, at = self._seq + 1, at or datetime.now(UTC)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        mac = self._keyring.digest(_signed_text(self._mac, seq, about, at, event, digest))
        line = {
            "seq": seq,
            self._log.about: about,
            "at": at,
            "event": event,
            "content": text,
            "content_sha256": digest,
            "mac": mac,
        }
        self.db.execute(self._log.lines.insert().values(**line))
        self._log._set_head(self.db, self._keyring, seq, mac)
        self._seq, self._mac = seq, mac


def _seal(keyring: Keyring, seq: int, mac: str) -> str:
    """Return the seal of the last line; without the key, nobody can end the log earlier."""
    return keyring.digest(f"end {seq} {mac}")


def _signed_text(before: str, seq: int, about: str, at: datetime, event: str, digest: str) -> str:
    return "\n".join((before, str(seq), about, at.astimezone(UTC).isoformat(), event, digest))
