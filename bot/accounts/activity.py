"""Activity of the staff: the audit log of sign-ins, failures and acts.

A line says who did what, when, and to what: a reference, a number, never a shopper's data.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.accounts.model import Account, AccountError
from bot.accounts.tables import head, history
from bot.audit_log import AuditLog, Fault
from bot.database import aware
from bot.keys import Keyring

AUDIT_LOG = AuditLog(history, head, about="account")


class Event(StrEnum):
    """Events of the audit log that are not acts at the desk or in the office."""

    ADDED = "account_added"
    CHANGED = "roles_changed"
    REMOVED = "account_removed"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True)
class Line:
    """Line of the audit log; its content is empty when it is too old."""

    seq: int
    at: datetime
    event: str
    content: dict[str, Any]


class Activity:
    """Audit log of the staff."""

    def __init__(self, durable: Engine, keyring: Keyring) -> None:
        """Write with a durable engine (see ``bot.database.connect``)."""
        self._durable = durable
        self._keyring = keyring

    def note(self, event: str, account: Account | None, **content: object) -> None:
        """Add a line about an account; None if nobody knows whose it is."""
        named = {"name": account.name} if account else {}
        with self._durable.begin() as db:
            log = AUDIT_LOG.writer(db, self._keyring)
            log.append(account.id if account else "", event, {**named, **content})

    def lines(self, since: datetime | None = None, limit: int | None = None) -> list[Line]:
        """Return the lines since a time, or the last ones, in order."""
        wanted = sa.select(history).order_by(history.c.seq.desc()).limit(limit)
        if since is not None:
            wanted = wanted.where(history.c.at >= since)
        with self._durable.connect() as db:
            rows = db.execute(wanted).all()[::-1]
        return [
            Line(row.seq, aware(row.at), row.event, json.loads(row.content or "{}")) for row in rows
        ]

    def faults(self) -> Iterator[Fault]:
        """Yield a fault for each line that was changed, removed or reordered."""
        with self._durable.connect() as db:
            yield from AUDIT_LOG.faults(db, self._keyring)

    def expire(self, older_than: timedelta) -> int:
        """Empty the lines that are older than a time; return their number."""
        old = (history.c.at < datetime.now(UTC) - older_than, history.c.content.is_not(None))
        with self._durable.begin() as db:
            return int(db.execute(history.update().where(*old).values(content=None)).rowcount)

    def rotate(self) -> None:
        """Renew the log under the newest key; raises AccountError if it has faults."""
        with self._durable.begin() as db:
            AUDIT_LOG.writer(db, self._keyring)  # locks it
            fault = next(AUDIT_LOG.faults(db, self._keyring), None)
            if fault is not None:
                raise AccountError(
                    f"The audit log of the accounts has faults ({fault}): find out why first."
                )
            AUDIT_LOG.renew(db, self._keyring)
