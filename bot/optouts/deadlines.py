"""Due dates of requests: the last day to put them in force, in the store's time zone.

In the USA marketing e-mail has 10 business days (15 USC 7704(a)(4)(A)(i)). Sale, sharing and
everything else have 15 (11 CCR 7026(f)). Saturdays and Sundays are not business days. Public
holidays count as business days here, so that our date is never too late. In the EU and the UK a
request is carried out without undue delay, within a month at most (Art. 12(3) GDPR).
"""

import calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.optouts.model import OptOutKind
from bot.policy.store import Store, store

BUSINESS_DAYS = {OptOutKind.MARKETING_EMAIL: 10}
OTHER_BUSINESS_DAYS = 15


def due_date(received_at: datetime, kind: OptOutKind, where: Store | None = None) -> date:
    """Return the last day to put a request for ``kind`` in force, by the law of the store."""
    where = where or store()
    day = received_at.astimezone(where.zone).date()
    if where.jurisdiction != "us":
        return add_month(day)
    return add_business_days(day, BUSINESS_DAYS.get(kind, OTHER_BUSINESS_DAYS))


def first_due_date(received_at: datetime, kinds: Iterable[OptOutKind]) -> date:
    """Return the earliest due date of several kinds; a part of the request is due then."""
    return min(due_date(received_at, kind) for kind in kinds)


def add_month(start: date) -> date:
    """Return the same day of the next month, or its last day if it is shorter."""
    year, month = (start.year, start.month + 1) if start.month < 12 else (start.year + 1, 1)
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def add_business_days(start: date, days: int) -> date:
    """Return the date ``days`` business days after ``start``; ``start`` itself does not count."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
