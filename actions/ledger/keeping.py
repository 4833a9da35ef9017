"""What is done with the ledger as a whole: it is verified, its old records are deleted, its keys are rotated."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from actions.ledger import chain
from actions.ledger.chain import Fault
from actions.ledger.ledger import facts_of, kinds_of, marked
from actions.ledger.model import STANDING, Action, Kind, LedgerError, Status, Subject
from actions.ledger.tables import history, outbox, requests, suppressions
from bot.database import aware
from bot.keys import Keyring, UnreadableSecret

_PAGE = 500  # rows compared at a time


def verify(engine: Engine, keyring: Keyring) -> Iterator[Fault]:
    """Yield all that is not as it was written: lines of the history, records, the list of who is out."""
    with engine.connect() as db:
        yield from chain.faults(db, keyring)
        yield from _changed_records(db, keyring)
        yield from _vanished_records(db)
        yield from _missing_suppressions(db)


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
        for table, key in ((requests, ("id",)), (suppressions, ("digest", "kind"))):
            for row in db.execute(sa.select(table)).all():
                try:
                    value = keyring.decrypt(row.secret)
                except UnreadableSecret as error:
                    raise LedgerError(f"Something in the ledger cannot be read: {error}") from None
                renewed = {"secret": keyring.encrypt(value), "digest": keyring.mark(marked(Subject(row.subject_type, value)))}
                this = sa.and_(*(table.c[name] == getattr(row, name) for name in key))
                db.execute(table.update().where(this).values(**renewed))
                changed += 1
        chain.renew(db, keyring)
        return changed


def _changed_records(db: Connection, keyring: Keyring) -> Iterator[Fault]:
    """Yield the records that do not say what the history says they said, or whose state is not the last one that it tells."""
    first = history.alias("first")
    last = history.alias("last")
    latest = sa.select(sa.func.max(history.c.seq)).where(history.c.optout == requests.c.id).scalar_subquery()
    wanted = (
        sa.select(requests, first.c.seq, first.c.content, last.c.seq.label("last_seq"), last.c.event.label("last_event"))
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
        said = json.loads(row.content) if row.content else None
        if said != facts_of(row._mapping, subject) or row.digest not in keyring.marks(marked(subject)):
            yield Fault(row.seq, f"the record {row.reference} was changed")
        if (row.last_event if row.last_event != "received" else Status.OPEN) != row.status:
            yield Fault(row.last_seq, f"the state of the record {row.reference} was changed")


def _vanished_records(db: Connection) -> Iterator[Fault]:
    """Yield the records that the history tells of and that are not there any more, though their time has not come."""
    expired = sa.select(history.c.optout).where(history.c.event == "expired")
    known = sa.select(requests.c.id)
    gone = sa.select(history.c.seq).where(
        history.c.event == "received", history.c.optout.not_in(known), history.c.optout.not_in(expired)
    )
    for row in db.execute(gone.order_by(history.c.seq)):
        yield Fault(row.seq, "its record is missing")
    emptied = sa.select(history.c.seq).where(history.c.content.is_(None), history.c.optout.not_in(expired))
    for row in db.execute(emptied.order_by(history.c.seq)):
        yield Fault(row.seq, "its content is missing")


def _missing_suppressions(db: Connection) -> Iterator[Fault]:
    """Yield the requests that stand although the list of who is out does not say so."""
    standing = requests.c.status.in_([str(status) for status in STANDING])
    rows = db.execution_options(stream_results=True, yield_per=_PAGE).execute(
        sa.select(requests).where(standing, requests.c.action == str(Action.OPT_OUT))
    )
    for page in iter(lambda: list(islice(rows, _PAGE)), []):
        digests = {row.digest for row in page}
        out: dict[str, set[Kind]] = {}
        for row in db.execute(sa.select(suppressions).where(suppressions.c.digest.in_(digests))):
            out.setdefault(row.digest, set()).add(Kind(row.kind))
        for row in page:
            missing = kinds_of(row) - out.get(row.digest, set())
            if missing and not missing <= _undone(db, row):
                yield Fault(0, f"the record {row.reference} stands, and is not in the list of who is out")


def _undone(db: Connection, row: Row) -> set[Kind]:
    """Return the kinds that the same subject has opted into again since."""
    later: Any = (requests.c.digest == row.digest, requests.c.action == str(Action.OPT_IN))
    since = requests.c.received_at >= aware(row.received_at)
    return {kind for undoing in db.execute(sa.select(requests).where(*later, since)) for kind in kinds_of(undoing)}
