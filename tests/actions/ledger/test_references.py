"""Tests of references that can be read out."""

import random

import pytest

from actions.ledger.references import ALPHABET, find_reference, new_reference, parse_reference


def test_references_are_different_and_readable() -> None:
    """No two of a thousand are the same, and none has a character that is mistaken for another."""
    made = {new_reference() for _ in range(1000)}
    assert len(made) == 1000
    assert not set("".join(made)) & set("01IOLAEU58")


@pytest.mark.parametrize("written", ["{}", " {} ", "{lower}", "{bare}", "{spaced}"])
def test_a_reference_is_understood_however_it_is_written(written: str) -> None:
    """Lower case, spaces and a missing hyphen do not matter."""
    reference = new_reference()
    text = written.format(
        reference, lower=reference.lower(), bare=reference.replace("-", ""), spaced=reference.replace("-", " ")
    )
    assert parse_reference(text) == reference
    assert find_reference(f"what happened to {text.strip()}, please?") == reference


def test_a_slip_is_noticed() -> None:
    """One wrong character, or two that changed places, is no reference."""
    for _ in range(200):
        letters = new_reference().replace("-", "")
        place = random.randrange(7)
        wrong = random.choice([letter for letter in ALPHABET if letter != letters[place]])
        assert parse_reference(letters[:place] + wrong + letters[place + 1 :]) is None
        swapped = letters[:2] + letters[3] + letters[2] + letters[4:]
        assert swapped == letters or parse_reference(swapped) is None


@pytest.mark.parametrize("text", ["", "stop the calls please", "ABC-1234", "my order 4471829", "651-5550"])
def test_other_words_and_numbers_are_no_references(text: str) -> None:
    """What cannot be one is not taken for one."""
    assert find_reference(text) is None
