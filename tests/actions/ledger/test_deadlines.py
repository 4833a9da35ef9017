"""Tests of due dates: business days, weekends, time zones."""

from datetime import UTC, date, datetime

import pytest

from actions.ledger.deadlines import add_business_days, due_date, first_due_date
from actions.ledger.model import EVERYTHING, Kind


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),  # Monday
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # Friday
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # Saturday
        (date(2026, 11, 29), 1, date(2026, 11, 30)),  # Sunday
        (date(2026, 11, 25), 10, date(2026, 12, 9)),
        (date(2026, 11, 25), 15, date(2026, 12, 16)),
        (date(2026, 12, 24), 10, date(2027, 1, 7)),  # Christmas counts: the date errs early
    ],
)
def test_business_days_skip_weekends_only(start: date, days: int, due: date) -> None:
    """The day itself is not counted, Saturdays and Sundays neither, holidays are."""
    assert add_business_days(start, days) == due


def test_mail_has_ten_days_and_the_rest_fifteen() -> None:
    """15 USC 7704 for mail, 11 CCR 7026 for the rest; of several the first counts."""
    received = datetime(2026, 11, 25, 18, tzinfo=UTC)
    assert due_date(received, Kind.MARKETING_EMAIL) == date(2026, 12, 9)
    assert due_date(received, Kind.SHARING) == date(2026, 12, 16)
    assert first_due_date(received, EVERYTHING) == date(2026, 12, 9)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 11, 28, 5, 59, tzinfo=UTC), date(2026, 12, 11)),  # still Friday evening in Minnesota
        (datetime(2026, 11, 28, 6, 1, tzinfo=UTC), date(2026, 12, 11)),  # Saturday there
        (datetime(2026, 7, 1, 4, 59, tzinfo=UTC), date(2026, 7, 14)),  # daylight saving: Tuesday, 11:59 PM
        (datetime(2026, 7, 1, 5, 1, tzinfo=UTC), date(2026, 7, 15)),  # Wednesday
    ],
)
def test_the_day_is_the_stores(received: datetime, due: date) -> None:
    """A request counts from the day that it is where the store is, summer and winter."""
    assert due_date(received, Kind.MARKETING_EMAIL) == due
