"""Figures about requests: what came by week, how long it took, what is late."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import mean, median

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.database import aware
from bot.optouts.model import UNFINISHED, Action, Channel, OptOutKind, Status
from bot.optouts.search import begin_of
from bot.optouts.suppressions import kinds_of
from bot.optouts.tables import history, requests
from bot.policy.store import store

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Fact:
    """What the figures need of a request. Days are those of the store's clock."""

    action: Action
    kinds: frozenset[OptOutKind]
    channel: Channel
    status: Status
    received: date
    due: date
    fulfilled: date | None  # when it was in force first, also if it was undone later
    denied: date | None

    @property
    def days(self) -> int | None:
        """Return the days until it was in force or denied; None if neither has happened."""
        decided = self.denied or self.fulfilled
        return (decided - self.received).days if decided else None


@dataclass
class Week:
    """Requests that came in a week, which begins on ``monday``."""

    monday: date
    requests: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)  # a request counts once for each
    channels: Counter[str] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)  # until each one was in force
    in_time: int = 0  # in force by its due date, denied, or undone
    late: int = 0  # in force after it
    overdue: int = 0  # not in force, and its due date is over


def facts(engine: Engine, since: date, until: date) -> Iterator[Fact]:
    """Yield the facts of the requests that came from one day to another, both included."""
    fulfilled = (
        sa.select(history.c.optout, sa.func.min(history.c.at).label("at"))
        .where(history.c.event == str(Status.FULFILLED))
        .group_by(history.c.optout)
        .subquery()
    )
    wanted = (
        sa.select(requests, fulfilled.c.at.label("fulfilled_at"))
        .outerjoin(fulfilled, fulfilled.c.optout == requests.c.id)
        .where(requests.c.received_at >= begin_of(since))
        .where(requests.c.received_at < begin_of(until + timedelta(days=1)))
        .order_by(requests.c.received_at)
    )
    with engine.connect() as db:
        for row in db.execute(wanted):
            is_denied = row.status == Status.DENIED
            yield Fact(
                Action(row.action),
                kinds_of(row),
                Channel(row.channel),
                Status(row.status),
                _day(row.received_at),
                row.due,
                _day(row.fulfilled_at) if row.fulfilled_at and not is_denied else None,
                _day(row.status_at) if is_denied else None,
            )


def by_week(found: Iterable[Fact], since: date, until: date) -> list[Week]:
    """Return the weeks from one day to another, also those without a request."""
    today, first = store().today(), monday_of(since)
    weeks = {
        monday: Week(monday)
        for number in range((monday_of(until) - first).days // 7 + 1)
        for monday in [first + number * _WEEK]
    }
    for fact in found:
        week = weeks[monday_of(fact.received)]
        week.requests += 1
        week.actions[str(fact.action)] += 1
        week.kinds.update(map(str, fact.kinds))
        week.channels[str(fact.channel)] += 1
        if fact.fulfilled:
            week.days.append((fact.fulfilled - fact.received).days)
        if fact.fulfilled and fact.fulfilled > fact.due:
            week.late += 1
        elif fact.status in UNFINISHED:
            week.overdue += fact.due < today
        elif fact.status is not Status.UNCONFIRMED:
            week.in_time += 1
    return list(weeks.values())


def monday_of(day: date) -> date:
    """Return the first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def median_of(days: Sequence[int]) -> float | None:
    """Return the median of some days; None if there are none."""
    return float(median(days)) if days else None


def mean_of(days: Sequence[int]) -> float | None:
    """Return the mean of some days, to one decimal; None if there are none."""
    return round(mean(days), 1) if days else None


def p90_of(days: Sequence[int]) -> int | None:
    """Return the days within which nine of ten were done; None if there are none."""
    return sorted(days)[math.ceil(0.9 * len(days)) - 1] if days else None


def _day(moment: datetime) -> date:
    return aware(moment).astimezone(store().zone).date()
