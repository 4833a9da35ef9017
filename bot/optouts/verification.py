"""Verification of the ledger: finds everything that is not as it was written."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from bot.audit_log import Fault
from bot.database import aware, begin_snapshot
from bot.keys import Keyring, UnreadableSecret
from bot.optouts import receipts as receipt_book
from bot.optouts.audit_log import AUDIT_LOG
from bot.optouts.model import ACTIVE, Action, Status, Subject
from bot.optouts.records import digest_input, digests_of, facts_of
from bot.optouts.suppressions import (
    effective,
    entry_macs,
    kinds_of,
    remaining_kinds,
    requests_of,
)
from bot.optouts.tables import history, receipts, requests, suppressions

_PAGE = 500  # rows per query
_TOLERANCE = timedelta(seconds=1)  # between the time in a record and the time in the audit log
_STATES = ("received", *map(str, Status))  # events that leave a request in a state


def verify(
    engine: Engine, keyring: Keyring, anchor: tuple[int, str] | None = None
) -> Iterator[Fault]:
    """Yield a fault for everything that is not as it was written.

    Checked are the lines of the audit log (see ``AuditLog.faults``), the records, their receipts,
    and the suppression list.
    """
    with engine.connect() as db:
        begin_snapshot(db)
        yield from AUDIT_LOG.faults(db, keyring, anchor)
        yield from _changed_records(db, keyring)
        yield from _receipt_faults(db)
        yield from _missing_records(db)
        yield from _suppression_faults(db, keyring)


def _changed_records(db: Connection, keyring: Keyring) -> Iterator[Fault]:
    """Yield a fault for each record that differs from the audit log, in its facts or its state."""
    first = history.alias("first")
    last = history.alias("last")
    latest = (
        sa.select(sa.func.max(history.c.seq))
        .where(history.c.optout == requests.c.id, history.c.event.in_(_STATES))
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
        holder = (_parsed(row.content) or {}).get("holder")  # the receipt is compared with it
        if _parsed(row.content) != facts_of(
            row._mapping, subject, holder
        ) or row.digest not in keyring.digests(digest_input(subject)):
            yield Fault(row.seq, f"the record {row.reference} was changed")
        state = {"status": row.status, "how": row.how, "reason": row.reason}
        logged = (
            {"status": str(Status.OPEN), "how": "", "reason": ""}
            if row.last_event == "received"
            else _parsed(row.last_content)
        )
        if isinstance(logged, dict):
            logged.pop("by", None)  # who decided is in the audit log alone
        if state != logged or abs(aware(row.status_at) - aware(row.last_at)) > _TOLERANCE:
            yield Fault(row.last_seq, f"the state of the record {row.reference} was changed")


def _parsed(content: str | None) -> Any:
    try:
        return json.loads(content or "null")
    except ValueError:  # AuditLog.faults has named the line already
        return None


def _receipt_faults(db: Connection) -> Iterator[Fault]:
    """Yield a fault for each receipt that is missing, or that differs from the audit log."""
    rows = db.execution_options(stream_results=True, yield_per=_PAGE).execute(
        sa.select(requests).order_by(requests.c.id)
    )
    for page in iter(lambda: list(islice(rows, _PAGE)), []):
        book = {row.reference: _receipt_in(row._mapping, holder=None) for row in page}
        about_page = [row.id for row in page]
        lines = sa.select(history).where(
            history.c.optout.in_(about_page), history.c.event.in_(receipt_book.EVENTS)
        )
        for line in db.execute(lines.order_by(history.c.seq)):
            _follow(book, line.event, _parsed(line.content))
        stored = db.execute(sa.select(receipts).where(receipts.c.optout.in_(about_page)))
        found = {
            row.reference: _receipt_in(row._mapping, row.holder, row.withdrawn_at is not None)
            for row in stored
        }
        for reference in sorted(book.keys() | found.keys()):
            if book.get(reference) != found.get(reference):
                yield Fault(0, f"the receipt {reference} was changed, or one of its lines")


def _receipt_in(
    values: Mapping[str, Any], holder: str | None, withdrawn: bool = False
) -> dict[str, Any]:
    """Return a receipt in the form in which the stored ones and the logged ones are compared."""
    return {**receipt_book.facts_of({**values, "holder": holder}), "withdrawn": withdrawn}


def _follow(book: dict[str, dict[str, Any]], event: str, content: Any) -> None:
    """Change the receipts in ``book`` as a line of the audit log says."""
    reference = content.get("reference") if isinstance(content, dict) else None
    if event == receipt_book.ADDED and reference:
        book[reference] = {**content, "withdrawn": False}
    elif reference not in book:  # a damaged line; the other checks have named it already
        return
    elif event == receipt_book.WITHDRAWN:
        receipt, taken = book[reference], content.get("kinds", "").split(",")
        left = [kind for kind in receipt["kinds"].split(",") if kind not in taken]
        receipt |= {"kinds": ",".join(left)} if left else {"withdrawn": True}
    else:
        book[reference]["holder"] = content.get("holder")


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
        digests = {row.id: digests_of(keyring, row) or [row.digest] for row in page}
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
        if entry.digest not in digests_of(keyring, entry) or entry.mac not in entry_macs(
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
                for other, kinds, _ in remaining_kinds(effective(requests_of(db, digests)))
                if other.id == row.id
            ),
            kinds_of(row),
        )
    except ValueError:  # a damaged record; the other checks have named it already
        return True
    return bool({str(kind) for kind in remaining} - suppressed)
