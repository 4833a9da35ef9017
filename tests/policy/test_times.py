"""Tests of times in questions about hours: dates, holidays, parts of the day, other time zones."""

from datetime import datetime

import pytest

from bot.nlu.models.phrases import language, named
from bot.policy.answer_files import load_answers
from bot.policy.answers import Situation, choose, compose
from bot.policy.questions import Question
from bot.policy.store import store
from bot.policy.times import holiday_on, when
from bot.policy.zones import zone_in


def central(day: int, hour: int, month: int = 11, minute: int = 0) -> datetime:
    """Return a time in 2026 on the clock of the store."""
    return datetime(2026, month, day, hour, minute, tzinfo=store().zone)


TUESDAY_NOON = central(24, 12)
FRIDAY_EVENING = central(20, 19, minute=30)


def question(text: str) -> Question:
    """Return a question with its aspects."""
    return Question.of(text, [vars(thing) for thing in named(language()(text.lower()))])


def said(text: str, now: datetime = TUESDAY_NOON, topic: str = "support_hours") -> str:
    """Return the answer to a question about hours."""
    situation = Situation(question(text), now, topic=topic)
    return compose(choose(load_answers()[f"utter_{topic}"], situation), situation).text


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("are you open on saturday", "Yes, on Saturday support is open 8 AM to 4 PM"),
        ("are you open tomorrow", "Yes, on Wednesday support is open"),
        ("are you open in three days", "Yes, on Friday support is open"),
        ("are you open on december 5", "Yes, on Saturday support is open 8 AM to 4 PM"),
        ("are you open on 12/6", "Yes, on Sunday support is open 9 AM to 5 PM"),
        ("are you open on the 5th", "Yes, on Saturday support is open"),
        ("are you open on 5 december", "Yes, on Saturday support is open"),
        ("will you be there dec 5th at 5 pm", "No, at 5 PM on Saturday support is closed"),
        ("are you open in an hour", "Yes, at 1 PM on Tuesday support is open"),
        ("are you open in 9 hours", "No, at 9 PM on Tuesday support is closed"),
        ("are you open in half an hour", "Yes, at 12:30 PM on Tuesday"),
        ("are you open at 7pm pacific on friday", "No, at 9 PM on Friday (7 PM Pacific time)"),
        ("are you open at 8 am eastern on monday", "Yes, at 7 AM on Monday (8 AM Eastern time)"),
        ("are you open at 7 am eastern on monday", "No, at 6 AM on Monday (7 AM Eastern time)"),
        ("are you open at 3 pm in berlin on friday", "Yes, at 8 AM on Friday (3 PM Berlin time)"),
        ("are you open at 5 pm CT today", "Yes, at 5 PM on Tuesday support is open"),
        ("are you closed at 9 pm tonight", "Yes, at 9 PM on Tuesday support is closed"),
        ("are you open today", "Yes, support is open right now"),
    ],
)
def test_a_time_that_is_clear_is_answered(text: str, beginning: str) -> None:
    """A date, a weekday, a time ahead and one of another zone are answered for that time."""
    assert said(text).startswith(beginning)


@pytest.mark.parametrize(
    "text",
    [
        "are you open tomorrow night",
        "are you open tonight",
        "are you open on saturday morning",
        "are you open at 9 my time",
        "can i call at 7 in the morning my time",
        "are you open at 9 on friday",
        "are you open at 5 pm in russia",
        "are you open in two days",  # Thanksgiving
        "are you open the day after tomorrow",
        "are you open on december 25",
        "are you open on 12/25",
        "are you open on christmas",
        "are you open on thanksgiving",
        "are you open the 4th of july",
        "are you open on new year's eve",
        "does the email team write back on sundays",
        "is the showroom open on saturday",
        "how late are you open on friday",
        "are you open next week",
    ],
)
def test_what_is_not_clear_gets_no_yes_or_no(text: str) -> None:
    """Part of a day, an unknown zone, a holiday and another service get hours without yes or no."""
    assert not said(text).startswith(("Yes", "No,"))


def test_a_holiday_is_not_in_the_policy() -> None:
    """For the date of a holiday the answer says that the policy does not tell of holidays."""
    assert "does not say whether support is open on holidays such as Christmas Day" in said(
        "are you open on december 25"
    )


def test_on_a_holiday_nothing_is_claimed_about_now() -> None:
    """On Christmas Day, "are you open now" is answered neither by yes nor by no."""
    answer = said("are you open now?", central(25, 12, month=12))
    assert "does not say whether support is open on holidays" in answer
    assert "right now" not in answer


def test_later_today_is_today() -> None:
    """Before the opening, "are you open today" is yes; after closing it is no."""
    assert said("are you open today?", central(24, 6)).startswith("Yes, support opens today at 7")
    assert said("are you open today?", central(24, 22)).startswith("No, support is closed")


def test_a_time_in_the_past_of_the_year_is_next_year() -> None:
    """A date that has passed is the one of the next year."""
    found = when(question("on march 2"), TUESDAY_NOON, store().zone, "us")
    assert [day.isoformat() for day in found.days] == ["2027-03-02"]


def test_phone_orders_on_a_date() -> None:
    """Phone orders are not taken on a Saturday, however it is named."""
    text = said("can i order by phone on december 5", topic="phone_order")
    assert text.startswith("No, on Saturday the phone order line is closed")


def test_a_fraction_that_is_no_date() -> None:
    """The words "24/7" name no date."""
    assert not when(question("are you open 24/7"), TUESDAY_NOON, store().zone, "uk").is_named


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("7 pm pacific", "Pacific time"),
        ("at 7 pm ET", "Eastern time"),
        ("i am calling from california", "Pacific time"),
        ("at 9 in tokyo", "Tokyo time"),
        ("9 am london time", "London time"),
        ("at nine in the morning", None),
        ("what is it in dollars", None),
    ],
)
def test_zones_are_named_by_cities_states_and_letters(text: str, name: str | None) -> None:
    """A zone is named by its letters, by a city, by a country, or by a state."""
    found = zone_in(text)
    assert (found.name if found else None) == name


def test_holidays_follow_the_law_of_the_store() -> None:
    """The Fourth of July is a holiday in the USA, Boxing Day in the UK."""
    assert holiday_on(datetime(2025, 7, 4).date(), "us") == "Independence Day"
    assert holiday_on(datetime(2025, 12, 26).date(), "uk") == "Boxing Day"
    assert not holiday_on(datetime(2025, 7, 4).date(), "uk")
