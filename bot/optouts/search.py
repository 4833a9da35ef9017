"""Search in the ledger: which requests the office wants to see, and in which order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.keys import Keyring
from bot.optouts.addresses import BadAddress, normalise
from bot.optouts.model import (
    UNFINISHED,
    Action,
    Channel,
    LedgerError,
    OptOutKind,
    Record,
    Status,
    Subject,
)
from bot.optouts.records import Records, digest_input
from bot.optouts.tables import casework, receipts, requests
from bot.policy.store import store
from bot.references import EXAMPLE, parse_reference

_PAGE = 1_000  # rows per query
_UNFINISHED = [str(status) for status in UNFINISHED]


@dataclass(frozen=True)
class Wanted:
    """What is looked for: an empty field is no condition. Days are those of the store's clock."""

    kinds: frozenset[OptOutKind] = frozenset()
    actions: frozenset[Action] = frozenset()
    statuses: frozenset[Status] = frozenset()
    channels: frozenset[Channel] = frozenset()
    since: date | None = None
    until: date | None = None
    overdue: bool = False
    owner: str = ""
    search: str = ""  # a reference in any spelling, or a whole address


class Search(Records):
    """Search in the records of the ledger."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        super().__init__(engine, keyring)

    def count(self, wanted: Wanted) -> int:
        """Return the number of the requests that are looked for; raises LedgerError."""
        with self._engine.connect() as db:
            matching = sa.select(sa.func.count()).select_from(requests)
            return int(db.execute(matching.where(*self._conditions(wanted))).scalar() or 0)

    def find_all(
        self,
        wanted: Wanted,
        limit: int | None = None,
        offset: int = 0,
        latest_first: bool = False,
    ) -> Iterator[Record]:
        """Yield the requests that are looked for: unfinished ones first, the earliest due first.

        With ``latest_first`` they come in the order of their arrival, the latest first. Raises
        LedgerError if the search is neither a reference nor an address.
        """
        latest = (requests.c.received_at.desc(), requests.c.id)
        finished = requests.c.status.not_in(_UNFINISHED)
        due = sa.case((finished, None), else_=requests.c.due)
        order = latest if latest_first else (finished, due, *latest)
        matching = sa.select(requests).where(*self._conditions(wanted)).order_by(*order)
        rows = matching.limit(limit).offset(offset)
        with self._engine.connect().execution_options(stream_results=True, yield_per=_PAGE) as db:
            for row in db.execute(rows):
                yield self._record_of(row)

    def _conditions(self, wanted: Wanted) -> Iterator[Any]:
        if wanted.kinds:
            kinds = "," + requests.c.kinds + ","
            yield sa.or_(*(kinds.contains(f",{kind},", autoescape=True) for kind in wanted.kinds))
        for column, values in (
            (requests.c.action, wanted.actions),
            (requests.c.status, wanted.statuses),
            (requests.c.channel, wanted.channels),
        ):
            if values:
                yield column.in_([str(value) for value in values])
        if wanted.since:
            yield requests.c.received_at >= begin_of(wanted.since)
        if wanted.until:
            yield requests.c.received_at < begin_of(wanted.until + timedelta(days=1))
        if wanted.overdue:
            yield requests.c.status.in_(_UNFINISHED)
            yield requests.c.due < store().today()
        if wanted.owner:
            mine = sa.select(casework.c.optout).where(casework.c.owner == wanted.owner)
            yield requests.c.id.in_(mine)
        if wanted.search.strip():
            yield self._matches(wanted.search.strip())

    def _matches(self, written: str) -> Any:
        if reference := parse_reference(written):
            own = sa.select(receipts.c.optout).where(receipts.c.reference == reference)
            return requests.c.id.in_(own)
        try:
            subject = Subject("email", normalise(written))
        except BadAddress:
            raise LedgerError(
                f"{written[:40]!r} is no reference ({EXAMPLE}) and no whole e-mail address."
            ) from None
        return requests.c.digest.in_(self._keyring.digests(digest_input(subject)))


def begin_of(day: date) -> datetime:
    """Return the moment at which a day begins by the store's clock."""
    return datetime.combine(day, time(), store().zone).astimezone(UTC)
