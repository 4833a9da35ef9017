"""Tests of the answers in other languages."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from bot.policy.facts import Fact, Facts, facts
from bot.policy.hours import WeeklyHours
from bot.policy.languages import answer_in, load_languages, problems_of_languages


@pytest.mark.parametrize("code", sorted(load_languages()))
def test_every_language_tells_the_number_and_the_hours(code: str) -> None:
    """The sentence has the number and the hours of the store, and the days in its own words."""
    said = answer_in(code, facts())
    assert facts().text("support_phone") in said
    assert "7:00–20:00" in said
    assert load_languages()[code].days[0] in said
    assert "{" not in said


def test_a_store_without_a_phone_tells_its_address() -> None:
    """Without a number the sentence names the e-mail address; without both it names neither."""
    known = Facts({"privacy_email": Fact("privacy@example.com")})
    assert "privacy@example.com" in answer_in("es", known)
    assert answer_in("es", Facts()) == "Lo siento, aquí solo entiendo inglés."


def test_an_unknown_language_is_answered_in_english() -> None:
    """A language that the file lacks is answered in English."""
    assert answer_in("other", facts()).startswith("I am sorry, I understand only English")


def test_a_day_alone_has_no_range() -> None:
    """One day with hours of its own is named alone."""
    hours = WeeklyHours({5: (time(8), time(16))}, ZoneInfo("America/Chicago"), "Central Time")
    known = Facts({"support_phone": Fact("1-800-555-0100")}, support_hours=hours)
    assert "(sábado 8:00–16:00, Central Time)" in answer_in("es", known)


def test_the_sentences_state_no_figures_of_their_own() -> None:
    """Every sentence takes its figures from the facts of the store."""
    assert list(problems_of_languages()) == []
