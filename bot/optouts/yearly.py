"""Yearly figures, as 11 CCR 7102 asks a large business to compile and publish them.

For each right: how many requests were received, complied with in whole or in part, and denied, and
the median or mean number of days until the answer. A signal of a browser (GPC) is a request to opt
out of sale and sharing (11 CCR 7025). The year is that of the store's clock.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Engine

from bot.optouts.figures import Fact, facts, mean_of, median_of
from bot.optouts.model import UNFINISHED, Action, OptOutKind
from bot.policy.store import store

_SALE = frozenset({OptOutKind.TARGETED_ADVERTISING, OptOutKind.SHARING})
_MAIL = frozenset({OptOutKind.MARKETING_EMAIL})
_PHONE = frozenset({OptOutKind.PHONE_MAIL_MARKETING})
COLUMNS = (
    *("right", "paragraph", "received", "complied", "denied", "withdrawn", "pending"),
    *("median_days", "mean_days"),
)


@dataclass(frozen=True)
class Right:
    """Right that the figures are about; without kinds it is not recorded here."""

    name: str
    paragraph: str  # of 11 CCR 7102(a)(1); empty: the section does not ask for it
    kinds: frozenset[OptOutKind] = frozenset()


RIGHTS = (
    Right("Requests to delete", "(A)"),
    Right("Requests to correct", "(B)"),
    Right("Requests to know", "(C)"),
    Right("Requests to opt out of sale or sharing", "(D)", _SALE),
    Right("Requests to limit", "(E)"),
    Right("Opt-outs of marketing e-mail", "", _MAIL),
    Right("Opt-outs of phone and postal marketing", "", _PHONE),
)


@dataclass(frozen=True)
class Figures:
    """Figures of a right in a year; all None if it is not recorded here."""

    right: str
    paragraph: str
    received: int | None = None
    complied: int | None = None
    denied: int | None = None
    withdrawn: int | None = None  # by whoever had asked, before it was in force
    pending: int | None = None
    median_days: float | None = None
    mean_days: float | None = None

    def row(self) -> dict[str, Any]:
        """Return the figures as a row of a table or file."""
        return {name: getattr(self, name) for name in COLUMNS}


def yearly(engine: Engine, year: int) -> list[Figures]:
    """Return the figures of the requests that were received in a year."""
    return figures_of(facts(engine, date(year, 1, 1), date(year, 12, 31)))


def deleted_before(year: int, kept: timedelta) -> date | None:
    """Return the day before which records of a year are deleted by now; None if all are kept."""
    first = store().today() - kept
    return first if first > date(year, 1, 1) else None


def figures_of(found: Iterable[Fact]) -> list[Figures]:
    """Return the figures of some requests; a request counts once for each right."""
    opt_outs = [fact for fact in found if fact.action is Action.OPT_OUT]
    return [
        _figures(right, [fact for fact in opt_outs if fact.kinds & right.kinds])
        if right.kinds
        else Figures(right.name, right.paragraph)
        for right in RIGHTS
    ]


def _figures(right: Right, found: list[Fact]) -> Figures:
    complied = sum(fact.fulfilled is not None for fact in found)
    denied = sum(fact.denied is not None for fact in found)
    pending = sum(fact.status in UNFINISHED and fact.fulfilled is None for fact in found)
    days = list(_days(found))
    return Figures(
        right.name,
        right.paragraph,
        received=len(found),
        complied=complied,
        denied=denied,
        withdrawn=len(found) - complied - denied - pending,
        pending=pending,
        median_days=median_of(days),
        mean_days=mean_of(days),
    )


def _days(found: Iterable[Fact]) -> Iterator[int]:
    yield from (fact.days for fact in found if fact.days is not None)
