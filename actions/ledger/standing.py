"""What stands of somebody's requests: which hold, which were undone, and what the list of who is out says for it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from actions.ledger.model import Action, Kind, Status, in_order
from actions.ledger.tables import requests, suppressions


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
    rows = db.execute(sa.select(suppressions.c.kind).where(suppressions.c.digest.in_(marks)))
    return frozenset(Kind(row.kind) for row in rows)


def write_list(
    db: Connection, marks: Sequence[str], rows: Sequence[Row], released: Iterable[Kind], since: datetime | None = None
) -> None:
    """Bring the list up to date with somebody's requests.

    Only ``released`` kinds are taken off, if no request holds them: others may rest on a request whose record has reached its
    age, and who is out stays out. With ``since``, an entry that is older stays too: it came from another request.
    """
    held = {kind: row for row, left, _ in left_of(rows) if row.action == Action.OPT_OUT for kind in left}
    gone = [str(kind) for kind in released if kind not in held]
    entries = [suppressions.c.digest.in_(marks), suppressions.c.kind.in_(gone)]
    if since is not None:
        entries.append(suppressions.c.since >= since)
    db.execute(suppressions.delete().where(*entries))
    for kind in in_order(held.keys() - is_out(db, marks)):
        row = held[kind]
        values = {name: getattr(row, name) for name in ("digest", "subject_type", "secret")}
        db.execute(suppressions.insert().values(**values, kind=str(kind), since=row.received_at))
