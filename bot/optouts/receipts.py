"""Receipts: each asker of a request gets one, with a reference of their own.

Nothing that a receipt shows depends on whether somebody else had asked for the same before.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.audit_log import Writer
from bot.database import aware
from bot.optouts.deadlines import first_due_date
from bot.optouts.model import (
    ACTIVE,
    Action,
    Channel,
    OptOutKind,
    Receipt,
    Request,
    Status,
    in_order,
)
from bot.optouts.suppressions import kinds_of
from bot.optouts.tables import history, receipts
from bot.policy.store import store
from bot.references import new_reference

# Events of the audit log. The first receipt of a request has no line but that of the request.
ADDED, WITHDRAWN = "receipt", "withdrawn"
EVENTS = ("received", ADDED, WITHDRAWN)


def holder_hash(holder: str | None) -> str | None:
    """Return what is stored of a holder; it does not reveal the id of a conversation."""
    return hashlib.sha256(holder.encode()).hexdigest() if holder else None


def unused_reference(db: Connection) -> str:
    """Return a reference that no receipt has."""
    while find(db, reference := new_reference()) is not None:
        pass
    return reference


def find(db: Connection, reference: str | None) -> Row | None:
    """Return the receipt with a reference in its stored form; None if there is none."""
    return db.execute(sa.select(receipts).where(receipts.c.reference == reference)).first()


def receipts_of(db: Connection, optout: str) -> list[Row]:
    """Return the receipts of a request, the earliest first."""
    wanted = sa.select(receipts).where(receipts.c.optout == optout)
    return list(db.execute(wanted.order_by(receipts.c.received_at, receipts.c.reference)))


def live_receipts(db: Connection, optout: str) -> list[Row]:
    """Return the receipts of a request that were not taken back."""
    return [receipt for receipt in receipts_of(db, optout) if receipt.withdrawn_at is None]


def add_first(db: Connection, row: Row, holder: str | None) -> Row:
    """Add the receipt of a new request, for all that it asks for; return it."""
    named = ("reference", "kinds", "channel", "received_at", "due")
    values = {name: getattr(row, name) for name in named}
    return _insert(db, {**values, "optout": row.id, "holder": holder})


def add_later(log: Writer, optout: str, request: Request) -> Row:
    """Add the receipt of an asker for a request that is on record already; return it."""
    now = datetime.now(UTC)
    values = {
        "reference": unused_reference(log.db),
        "optout": optout,
        "holder": holder_hash(request.holder),
        "kinds": ",".join(in_order(request.kinds)),
        "channel": str(request.channel),
        "received_at": now,
        "due": first_due_date(now, request.kinds),
    }
    log.append(optout, ADDED, facts_of(values), at=now)
    return _insert(log.db, values)


def withdraw(log: Writer, receipt: Row, taken: frozenset[OptOutKind]) -> Row:
    """Take kinds of a receipt back; return the receipt as it is now."""
    now, left = datetime.now(UTC), kinds_of(receipt) - taken
    kinds = ",".join(in_order(taken))
    log.append(receipt.optout, WITHDRAWN, {"reference": receipt.reference, "kinds": kinds}, at=now)
    changes: dict[str, Any] = {"kinds": ",".join(in_order(left))} if left else {"withdrawn_at": now}
    this = receipts.c.reference == receipt.reference
    log.db.execute(receipts.update().where(this).values(**changes))
    return log.db.execute(sa.select(receipts).where(this)).one()


def facts_of(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a receipt for the audit log."""
    return {
        **{name: receipt[name] for name in ("reference", "holder", "kinds", "channel")},
        "received_at": aware(receipt["received_at"]).astimezone(UTC).isoformat(),
        "due": receipt["due"].isoformat(),
    }


def shown(
    db: Connection, row: Row, receipt: Row, remaining: frozenset[OptOutKind], new: bool = False
) -> Receipt:
    """Return a receipt as its holder may see it.

    ``row`` is its request, of which ``remaining`` are the kinds that were not undone.
    """
    asked, status, status_at = kinds_of(receipt), *_shown_state(db, row, receipt)
    return Receipt(
        reference=receipt.reference,
        action=Action(row.action),
        kinds=(asked & remaining or asked) if row.action == Action.OPT_OUT else asked,
        channel=Channel(receipt.channel),
        received_at=aware(receipt.received_at),
        due=receipt.due,
        status=status,
        status_at=status_at,
        reason=row.reason if status is Status.DENIED else "",
        new=new,
    )


def _shown_state(db: Connection, row: Row, receipt: Row) -> tuple[Status, datetime]:
    """Return the state that a receipt shows, and since when.

    A state from before the receipt would tell that somebody else had asked. Until the receipt is
    due, it shows instead what the request itself showed at the same age. An opt-in does not tell
    of later opt-outs: whoever asked for it need not be the owner of the address.
    """
    made, since = aware(receipt.received_at), aware(row.status_at)
    if receipt.withdrawn_at is not None:
        return Status.REVOKED, aware(receipt.withdrawn_at)
    outdone = row.action == Action.OPT_IN and row.status == Status.REVOKED
    known_before = since < made and store().today() <= receipt.due
    if outdone or known_before:
        return _state_at_age(db, row, receipt)
    return Status(row.status), since


def _state_at_age(db: Connection, row: Row, receipt: Row) -> tuple[Status, datetime]:
    shown_states = [str(status) for status in (*ACTIVE, Status.UNCONFIRMED)]
    lines = sa.select(history.c.event, history.c.at).where(
        history.c.optout == row.id, history.c.event.in_(shown_states)
    )
    made, began = aware(receipt.received_at), aware(row.received_at)
    state, at = Status.OPEN, made
    for line in db.execute(lines.order_by(history.c.seq)):
        moment = made + (aware(line.at) - began)
        if moment <= datetime.now(UTC):
            state, at = Status(line.event), moment
    return state, at


def _insert(db: Connection, values: dict[str, Any]) -> Row:
    db.execute(receipts.insert().values(**values))
    return db.execute(sa.select(receipts).where(receipts.c.reference == values["reference"])).one()


def kinds_held(rows: Sequence[Row]) -> frozenset[OptOutKind]:
    """Return all kinds that some of these receipts ask for."""
    return frozenset().union(*map(kinds_of, rows))
