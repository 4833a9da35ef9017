"""Maintenance of the ledger: deletion of old records, and rotation of keys."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from bot.audit_log import Writer
from bot.keys import Keyring, UnreadableSecret
from bot.optouts.audit_log import AUDIT_LOG
from bot.optouts.model import Action, LedgerError, Subject
from bot.optouts.records import digest_input, digests_of
from bot.optouts.suppressions import entry_mac, requests_of, settle
from bot.optouts.tables import casework, history, notes, outbox, receipts, requests, suppressions

_PAGE = 500  # rows per query


def expire(durable: Engine, keyring: Keyring, older_than: timedelta) -> int:
    """Delete the records that are older than a time; return their number.

    The contents of their lines in the audit log are deleted too. The lines stay, and so does what
    the records asked for, in the suppression list. A record stays as long as one of its receipts,
    or one of what it has undone, is younger.
    """
    before = datetime.now(UTC) - older_than
    with durable.begin() as db:
        log = AUDIT_LOG.writer(db, keyring)
        old = db.execute(_expired(before)).all()
        by_digest: dict[str, list[Row]] = {}
        for row in old:
            by_digest.setdefault(row.digest, []).append(row)
        for rows in by_digest.values():
            digests = digests_of(keyring, rows[0]) or [rows[0].digest]
            ids = {row.id for row in rows}
            settle(db, keyring, digests, requests_of(db, digests), expiring=ids)
            for identifier in sorted(ids):
                _delete(log, identifier)
        return len(old)


def _expired(before: datetime) -> Any:
    """Return the query of the requests that are older than a time and needed by no other.

    What an opt-in has undone would be in force again without it. So it stays as long as that: the
    opt-out that it takes back, or any earlier one of its subject.
    """
    itself, undone = requests.alias("itself"), requests.alias("undone")
    own = undone.c.id == itself.c.undoes
    earlier = sa.and_(
        itself.c.action == str(Action.OPT_IN),
        itself.c.undoes.is_(None),
        undone.c.action == str(Action.OPT_OUT),
        undone.c.digest == itself.c.digest,
        undone.c.received_at < itself.c.received_at,
    )
    needed = sa.or_(
        _is_young(itself, before),
        sa.exists().where(own, _is_young(undone, before)),
        sa.exists().where(earlier, _is_young(undone, before)),
    )
    return sa.select(itself).where(itself.c.received_at < before, ~needed)


def _is_young(request: Any, before: datetime) -> Any:
    """Return the condition that a receipt of a request, or what takes it back, is younger."""
    undoing = requests.alias()
    return sa.or_(
        sa.exists().where(receipts.c.optout == request.c.id, receipts.c.received_at >= before),
        sa.exists().where(undoing.c.undoes == request.c.id, undoing.c.received_at >= before),
    )


def _delete(log: Writer, identifier: str) -> None:
    emptied = history.update().where(history.c.optout == identifier).values(content=None)
    log.db.execute(emptied)
    log.db.execute(outbox.delete().where(outbox.c.optout == identifier))
    log.db.execute(casework.delete().where(casework.c.optout == identifier))
    log.db.execute(notes.delete().where(notes.c.optout == identifier))
    log.db.execute(receipts.delete().where(receipts.c.optout == identifier))
    log.db.execute(requests.delete().where(requests.c.id == identifier))
    log.append(identifier, "expired", {})


def rotate(durable: Engine, keyring: Keyring) -> int:
    """Renew secrets, digests and HMACs under the newest key; return the number of changed rows.

    Raises LedgerError if the audit log has faults, because new HMACs would hide them, or if a
    secret was encrypted with an unknown key.
    """
    with durable.begin() as db:
        AUDIT_LOG.writer(db, keyring)  # locks it
        fault = next(AUDIT_LOG.faults(db, keyring), None)
        if fault is not None:
            raise LedgerError(
                f"The history has faults ({fault}): find out why before keys are rotated."
            )
        changed = 0
        for row in _paged(db, requests, "id"):
            db.execute(
                requests.update().where(requests.c.id == row.id).values(**_renewed(row, keyring))
            )
            changed += 1
        for row in _paged(db, suppressions, "digest", "kind"):
            renewed = _renewed(row, keyring)
            mac = entry_mac(keyring, {**row._mapping, **renewed})
            # The new digest may move a row to a later page. Then it comes twice.
            if (row.digest, row.mac) != (renewed["digest"], mac):
                this = sa.and_(suppressions.c.digest == row.digest, suppressions.c.kind == row.kind)
                db.execute(suppressions.update().where(this).values(**renewed, mac=mac))
                changed += 1
        for row in _paged(db, notes, "id"):
            secret = keyring.encrypt(_readable(row, keyring))
            db.execute(notes.update().where(notes.c.id == row.id).values(secret=secret))
            changed += 1
        AUDIT_LOG.renew(db, keyring)
        return changed


def _paged(db: Connection, table: sa.Table, *key: str) -> Iterator[Row]:
    """Yield the rows of a table in the order of its key, page by page.

    The caller may change rows meanwhile, also their keys.
    """
    columns = [table.c[name] for name in key]
    last: tuple[str, ...] = ("",) * len(key)
    while True:
        after = sa.tuple_(*columns) > sa.tuple_(*last)
        page = db.execute(sa.select(table).where(after).order_by(*columns).limit(_PAGE)).all()
        yield from page
        if len(page) < _PAGE:
            return
        last = tuple(getattr(page[-1], name) for name in key)


def _renewed(row: Row, keyring: Keyring) -> dict[str, str]:
    """Return secret and digest of a row under the newest key; raises LedgerError."""
    value = _readable(row, keyring)
    return {
        "secret": keyring.encrypt(value),
        "digest": keyring.digest(digest_input(Subject(row.subject_type, value))),
    }


def _readable(row: Row, keyring: Keyring) -> str:
    try:
        return keyring.decrypt(row.secret)
    except UnreadableSecret as error:
        raise LedgerError(f"Something in the ledger cannot be read: {error}") from None
