"""Tests of the references of opt-outs and handoffs."""

import random

import pytest

from bot.references import (
    ALPHABET,
    find_reference,
    looks_like_reference,
    new_reference,
    parse_reference,
)


def test_references_are_different_and_readable() -> None:
    """A thousand references are all different and have no characters that look alike."""
    references = {new_reference() for _ in range(1000)}
    assert len(references) == 1000
    assert not set("".join(references)) & set("01IOLAEU58")


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{lower}", "{bare}", "{spaced}"])
def test_a_reference_is_recognised_in_every_spelling(spelling: str) -> None:
    """A reference is recognised in lower case, with spaces, and without its hyphens."""
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
        place = random.randrange(12)
        wrong = random.choice([letter for letter in ALPHABET if letter != letters[place]])
        assert parse_reference(letters[:place] + wrong + letters[place + 1 :]) is None
        place = random.randrange(11)
        swapped = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
        assert swapped == letters or parse_reference(swapped) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "stop the calls please",
        "ABC-1234",
        "my order 4471829",
        "651-5550",
        "the card ends in 2222 2222 2222",
    ],
)
def test_other_words_and_numbers_are_not_references(text: str) -> None:
    """Other words and numbers are not taken for a reference."""
    assert find_reference(text) is None


def test_an_older_reference_is_still_recognised() -> None:
    """A reference of the first release, with seven characters, is understood in every spelling."""
    assert parse_reference("k7m 4qxf") == "K7M-4QXF"
    assert find_reference("what about K7M-4QXF?") == "K7M-4QXF"
    assert parse_reference("K7M-4QXT") is None


def test_references_cannot_be_guessed() -> None:
    """A reference has so many random characters that a million of them are not found by chance."""
    letters = new_reference().replace("-", "")[:-1]
    guesses, known = 10**9, 10**6  # of one day, and of one store
    assert guesses * known / len(ALPHABET) ** len(letters) < 1
    assert looks_like_reference("K7M4-QXT9-RWD9")
