"""What stands of somebody's requests: which hold, which were undone, and what the list of who is out says for it."""

from collections.abc import Iterable, Sequence

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
    for place, row in enumerate(rows):
        against = [later for later in rows[place + 1 :] if later.action != row.action and kinds_of(later) & kinds_of(row)]
        undone = frozenset(kind for later in against for kind in kinds_of(later))
        found.append((row, kinds_of(row) - undone, against[-1].reference if against else ""))
    return found


def is_out(db: Connection, marks: Sequence[str]) -> frozenset[Kind]:
    """Return what somebody is out of, as the list has it."""
    rows = db.execute(sa.select(suppressions.c.kind).where(suppressions.c.digest.in_(marks)))
    return frozenset(Kind(row.kind) for row in rows)


def write_list(db: Connection, marks: Sequence[str], rows: Sequence[Row], released: Iterable[Kind]) -> None:
    """Bring the list up to date with somebody's requests.

    Only ``released`` kinds are taken off, if no request holds them: others may rest on a request whose record has reached its
    age, and who is out stays out.
    """
    held = {kind: row for row, left, _ in left_of(rows) if row.action == Action.OPT_OUT for kind in left}
    gone = [str(kind) for kind in released if kind not in held]
    db.execute(suppressions.delete().where(suppressions.c.digest.in_(marks), suppressions.c.kind.in_(gone)))
    for kind in in_order(held.keys() - is_out(db, marks)):
        row = held[kind]
        values = {name: getattr(row, name) for name in ("digest", "subject_type", "secret")}
        db.execute(suppressions.insert().values(**values, kind=str(kind), since=row.received_at))
