"""Maintenance of the ledger: verification, deletion of old records, and rotation of keys."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from bot.database import aware
from bot.keys import Keyring, UnreadableSecret
from bot.optouts import audit_log
from bot.optouts.audit_log import Fault
from bot.optouts.ledger import digest_input, facts_of
from bot.optouts.model import ACTIVE, Action, LedgerError, Status, Subject
from bot.optouts.suppressions import (
    entry_mac,
    entry_macs,
    kinds_of,
    remaining_kinds,
    requests_of,
)
from bot.optouts.tables import history, outbox, requests, suppressions

_PAGE = 500  # rows per query
_TOLERANCE = timedelta(seconds=1)  # between the time in a record and the time in the audit log


def verify(
    engine: Engine, keyring: Keyring, anchor: tuple[int, str] | None = None
) -> Iterator[Fault]:
    """Yield a fault for everything that is not as it was written.

    Checked are the lines of the audit log (see ``audit_log.faults``), the records, and the
    suppression list.
    """
    with engine.connect() as db:
        _begin_snapshot(db)
        yield from audit_log.faults(db, keyring, anchor)
        yield from _changed_records(db, keyring)
        yield from _missing_records(db)
        yield from _suppression_faults(db, keyring)


def _begin_snapshot(db: Connection) -> None:
    """Begin a transaction that reads one state of the database, without later changes."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    else:
        db.exec_driver_sql("BEGIN")  # the driver begins one only to write


def expire(durable: Engine, keyring: Keyring, older_than: timedelta) -> int:
    """Delete the records that are older than a time; return their number.

    The contents of their lines in the audit log are deleted too. The lines stay, and so does the
    suppression list, except for the entries that these records have lifted.
    """
    with durable.begin() as db:
        end = audit_log.lock(db)
        old = db.execute(
            sa.select(requests.c.id).where(requests.c.received_at < datetime.now(UTC) - older_than)
        ).all()
        for (identifier,) in old:
            db.execute(history.update().where(history.c.optout == identifier).values(content=None))
            db.execute(outbox.delete().where(outbox.c.optout == identifier))
            db.execute(requests.delete().where(requests.c.id == identifier))
            db.execute(suppressions.delete().where(suppressions.c.lifted_by == identifier))
            end = audit_log.append(db, keyring, end, identifier, "expired", {})
        return len(old)


def rotate(durable: Engine, keyring: Keyring) -> int:
    """Renew secrets, digests and HMACs under the newest key; return the number of changed rows.

    Raises LedgerError if the audit log has faults, because new HMACs would hide them, or if a
    secret was encrypted with an unknown key.
    """
    with durable.begin() as db:
        audit_log.lock(db)
        fault = next(audit_log.faults(db, keyring), None)
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
        audit_log.renew(db, keyring)
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
    try:
        value = keyring.decrypt(row.secret)
    except UnreadableSecret as error:
        raise LedgerError(f"Something in the ledger cannot be read: {error}") from None
    return {
        "secret": keyring.encrypt(value),
        "digest": keyring.digest(digest_input(Subject(row.subject_type, value))),
    }


def _changed_records(db: Connection, keyring: Keyring) -> Iterator[Fault]:
    """Yield a fault for each record that differs from the audit log, in its facts or its state."""
    first = history.alias("first")
    last = history.alias("last")
    latest = (
        sa.select(sa.func.max(history.c.seq))
        .where(history.c.optout == requests.c.id)
        .scalar_subquery()
    )
    wanted = (
        sa.select(
            requests,
            first.c.seq,
            first.c.content,
            last.c.seq.label("last_seq"),
            last.c.at.label("last_at"),
            last.c.event.label("last_event"),
            last.c.content.label("last_content"),
        )
        .outerjoin(first, sa.and_(first.c.optout == requests.c.id, first.c.event == "received"))
        .outerjoin(last, last.c.seq == latest)
        .order_by(first.c.seq)
    )
    for row in db.execution_options(stream_results=True, yield_per=_PAGE).execute(wanted):
        if row.seq is None:
            yield Fault(0, f"the record {row.reference} is not in the history")
            continue
        try:
            subject = Subject(row.subject_type, keyring.decrypt(row.secret))
        except UnreadableSecret:
            yield Fault(
                row.seq,
                f"whom the record {row.reference} is about cannot be read: "
                "it was changed, or its key is missing",
            )
            continue
        if _parsed(row.content) != facts_of(
            row._mapping, subject
        ) or row.digest not in keyring.digests(digest_input(subject)):
            yield Fault(row.seq, f"the record {row.reference} was changed")
        state = {"status": row.status, "how": row.how, "reason": row.reason}
        logged = (
            {"status": str(Status.OPEN), "how": "", "reason": ""}
            if row.last_event == "received"
            else _parsed(row.last_content)
        )
        if state != logged or abs(aware(row.status_at) - aware(row.last_at)) > _TOLERANCE:
            yield Fault(row.last_seq, f"the state of the record {row.reference} was changed")


def _parsed(content: str | None) -> Any:
    try:
        return json.loads(content or "null")
    except ValueError:  # audit_log.faults has named the line already
        return None


def _missing_records(db: Connection) -> Iterator[Fault]:
    """Yield a fault for each record, or content of a line, that was deleted before its time."""
    # NOT EXISTS, because for a large NOT IN PostgreSQL compares each row with each other row.
    other = history.alias("other")
    expired = sa.exists().where(other.c.optout == history.c.optout, other.c.event == "expired")
    known = sa.exists().where(requests.c.id == history.c.optout)
    gone = sa.select(history.c.seq).where(history.c.event == "received", ~known, ~expired)
    for row in db.execute(gone.order_by(history.c.seq)):
        yield Fault(row.seq, "its record is missing")
    emptied = sa.select(history.c.seq).where(history.c.content.is_(None), ~expired)
    for row in db.execute(emptied.order_by(history.c.seq)):
        yield Fault(row.seq, "its content is missing")


def _suppression_faults(db: Connection, keyring: Keyring) -> Iterator[Fault]:
    """Yield a fault for each missing or changed entry of the suppression list.

    An entry is missing if an active opt-out has a kind that is not in the list.
    """
    active = requests.c.status.in_([str(status) for status in ACTIVE])
    rows = db.execution_options(stream_results=True, yield_per=_PAGE).execute(
        sa.select(requests).where(active, requests.c.action == str(Action.OPT_OUT))
    )
    for page in iter(lambda: list(islice(rows, _PAGE)), []):
        digests = {row.id: _digests(keyring, row) or [row.digest] for row in page}
        known: dict[str, set[str]] = {}
        listed = sa.select(suppressions).where(suppressions.c.lifted_by.is_(None))
        for entry in db.execute(
            listed.where(suppressions.c.digest.in_(set(chain(*digests.values()))))
        ):
            known.setdefault(entry.digest, set()).add(entry.kind)
        for row in page:
            suppressed = set().union(*(known.get(digest, set()) for digest in digests[row.id]))
            if set(row.kinds.split(",")) - suppressed and _lacks_entry(
                db, row, digests[row.id], suppressed
            ):
                yield Fault(
                    0, f"the record {row.reference} stands, and is not in the list of who is out"
                )
    for entry in db.execution_options(stream_results=True, yield_per=_PAGE).execute(
        sa.select(suppressions)
    ):
        if entry.digest not in _digests(keyring, entry) or entry.mac not in entry_macs(
            keyring, entry._mapping
        ):
            yield Fault(
                0,
                f"an entry of the list of who is out ({entry.kind}, "
                f"since {aware(entry.since):%Y-%m-%d}) was changed",
            )


def _lacks_entry(db: Connection, row: Row, digests: list[str], suppressed: set[str]) -> bool:
    """Return whether a kind of a request that was not undone is missing in the list."""
    try:
        remaining = next(
            (
                kinds
                for other, kinds, _ in remaining_kinds(requests_of(db, digests))
                if other.id == row.id
            ),
            kinds_of(row),
        )
    except ValueError:  # a damaged record; the other checks have named it already
        return True
    return bool({str(kind) for kind in remaining} - suppressed)


def _digests(keyring: Keyring, row: Row) -> list[str]:
    """Return the digests of the subject of a row; none if the subject cannot be decrypted."""
    try:
        return keyring.digests(digest_input(Subject(row.subject_type, keyring.decrypt(row.secret))))
    except UnreadableSecret:
        return []
