"""What stands of somebody's requests: which hold, which were undone, and what the list of who is out says for it."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from actions.ledger.model import Action, Kind, Status, in_order
from actions.ledger.tables import requests, suppressions
from bot.database import aware
from bot.keys import Keyring


def requests_of(db: Connection, marks: Sequence[str]) -> list[Row]:
    """Return every request of somebody that was not denied, in the order in which they came."""
    mine = sa.select(requests).where(requests.c.digest.in_(marks), requests.c.status != str(Status.DENIED))
    return list(db.execute(mine.order_by(requests.c.received_at, requests.c.id)))


def kinds_of(row: Row) -> frozenset[Kind]:
    """Return the kinds of a row of requests; raises ValueError if it was damaged."""
    return frozenset(map(Kind, row.kinds.split(",")))


def left_of(rows: Sequence[Row]) -> list[tuple[Row, frozenset[Kind], str]]:
    """Return of each request what later ones have not undone, and the reference of the last that undid any of it."""
    found = []
    undoing: dict[tuple[str, Kind], str] = {}  # the latest request with an action for a kind, among those that came later
    for row in reversed(rows):
        kinds = kinds_of(row)
        by = {
            kind: undoing[other, kind] for other in Action for kind in kinds if other != row.action and (other, kind) in undoing
        }
        found.append((row, kinds - by.keys(), next(iter(by.values()), "")))
        for kind in kinds:
            undoing.setdefault((row.action, kind), row.reference)
    return found[::-1]


def is_out(db: Connection, marks: Sequence[str]) -> frozenset[Kind]:
    """Return what somebody is out of, as the list has it."""
    return frozenset(Kind(entry.kind) for entry in _entries(db, marks) if entry.lifted_by is None)


def hold(db: Connection, keyring: Keyring, marks: Sequence[str], rows: Sequence[Row]) -> None:
    """Put on the list what somebody's requests hold and the list has not."""
    held = _held(rows)
    known = {Kind(entry.kind): entry for entry in _entries(db, marks)}
    for kind in in_order(held):
        row, entry = held[kind], known.get(kind)
        if entry is None:
            values = {name: getattr(row, name) for name in ("digest", "subject_type", "secret")}
            values |= {"kind": str(kind), "since": row.received_at, "lifted_by": None}
            db.execute(suppressions.insert().values(**values, mac=seal(keyring, values)))
        elif entry.lifted_by is not None:
            _change(db, keyring, entry, since=row.received_at, lifted_by=None)


def lift(db: Connection, keyring: Keyring, marks: Sequence[str], rows: Sequence[Row], kinds: frozenset[Kind], by: str) -> None:
    """Take off the list what a request to undo names; who is out of more than it names stays out of that."""
    for entry in _entries(db, marks):
        if entry.lifted_by is None and Kind(entry.kind) in kinds - _held(rows).keys():
            _change(db, keyring, entry, lifted_by=by)


def put_back(db: Connection, keyring: Keyring, marks: Sequence[str], rows: Sequence[Row], denied: str) -> None:
    """Undo ``lift`` after its request was denied, but for what another request to undo names too."""
    for entry in _entries(db, marks):
        if entry.lifted_by == denied:
            others = [
                row.id
                for row in rows
                if row.action == Action.OPT_IN and Kind(entry.kind) in kinds_of(row) and row.received_at > entry.since
            ]
            _change(db, keyring, entry, lifted_by=others[-1] if others else None)


def drop(db: Connection, marks: Sequence[str], rows: Sequence[Row], denied: Row) -> None:
    """Delete from the list what a denied request put there; an older entry stays, as it came from another request.

    That one may have reached its age: who is out stays out.
    """
    gone = [str(kind) for kind in kinds_of(denied) - _held(rows).keys()]
    mine = (suppressions.c.digest.in_(marks), suppressions.c.kind.in_(gone), suppressions.c.since >= denied.received_at)
    db.execute(suppressions.delete().where(*mine))


def seal(keyring: Keyring, entry: Mapping[str, Any]) -> str:
    """Return the HMAC by which an entry of the list is known to be as it was written."""
    return seals(keyring, entry)[0]


def seals(keyring: Keyring, entry: Mapping[str, Any]) -> list[str]:
    """Return the HMACs of an entry under every key, the newest first."""
    since = aware(entry["since"]).astimezone(UTC).isoformat()
    said = (entry["digest"], entry["kind"], entry["subject_type"], since, entry["lifted_by"] or "")
    return keyring.marks("\n".join(("listed", *said)))


def _held(rows: Sequence[Row]) -> dict[Kind, Row]:
    return {kind: row for row, left, _ in left_of(rows) if row.action == Action.OPT_OUT for kind in left}


def _entries(db: Connection, marks: Sequence[str]) -> list[Row]:
    return list(db.execute(sa.select(suppressions).where(suppressions.c.digest.in_(marks))))


def _change(db: Connection, keyring: Keyring, entry: Row, **changed: Any) -> None:
    this = sa.and_(suppressions.c.digest == entry.digest, suppressions.c.kind == entry.kind)
    mac = seal(keyring, {**entry._mapping, **changed})
    db.execute(suppressions.update().where(this).values(**changed, mac=mac))
