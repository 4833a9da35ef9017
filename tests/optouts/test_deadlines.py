"""Tests of due dates: business days, weekends, time zones."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.optouts.deadlines import add_business_days, due_date, first_due_date
from bot.optouts.model import EVERYTHING, OptOutKind
from bot.policy.store import Store


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),  # Monday
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # Friday
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # Saturday
        (date(2026, 11, 29), 1, date(2026, 11, 30)),  # Sunday
        (date(2026, 11, 25), 10, date(2026, 12, 9)),
        (date(2026, 11, 25), 15, date(2026, 12, 16)),
        (date(2026, 12, 24), 10, date(2027, 1, 7)),  # Christmas counts: our date is early
    ],
)
def test_business_days_skip_weekends_only(start: date, days: int, due: date) -> None:
    """The first day, Saturdays and Sundays do not count; public holidays do."""
    assert add_business_days(start, days) == due


def test_mail_has_ten_days_and_the_rest_fifteen() -> None:
    """E-mail is due after 10 business days (15 USC 7704), the rest after 15 (11 CCR 7026).

    A request for several kinds is due at the earliest of their dates.
    """
    received = datetime(2026, 11, 25, 18, tzinfo=UTC)
    assert due_date(received, OptOutKind.MARKETING_EMAIL) == date(2026, 12, 9)
    assert due_date(received, OptOutKind.SHARING) == date(2026, 12, 16)
    assert first_due_date(received, EVERYTHING) == date(2026, 12, 9)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # In Minnesota it is still Friday, 11:59 PM.
        (datetime(2026, 11, 28, 5, 59, tzinfo=UTC), date(2026, 12, 11)),
        # Saturday, 12:01 AM.
        (datetime(2026, 11, 28, 6, 1, tzinfo=UTC), date(2026, 12, 11)),
        # With daylight saving time: Tuesday, 11:59 PM.
        (datetime(2026, 7, 1, 4, 59, tzinfo=UTC), date(2026, 7, 14)),
        # Wednesday, 12:01 AM.
        (datetime(2026, 7, 1, 5, 1, tzinfo=UTC), date(2026, 7, 15)),
    ],
)
def test_days_are_those_of_the_store(received: datetime, due: date) -> None:
    """The business days are counted in the time zone of the store, in summer and in winter."""
    assert due_date(received, OptOutKind.MARKETING_EMAIL) == due


@pytest.mark.parametrize("jurisdiction", ["eu", "uk"])
@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 25), date(2026, 12, 25)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2027, 2, 28)),
    ],
)
def test_in_europe_a_request_has_a_month(jurisdiction: str, received: date, due: date) -> None:
    """In the EU and the UK every kind is due within a month (Art. 12(3) GDPR)."""
    where = Store(Path("shop"), name="Shop", jurisdiction=jurisdiction)
    at = datetime(received.year, received.month, received.day, 12, tzinfo=UTC)
    assert {due_date(at, kind, where) for kind in EVERYTHING} == {due}
