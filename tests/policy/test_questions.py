"""Tests of the analysis of questions."""

from datetime import time

import pytest

from bot.policy.questions import Question


@pytest.mark.parametrize(
    "text",
    [
        "do you sell my data?",
        "hey so do you sell it",
        "can you tell me if you sell data?",
        "you guys sell my info?",
        "you don't sell my mail, right?",
        "r u open",
        "My wife ordered a lamp. Do you share her address?",
        "whether you share it",
        "isn't it encrypted?",
    ],
)
def test_yes_or_no_questions(text: str) -> None:
    """A question for yes or no is recognised by its form."""
    assert Question(text).yes_or_no


@pytest.mark.parametrize(
    "text",
    [
        "what do you collect",
        "who do you share it with",
        "can you tell me what you collect",
        "how is it protected",
        "cookies",
        "why",
    ],
)
def test_other_questions(text: str) -> None:
    """A question with a question word is no question for yes or no."""
    assert not Question(text).yes_or_no


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("you don't sell my mail, right?", True),
        ("so you never share it?", True),
        ("do you sell it?", False),
        ("don't you sell it?", False),
        ("you sell it, don't you?", False),
    ],
)
def test_negation(text: str, negated: bool) -> None:
    """A question that supposes the contrary is negated; one that begins with "don't" is not."""
    assert Question(text).negated is negated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 9:30 p.m.", time(21, 30)),
        ("open at 6pm", time(18)),
        ("at noon", time(12)),
        ("12 am", time(0)),
        ("at 25 pm", None),
        ("at 9", None),
        ("at 21:00", time(21)),
        ("12 at night", time(0)),
        ("1 at night", time(1)),
        ("9 at night", time(21)),
    ],
)
def test_times_of_day(text: str, expected: time | None) -> None:
    """A time is read only if its half of the day is clear."""
    assert Question(text).time_of_day == expected


def test_named_days() -> None:
    """The weekend, tomorrow and named days become numbers of weekdays."""
    assert Question("", aspects=frozenset({"weekend"})).weekdays(tomorrow=0) == (5, 6)
    assert Question("", aspects=frozenset({"tomorrow", "monday"})).weekdays(tomorrow=2) == (0, 2)


def test_listed_and_unlisted_kinds_are_separated() -> None:
    """Kinds that the policy lists and kinds that it does not list are separated."""
    question = Question("", kinds=("phone_number", "birthday"))
    assert [kind.id for kind in question.listed_kinds()] == ["phone_number"]
    assert [kind.id for kind in question.unlisted_kinds()] == ["birthday"]


def test_a_time_without_its_half_of_the_day_is_vague() -> None:
    """The time "at 9" is vague; "at 9 pm" and "at 21:00" are not."""
    assert Question("are you open at 9?").vague_time
    assert not Question("are you open at 9 pm?").vague_time
    assert not Question("are you open at 21:00?").vague_time


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("delete this conversation", True),
        ("forget what i told you", True),
        ("remove all my messages above", True),
        ("", True),
        ("clear the messages please", False),
        ("forget everything", False),
        ('"; DROP TABLE messages;--', False),
    ],
)
def test_this_chat_is_named(text: str, named: bool) -> None:
    """A text names this chat only if it cannot mean the messages or data of an account."""
    assert Question(text).names_this_chat is named
