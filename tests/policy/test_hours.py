"""Tests of opening hours."""

from datetime import UTC, datetime, time

import pytest

from bot.policy.facts import facts
from bot.policy.hours import clock, parse_hours
from bot.policy.store import store

SUPPORT = facts().support_hours


def central(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """Return a time in 2026 in the store's time zone."""
    return datetime(2026, month, day, hour, minute, tzinfo=store().zone)


def test_hours_are_parsed_from_the_policys_wording() -> None:
    """Both forms of hours in the policy are parsed."""
    hours = parse_hours("Mon–Fri, 7 AM - 8 PM CT", "Sat, 8 AM - 4 PM; Sun, 9 AM - 5 PM")
    assert hours.by_day[0] == hours.by_day[4] == (time(7), time(20))
    assert hours.by_day[5] == (time(8), time(16))
    assert hours.by_day[6] == (time(9), time(17))
    assert parse_hours("take your order (8 am - 5 pm CT, Monday - Friday)").by_day == {
        d: (time(8), time(17)) for d in range(5)
    }


def test_minutes_are_read() -> None:
    """The minutes of opening and closing times are kept."""
    assert parse_hours("Sat, 7:30 AM - 8:45 PM").by_day == {5: (time(7, 30), time(20, 45))}


@pytest.mark.parametrize("text", ["Mon-Fri", "7 AM - 8 PM", "always", "Sat-Mon, 8 AM - 5 PM"])
def test_hours_that_are_half_understood_are_refused(text: str) -> None:
    """Days without times, times without days, and days in the wrong order raise ValueError."""
    with pytest.raises(ValueError, match="Cannot read|backwards"):
        parse_hours(text)


def test_support_and_phone_orders_keep_different_hours() -> None:
    """At 6 PM on a Tuesday support is open and phone orders are not taken."""
    at = central(24, 18)
    assert SUPPORT.is_open(at)
    assert not facts().phone_order_hours.is_open(at)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (central(24, 6, 59), False),  # Tuesday
        (central(24, 7), True),
        (central(24, 19, 59), True),
        (central(24, 20), False),
        (central(28, 15, 59), True),  # Saturday
        (central(28, 16), False),
        (central(29, 8, 59), False),  # Sunday
        (central(29, 9), True),
    ],
)
def test_open_from_opening_until_just_before_closing(at: datetime, is_open: bool) -> None:
    """The opening time is open, the closing time is closed."""
    assert SUPPORT.is_open(at) is is_open


@pytest.mark.parametrize(("month", "utc_hour"), [(1, 13), (7, 12)])
def test_daylight_saving_is_respected(month: int, utc_hour: int) -> None:
    """Support opens at 7 AM in Chicago: 13:00 UTC in winter, 12:00 UTC in summer."""
    opens = datetime(2026, month, 14, utc_hour, tzinfo=UTC)
    assert SUPPORT.is_open(opens)
    assert not SUPPORT.is_open(opens.replace(hour=utc_hour - 1, minute=59))


def test_the_next_opening_skips_to_the_next_day() -> None:
    """After closing on Saturday the next opening is Sunday at 9."""
    assert SUPPORT.next_opening(central(28, 16)) == central(29, 9)


def test_phone_orders_do_not_open_at_the_weekend() -> None:
    """After Friday's closing, phone orders open again on Monday."""
    assert facts().phone_order_hours.next_opening(central(27, 17)) == central(30, 8)


def test_hours_in_words() -> None:
    """Days with the same hours are put together."""
    assert SUPPORT.in_words() == (
        "Monday to Friday 7 AM to 8 PM, Saturday 8 AM to 4 PM, Sunday 9 AM to 5 PM, Central Time"
    )


def test_clock_in_words() -> None:
    """Times are written as Americans write them."""
    assert [clock(time(0)), clock(time(12, 30)), clock(time(17))] == ["12 AM", "12:30 PM", "5 PM"]
