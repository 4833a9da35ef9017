"""By when a request must be in force: business days, in the store's time zone.

Marketing e-mail: 10 business days (15 USC 7704(a)(4)(A)(i)); sale and sharing, and everything else: 15 (11 CCR 7026(f)).
Saturdays and Sundays do not count; public holidays do, so that our own date errs early.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from actions.ledger.model import Kind
from bot.policy.hours import STORE_ZONE

BUSINESS_DAYS = {Kind.MARKETING_EMAIL: 10}
OTHER_BUSINESS_DAYS = 15


def due_date(received_at: datetime, kind: Kind, zone: ZoneInfo = STORE_ZONE) -> date:
    """Return the last day on which a request for ``kind`` that came at a time may come into force."""
    return add_business_days(received_at.astimezone(zone).date(), BUSINESS_DAYS.get(kind, OTHER_BUSINESS_DAYS))


def first_due_date(received_at: datetime, kinds: Iterable[Kind]) -> date:
    """Return the earliest due date of several kinds: by then something of the request must be in force."""
    return min(due_date(received_at, kind) for kind in kinds)


def add_business_days(start: date, days: int) -> date:
    """Return the business day that is ``days`` business days after ``start``, which is not counted itself."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
