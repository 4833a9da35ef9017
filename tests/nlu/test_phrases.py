"""Tests of the search for kinds of data and aspects in a text."""

import pytest

from bot.nlu.models.phrases import language, named


def found(text: str, entity: str) -> list[str]:
    """Return the values of one entity in a text."""
    return [thing.value for thing in named(language()(text)) if thing.entity == entity]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("do you keep my Phone Number", ["phone_number"]),
        ("is my ip address stored", ["ip_address"]),
        ("my e-mail address and my birthday", ["email", "birthday"]),
        ("what do you collect", []),
    ],
)
def test_kinds_of_data(text: str, kinds: list[str]) -> None:
    """Kinds of data are found in any case; of overlapping names the longest counts."""
    assert found(text, "data_kind") == kinds


def test_aspects_and_kinds_may_overlap() -> None:
    """A card is a kind of data and an aspect of encryption at once."""
    assert found("is my card safe", "data_kind") == ["credit_card"]
    assert "card" in found("is my card safe", "aspect")


def test_words_that_yaml_takes_for_truth_values_are_words() -> None:
    """A bare `off` in the list of words is the word "off"."""
    assert "refusal" in found("how do i switch cookies off", "aspect")


def test_start_and_end_are_characters_of_the_text() -> None:
    """Start and end of a mention count the characters of the text."""
    text = "tell me: my phone number?"
    (thing,) = [thing for thing in named(language()(text)) if thing.entity == "data_kind"]
    assert text[thing.start : thing.end] == "phone number"
