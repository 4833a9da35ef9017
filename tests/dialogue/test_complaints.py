"""Tests of what is taken for a complaint."""

import pytest

from bot.dialogue.complaints import complains, only_complains


@pytest.mark.parametrize(
    "text",
    [
        "you will hear from my lawyer",
        "I'm going to sue you",
        "my attorney will be in touch",
        "I will report you to the FTC",
        "see you in court",
    ],
)
def test_a_threat_is_a_complaint(text: str) -> None:
    """Who threatens is offered a person."""
    assert only_complains(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hi, I'm Sue. How do I opt out?",
        "Do you share my data with your lawyers or law enforcement?",
        "Does the FTC regulate you?",
        "Can I report this to you?",
    ],
)
def test_a_question_is_no_complaint(text: str) -> None:
    """Who only asks about lawyers or offices does not complain."""
    assert not complains(text)


def test_who_asks_for_a_person_gets_one() -> None:
    """However angry: a plain request is obeyed."""
    assert not only_complains("let me talk to a manager or I will sue")
