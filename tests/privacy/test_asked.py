"""Tests of answers to the bot's own question for an address or number."""

import pytest

from bot.privacy.asked import Asked, answers
from bot.privacy.recognition import find


def parts(asked: Asked, text: str) -> list[str]:
    """Return the parts of a text that are masked as an answer."""
    return [finding.value for finding in answers(asked, text, find(text))]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("jo at home", "jo at home"),
        ("josmith", "josmith"),
        ("its josmith82", "josmith82"),
        ("jo.smith@", "jo.smith@"),
        ("555-01", "555-01"),
        ("it's 555 01", "555"),
        ("jsmith dot com", "jsmith dot com"),
    ],
)
@pytest.mark.parametrize("asked", [Asked.EMAIL, Asked.CONTACT])
def test_an_answer_is_masked_valid_or_not(asked: Asked, text: str, part: str) -> None:
    """An attempt to give an address or number is masked, although it is none."""
    assert any(part in masked for masked in parts(asked, text))


@pytest.mark.parametrize(
    "text",
    [
        "why do you need it?",
        "stop",
        "cancel",
        "no thanks",
        "never mind",
        "yes",
        "i don't have one",
        "stop the texts too",
        "actually i want out of everything",
        "unsubscibe me please",
        "do you sell my data?",
        "i want to talk to a person",
    ],
)
def test_what_is_no_answer_stays(text: str) -> None:
    """Questions, a yes or no, and wishes are understood as they are, also with a slip."""
    assert all(parts(asked, text) == [] for asked in (Asked.EMAIL, Asked.CONTACT))


def test_a_recognised_answer_is_not_masked_twice() -> None:
    """A text with an address needs no more."""
    assert parts(Asked.EMAIL, "jo@example.com for josmith") == []


def test_a_reference_can_be_read_and_another_number_not() -> None:
    """A reference, even with a slip in it, reaches the assistant; the number of an order not."""
    assert parts(Asked.REFERENCE, "K7M4-QXT9-RWDX") == []
    assert parts(Asked.REFERENCE, "its 774120") == ["774120"]
