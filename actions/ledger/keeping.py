"""What is done with the ledger as a whole: it is verified, its old records are deleted, its keys are rotated."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain as chain_all
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from actions.ledger import chain
from actions.ledger.chain import Fault
from actions.ledger.ledger import facts_of, marked
from actions.ledger.model import STANDING, Action, LedgerError, Status, Subject
from actions.ledger.standing import kinds_of, left_of, requests_of, seal, seals
from actions.ledger.tables import history, outbox, requests, suppressions
from bot.database import aware
from bot.keys import Keyring, UnreadableSecret

_PAGE = 500  # rows compared at a time
_SAME_TIME = timedelta(seconds=1)


def verify(engine: Engine, keyring: Keyring, anchor: tuple[int, str] | None = None) -> Iterator[Fault]:
    """Yield all that is not as it was written: lines of the history (see chain.faults), records, the list of who is out."""
    with engine.connect() as db:
        _hold_still(db)
        yield from chain.faults(db, keyring, anchor)
        yield from _changed_records(db, keyring)
        yield from _vanished_records(db)
        yield from _wrong_list(db, keyring)


def _hold_still(db: Connection) -> None:
    """Let a connection read one state of the database to the end, whatever is recorded meanwhile."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    else:
        db.exec_driver_sql("BEGIN")  # the driver begins one itself only to write


def expire(durable: Engine, keyring: Keyring, older_than: timedelta) -> int:
    """Delete the records that were received so long ago, and what the history says of them; return how many.

    The list of who is out stays, and so does the chain.
    """
    with durable.begin() as db:
        end = chain.lock(db)
        old = db.execute(sa.select(requests.c.id).where(requests.c.received_at < datetime.now(UTC) - older_than)).all()
        for (identifier,) in old:
            db.execute(history.update().where(history.c.optout == identifier).values(content=None))
            db.execute(outbox.delete().where(outbox.c.optout == identifier))
            db.execute(requests.delete().where(requests.c.id == identifier))
            db.execute(suppressions.delete().where(suppressions.c.lifted_by == identifier))
            end = chain.append(db, keyring, end, identifier, "expired", {})
        return len(old)


def rotate(durable: Engine, keyring: Keyring) -> int:
    """Encrypt and mark everything under the newest key; return how many rows.

    Raises LedgerError if the history has faults, which new marks would hide, or if something was encrypted with an unknown key.
    """
    with durable.begin() as db:
        chain.lock(db)
        fault = next(chain.faults(db, keyring), None)
        if fault is not None:
            raise LedgerError(f"The history has faults ({fault}): find out why before keys are rotated.")
        changed = 0
        for row in _paged(db, requests, "id"):
            db.execute(requests.update().where(requests.c.id == row.id).values(**_renewed(row, keyring)))
            changed += 1
        for row in _paged(db, suppressions, "digest", "kind"):
            renewed = _renewed(row, keyring)
            mac = seal(keyring, {**row._mapping, **renewed})
            if (row.digest, row.mac) != (renewed["digest"], mac):  # else it was met before, under its old digest
                this = sa.and_(suppressions.c.digest == row.digest, suppressions.c.kind == row.kind)
                db.execute(suppressions.update().where(this).values(**renewed, mac=mac))
                changed += 1
        chain.renew(db, keyring)
        return changed


def _paged(db: Connection, table: sa.Table, *key: str) -> Iterator[Row]:
    """Yield the rows of a table in the order of its key, which may be changed meanwhile, without holding them all."""
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
    """Return secret and digest of a row under the newest key; raises LedgerError if it cannot be read."""
    try:
        value = keyring.decrypt(row.secret)
    except UnreadableSecret as error:
        raise LedgerError(f"Something in the ledger cannot be read: {error}") from None
    return {"secret": keyring.encrypt(value), "digest": keyring.mark(marked(Subject(row.subject_type, value)))}


def _changed_records(db: Connection, keyring: Keyring) -> Iterator[Fault]:
    """Yield the records that do not say what the history says they said, or whose state is not the last one that it tells."""
    first = history.alias("first")
    last = history.alias("last")
    latest = sa.select(sa.func.max(history.c.seq)).where(history.c.optout == requests.c.id).scalar_subquery()
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
                row.seq, f"whom the record {row.reference} is about cannot be read: it was changed, or its key is missing"
            )
            continue
        if _content(row.content) != facts_of(row._mapping, subject) or row.digest not in keyring.marks(marked(subject)):
            yield Fault(row.seq, f"the record {row.reference} was changed")
        state = {"status": row.status, "how": row.how, "reason": row.reason}
        told = (
            {"status": str(Status.OPEN), "how": "", "reason": ""}
            if row.last_event == "received"
            else _content(row.last_content)
        )
        if state != told or abs(aware(row.status_at) - aware(row.last_at)) > _SAME_TIME:
            yield Fault(row.last_seq, f"the state of the record {row.reference} was changed")


def _content(written: str | None) -> Any:
    try:
        return json.loads(written or "null")
    except ValueError:  # the chain has named the line already
        return None


def _vanished_records(db: Connection) -> Iterator[Fault]:
    """Yield the records that the history tells of and that are not there any more, though their time has not come."""
    # NOT EXISTS, because PostgreSQL compares each row with each for a NOT IN that does not fit its memory.
    other = history.alias("other")
    expired = sa.exists().where(other.c.optout == history.c.optout, other.c.event == "expired")
    known = sa.exists().where(requests.c.id == history.c.optout)
    gone = sa.select(history.c.seq).where(history.c.event == "received", ~known, ~expired)
    for row in db.execute(gone.order_by(history.c.seq)):
        yield Fault(row.seq, "its record is missing")
    emptied = sa.select(history.c.seq).where(history.c.content.is_(None), ~expired)
    for row in db.execute(emptied.order_by(history.c.seq)):
        yield Fault(row.seq, "its content is missing")


def _wrong_list(db: Connection, keyring: Keyring) -> Iterator[Fault]:
    """Yield the requests that stand although the list of who is out does not say so, and entries of it that were changed."""
    standing = requests.c.status.in_([str(status) for status in STANDING])
    rows = db.execution_options(stream_results=True, yield_per=_PAGE).execute(
        sa.select(requests).where(standing, requests.c.action == str(Action.OPT_OUT))
    )
    for page in iter(lambda: list(islice(rows, _PAGE)), []):
        marks = {row.id: _marks(keyring, row) or [row.digest] for row in page}
        known: dict[str, set[str]] = {}
        listed = sa.select(suppressions).where(suppressions.c.lifted_by.is_(None))
        for entry in db.execute(listed.where(suppressions.c.digest.in_(set(chain_all(*marks.values()))))):
            known.setdefault(entry.digest, set()).add(entry.kind)
        for row in page:
            out = set().union(*(known.get(mark, set()) for mark in marks[row.id]))
            if set(row.kinds.split(",")) - out and _missing(db, row, marks[row.id], out):
                yield Fault(0, f"the record {row.reference} stands, and is not in the list of who is out")
    for entry in db.execution_options(stream_results=True, yield_per=_PAGE).execute(sa.select(suppressions)):
        if entry.digest not in _marks(keyring, entry) or entry.mac not in seals(keyring, entry._mapping):
            yield Fault(
                0, f"an entry of the list of who is out ({entry.kind}, since {aware(entry.since):%Y-%m-%d}) was changed"
            )


def _missing(db: Connection, row: Row, marks: list[str], out: set[str]) -> bool:
    """Return whether anything of a request that later ones have not undone is not in the list."""
    try:
        left = next((left for other, left, _ in left_of(requests_of(db, marks)) if other.id == row.id), kinds_of(row))
    except ValueError:  # a damaged record, which is named already
        return True
    return bool({str(kind) for kind in left} - out)


def _marks(keyring: Keyring, row: Row) -> list[str]:
    """Return the marks of whom a row is about; none if that cannot be read."""
    try:
        return keyring.marks(marked(Subject(row.subject_type, keyring.decrypt(row.secret))))
    except UnreadableSecret:
        return []
