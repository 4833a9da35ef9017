"""Due dates of requests: the last day to put them in force, in business days of the store's zone.

Marketing e-mail has 10 business days (15 USC 7704(a)(4)(A)(i)). Sale, sharing and everything else
have 15 (11 CCR 7026(f)). Saturdays and Sundays are not business days. Public holidays count as
business days here, so that our date is never too late.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.optouts.model import OptOutKind
from bot.policy.hours import STORE_ZONE

BUSINESS_DAYS = {OptOutKind.MARKETING_EMAIL: 10}
OTHER_BUSINESS_DAYS = 15


def due_date(received_at: datetime, kind: OptOutKind, zone: ZoneInfo = STORE_ZONE) -> date:
    """Return the last day to put a request for ``kind`` in force."""
    return add_business_days(
        received_at.astimezone(zone).date(), BUSINESS_DAYS.get(kind, OTHER_BUSINESS_DAYS)
    )


def first_due_date(received_at: datetime, kinds: Iterable[OptOutKind]) -> date:
    """Return the earliest due date of several kinds; a part of the request is due then."""
    return min(due_date(received_at, kind) for kind in kinds)


def add_business_days(start: date, days: int) -> date:
    """Return the date ``days`` business days after ``start``; ``start`` itself does not count."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
