"""Tests of the references of opt-outs and handoffs."""

import random

import pytest

from bot.references import ALPHABET, find_reference, new_reference, parse_reference


def test_references_are_different_and_readable() -> None:
    """A thousand references are all different and have no characters that look alike."""
    references = {new_reference() for _ in range(1000)}
    assert len(references) == 1000
    assert not set("".join(references)) & set("01IOLAEU58")


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{lower}", "{bare}", "{spaced}"])
def test_a_reference_is_recognised_in_every_spelling(spelling: str) -> None:
    """A reference is recognised in lower case, with spaces, and without its hyphen."""
    reference = new_reference()
    text = spelling.format(
        reference,
        lower=reference.lower(),
        bare=reference.replace("-", ""),
        spaced=reference.replace("-", " "),
    )
    assert parse_reference(text) == reference
    assert find_reference(f"what happened to {text.strip()}, please?") == reference


def test_a_typing_error_is_refused() -> None:
    """A reference with one wrong character, or with two swapped neighbours, is refused."""
    for _ in range(200):
        letters = new_reference().replace("-", "")
        place = random.randrange(7)
        wrong = random.choice([letter for letter in ALPHABET if letter != letters[place]])
        assert parse_reference(letters[:place] + wrong + letters[place + 1 :]) is None
        swapped = letters[:2] + letters[3] + letters[2] + letters[4:]
        assert swapped == letters or parse_reference(swapped) is None


@pytest.mark.parametrize(
    "text", ["", "stop the calls please", "ABC-1234", "my order 4471829", "651-5550"]
)
def test_other_words_and_numbers_are_not_references(text: str) -> None:
    """Other words and numbers are not taken for a reference."""
    assert find_reference(text) is None
