"""Tests of taking placeholders of personal data out of a message."""

import asyncio
from pathlib import Path

import pytest

from bot.evaluation.labelled import introduced, read_nlu
from bot.nlu.models.placeholders import read_over
from bot.paths import TEST_SET
from bot.topics import ANSWERABLE


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("my email is [email-1], do you sell my data?", "do you sell my data?"),
        ("do you sell my data? my number is [phone-1]", "do you sell my data?"),
        (
            "hi, my customer number is [customer_number-1] and my email is [email-1]. "
            "stop the mails",
            "stop the mails",
        ),
        ("what is a cookie ([email-1])", "what is a cookie"),
        ("do you keep [phone-1]", "do you keep my phone number"),
        ("do you keep my phone number [phone-1]", "do you keep my phone number"),
        ("unsubscribe [email-1]", "unsubscribe"),
        ("is my card [card-1] safe here?", "is my card safe here?"),
        ("who gets my address?", "who gets my address?"),
    ],
)
def test_the_question_is_left(text: str, read: str) -> None:
    """Introductions are removed, and a placeholder that the question is about gets a name."""
    assert read_over(text) == read


@pytest.mark.parametrize("text", ["[email-1]", "my email is [email-1]", "[card-1] [card-2]"])
def test_a_message_of_nothing_else_stays(text: str) -> None:
    """A message that would become empty stays as it is."""
    assert read_over(text) == text


def test_placeholders_do_not_change_what_is_understood(model: Path) -> None:
    """Personal data around each question of the test set costs at most 1 % of accuracy."""
    from bot.cli.evaluate import understand

    questions = [(text, label) for text, label in read_nlu(TEST_SET) if label in ANSWERABLE]
    plain, personal = (
        asyncio.run(understand(labelled)) for labelled in (questions, introduced(questions))
    )
    assert plain.accuracy - personal.accuracy <= 0.01
