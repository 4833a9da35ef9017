"""Tests of the recognition of complaints."""

import pytest

from bot.phrases import complains, only_complains


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
    """A threat with a lawyer, a court or an authority is a complaint."""
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
def test_a_question_is_not_a_complaint(text: str) -> None:
    """A question about lawyers or authorities is not a complaint."""
    assert not complains(text)


def test_a_complaint_with_a_request_for_a_person_counts_as_the_request() -> None:
    """A threat together with a request for a person is not only a complaint."""
    assert not only_complains("let me talk to a manager or I will sue")
