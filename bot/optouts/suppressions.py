"""Suppression list: the subjects that opted out, and the effect of requests on their entries.

A subject is in the list once for each kind that it opted out of. Later requests undo earlier ones:
an opt-in lifts entries of the list. The denial of a request undoes its effect on the list.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.database import aware
from bot.keys import Keyring
from bot.optouts.model import Action, OptOutKind, Status, in_order
from bot.optouts.tables import requests, suppressions


def requests_of(db: Connection, digests: Sequence[str]) -> list[Row]:
    """Return all requests of a subject that were not denied, in the order of their arrival."""
    accepted = sa.select(requests).where(
        requests.c.digest.in_(digests), requests.c.status != str(Status.DENIED)
    )
    return list(db.execute(accepted.order_by(requests.c.received_at, requests.c.id)))


def kinds_of(row: Row) -> frozenset[OptOutKind]:
    """Return the kinds of a row of requests; raises ValueError if the row is damaged."""
    return frozenset(map(OptOutKind, row.kinds.split(",")))


def remaining_kinds(rows: Sequence[Row]) -> list[tuple[Row, frozenset[OptOutKind], str]]:
    """Return each request with its kinds that later requests have not undone.

    ``rows`` are the requests of one subject, the earliest first. The third value is the reference
    of a later request that undid some of the kinds, or "".
    """
    found = []
    # For an action and a kind: the latest of the requests after the current row.
    later: dict[tuple[str, OptOutKind], str] = {}
    for row in reversed(rows):
        kinds = kinds_of(row)
        undone_by = {
            kind: later[other, kind]
            for other in Action
            for kind in kinds
            if other != row.action and (other, kind) in later
        }
        found.append((row, kinds - undone_by.keys(), next(iter(undone_by.values()), "")))
        for kind in kinds:
            later.setdefault((row.action, kind), row.reference)
    return found[::-1]


def suppressed_kinds(db: Connection, digests: Sequence[str]) -> frozenset[OptOutKind]:
    """Return the kinds for which a subject is in the suppression list."""
    return frozenset(
        OptOutKind(entry.kind) for entry in _entries(db, digests) if entry.lifted_by is None
    )


def suppress(db: Connection, keyring: Keyring, digests: Sequence[str], rows: Sequence[Row]) -> None:
    """Add the missing entries of a subject to the suppression list.

    ``rows`` are the requests of the subject. Each kind of an opt-out that was not undone needs an
    entry; a lifted entry becomes valid again.
    """
    opted_out = _opted_out(rows)
    known = {OptOutKind(entry.kind): entry for entry in _entries(db, digests)}
    for kind in in_order(opted_out):
        row, entry = opted_out[kind], known.get(kind)
        if entry is None:
            values = {name: getattr(row, name) for name in ("digest", "subject_type", "secret")}
            values |= {"kind": str(kind), "since": row.received_at, "lifted_by": None}
            db.execute(suppressions.insert().values(**values, mac=entry_mac(keyring, values)))
        elif entry.lifted_by is not None:
            _update(db, keyring, entry, since=row.received_at, lifted_by=None)


def lift(
    db: Connection,
    keyring: Keyring,
    digests: Sequence[str],
    rows: Sequence[Row],
    kinds: frozenset[OptOutKind],
    by: str,
) -> None:
    """Lift the entries of ``kinds``, because the opt-in with the id ``by`` names them.

    The entries of other kinds stay in force.
    """
    for entry in _entries(db, digests):
        if entry.lifted_by is None and OptOutKind(entry.kind) in kinds - _opted_out(rows).keys():
            _update(db, keyring, entry, lifted_by=by)


def undo_lift(
    db: Connection, keyring: Keyring, digests: Sequence[str], rows: Sequence[Row], denied: str
) -> None:
    """Undo ``lift`` after its opt-in, with the id ``denied``, was denied.

    An entry stays lifted if another opt-in names its kind too.
    """
    for entry in _entries(db, digests):
        if entry.lifted_by == denied:
            other_opt_ins = [
                row.id
                for row in rows
                if row.action == Action.OPT_IN
                and OptOutKind(entry.kind) in kinds_of(row)
                and row.received_at > entry.since
            ]
            _update(db, keyring, entry, lifted_by=other_opt_ins[-1] if other_opt_ins else None)


def undo_suppress(db: Connection, digests: Sequence[str], rows: Sequence[Row], denied: Row) -> None:
    """Undo ``suppress`` after its opt-out was denied: delete the entries that it added.

    An older entry stays, because it came from another request. The record of that request may have
    been deleted for its age, but its opt-out remains valid.
    """
    kinds = [str(kind) for kind in kinds_of(denied) - _opted_out(rows).keys()]
    added = (
        suppressions.c.digest.in_(digests),
        suppressions.c.kind.in_(kinds),
        suppressions.c.since >= denied.received_at,
    )
    db.execute(suppressions.delete().where(*added))


def entry_mac(keyring: Keyring, entry: Mapping[str, Any]) -> str:
    """Return the HMAC of an entry under the newest key; it shows if the entry was changed."""
    return entry_macs(keyring, entry)[0]


def entry_macs(keyring: Keyring, entry: Mapping[str, Any]) -> list[str]:
    """Return the HMACs of an entry under every key, the newest first."""
    since = aware(entry["since"]).astimezone(UTC).isoformat()
    fields = (
        entry["digest"],
        entry["kind"],
        entry["subject_type"],
        since,
        entry["lifted_by"] or "",
    )
    return keyring.digests("\n".join(("listed", *fields)))


def _opted_out(rows: Sequence[Row]) -> dict[OptOutKind, Row]:
    """Return the kinds that a subject opted out of and has not undone, each with its request."""
    return {
        kind: row
        for row, kinds, _ in remaining_kinds(rows)
        if row.action == Action.OPT_OUT
        for kind in kinds
    }


def _entries(db: Connection, digests: Sequence[str]) -> list[Row]:
    return list(db.execute(sa.select(suppressions).where(suppressions.c.digest.in_(digests))))


def _update(db: Connection, keyring: Keyring, entry: Row, **changes: Any) -> None:
    this = sa.and_(suppressions.c.digest == entry.digest, suppressions.c.kind == entry.kind)
    mac = entry_mac(keyring, {**entry._mapping, **changes})
    db.execute(suppressions.update().where(this).values(**changes, mac=mac))
