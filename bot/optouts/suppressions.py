"""Suppression list: the subjects that opted out, and the effect of requests on their entries.

A subject is in the list once for each kind that it opted out of. Its entries follow from two things
alone: its requests, and older opt-outs whose records were deleted for their age. Of such an opt-out
only the entry is left: its ``since`` is the time of no opt-out on record.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.database import aware
from bot.keys import Keyring
from bot.optouts.model import Action, OptOutKind, Status, in_order
from bot.optouts.tables import requests, suppressions

_OPPOSITE = {Action.OPT_OUT: Action.OPT_IN, Action.OPT_IN: Action.OPT_OUT}


def requests_of(db: Connection, digests: Sequence[str]) -> list[Row]:
    """Return all requests of a subject, in the order of their arrival."""
    wanted = sa.select(requests).where(requests.c.digest.in_(digests))
    return list(db.execute(wanted.order_by(requests.c.received_at, requests.c.id)))


def effective(rows: Sequence[Row]) -> list[Row]:
    """Return the requests that count: neither denied nor waiting for a confirmation."""
    return [row for row in rows if row.status not in (Status.DENIED, Status.UNCONFIRMED)]


def kinds_of(row: Row) -> frozenset[OptOutKind]:
    """Return the kinds of a row of requests or receipts; raises ValueError if it is damaged."""
    return frozenset(map(OptOutKind, row.kinds.split(",")))


def remaining_kinds(
    rows: Sequence[Row],
) -> list[tuple[Row, frozenset[OptOutKind], list[str]]]:
    """Return each request with its kinds that no other has undone, and what undid the rest.

    ``rows`` are requests of one subject that count, the earliest first. An opt-in undoes all
    earlier opt-outs, or only the one that it takes back. The third value has the references of the
    requests that undid some of the kinds.
    """
    found = []
    # For a kind and what is undone, an action or one request: the latest that undoes it.
    later: dict[tuple[str, OptOutKind], str] = {}
    for row in reversed(rows):
        kinds = kinds_of(row)
        undone_by = {
            kind: by
            for kind in in_order(kinds)
            if (by := later.get((row.action, kind)) or later.get((row.id, kind)))
        }
        found.append((row, kinds - undone_by.keys(), list(dict.fromkeys(undone_by.values()))))
        undone = row.undoes or str(_OPPOSITE[Action(row.action)])
        for kind in kinds:
            later.setdefault((undone, kind), row.reference)
    return found[::-1]


def suppressed_kinds(db: Connection, digests: Sequence[str]) -> frozenset[OptOutKind]:
    """Return the kinds for which a subject is in the suppression list."""
    return frozenset(
        OptOutKind(entry.kind) for entry in _entries(db, digests) if entry.lifted_by is None
    )


def settle(
    db: Connection,
    keyring: Keyring,
    digests: Sequence[str],
    rows: Sequence[Row],
    expiring: Collection[str] = (),
) -> None:
    """Bring the entries of a subject into line with all its requests, ``rows``.

    Those whose ids are in ``expiring`` are about to be deleted for their age. What they asked for
    stays, and is kept in the entries alone.
    """
    entries = {OptOutKind(entry.kind): entry for entry in _entries(db, digests)}
    kept = [row for row in rows if row.id not in expiring]
    for kind in OptOutKind:
        entry = entries.get(kind)
        older = _older_opt_out(kind, entry, rows, expiring)
        _write(db, keyring, kind, entry, _wanted_entry(kind, older, kept))


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


@dataclass(frozen=True)
class _Wanted:
    """Entry as it should be; ``source`` is the request that it comes from, if that is on record."""

    since: datetime
    lifted_by: str | None = None
    source: Row | None = None


def _older_opt_out(
    kind: OptOutKind, entry: Row | None, rows: Sequence[Row], expiring: Collection[str]
) -> datetime | None:
    """Return the time of the latest opt-out without a record; None if there is none.

    The requests in ``expiring`` count as without one already. An opt-in that expires ends the
    opt-outs that it undid for good.
    """
    counting = effective(rows)
    times = [
        aware(row.received_at)
        for row, kinds in _not_taken_back(counting)
        if kind in kinds and row.id in expiring
    ]
    on_record = {aware(row.received_at) for row in rows if row.action == Action.OPT_OUT}
    if entry is not None and aware(entry.since) not in on_record:
        times.append(aware(entry.since))
    ends = [aware(row.received_at) for row in _opt_ins(kind, counting) if row.id in expiring]
    return max((time for time in times if not any(end > time for end in ends)), default=None)


def _wanted_entry(kind: OptOutKind, older: datetime | None, rows: Sequence[Row]) -> _Wanted | None:
    counting = effective(rows)
    opt_ins = _opt_ins(kind, counting)
    asked = [row for row, kinds in _not_taken_back(counting) if kind in kinds]
    last_in = opt_ins[-1] if opt_ins else None
    latest = asked[-1] if asked else None  # if a later opt-in undid this one, it undid all
    since = older or (aware(latest.received_at) if latest is not None else None)
    if since is None:
        return None
    last_out = max(since, aware(latest.received_at)) if latest is not None else since
    lifted = last_in is not None and aware(last_in.received_at) > last_out
    return _Wanted(since, last_in.id if lifted and last_in is not None else None, latest)


def _not_taken_back(rows: Sequence[Row]) -> list[tuple[Row, frozenset[OptOutKind]]]:
    """Return each opt-out with its kinds that were not taken back by the one who asked."""
    own = [row for row in rows if row.action == Action.OPT_OUT or row.undoes is not None]
    return [(row, kinds) for row, kinds, _ in remaining_kinds(own) if row.action == Action.OPT_OUT]


def _opt_ins(kind: OptOutKind, rows: Sequence[Row]) -> list[Row]:
    """Return the opt-ins that undo every earlier opt-out of a kind."""
    return [
        row
        for row in rows
        if row.action == Action.OPT_IN and row.undoes is None and kind in kinds_of(row)
    ]


def _entries(db: Connection, digests: Sequence[str]) -> list[Row]:
    return list(db.execute(sa.select(suppressions).where(suppressions.c.digest.in_(digests))))


def _write(
    db: Connection, keyring: Keyring, kind: OptOutKind, entry: Row | None, wanted: _Wanted | None
) -> None:
    if entry is None:
        if wanted is not None and wanted.source is not None:
            named = ("digest", "subject_type", "secret")
            values = {name: getattr(wanted.source, name) for name in named}
            values |= {"kind": str(kind), "since": wanted.since, "lifted_by": wanted.lifted_by}
            db.execute(suppressions.insert().values(**values, mac=entry_mac(keyring, values)))
        return
    this = sa.and_(suppressions.c.digest == entry.digest, suppressions.c.kind == entry.kind)
    if wanted is None:
        db.execute(suppressions.delete().where(this))
    elif (wanted.since, wanted.lifted_by) != (aware(entry.since), entry.lifted_by):
        changes = {"since": wanted.since, "lifted_by": wanted.lifted_by}
        mac = entry_mac(keyring, {**entry._mapping, **changes})
        db.execute(suppressions.update().where(this).values(**changes, mac=mac))
