"""Tests of the typing slips that are put into messages."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.corruption import corrupted, slipped
from bot.nlu.models.spelling import NEIGHBOURS

QUESTION = "do you share my phone number with anyone"


def test_every_message_has_a_slip() -> None:
    """Each message of a corrupted set is changed, except by a swap of two equal letters."""
    texts = [QUESTION] * 200
    changed = [
        text for text, _ in corrupted([(text, "sharing") for text in texts]) if text != QUESTION
    ]
    assert len(changed) > 190


def test_a_seed_gives_the_same_slips() -> None:
    """The same seed gives the same corrupted set, and another seed another set."""
    rows = [(QUESTION, "sharing")] * 20
    assert corrupted(rows, seed=3) == corrupted(rows, seed=3) != corrupted(rows, seed=4)


def test_labels_stay() -> None:
    """Corrupted messages keep their labels."""
    assert [intent for _, intent in corrupted([("a", "x"), ("b", "y")])] == ["x", "y"]


def test_all_four_kinds_of_slips_happen() -> None:
    """Letters are swapped, dropped or replaced by a neighbouring key, and spaces are dropped."""
    seen = {slipped("ab cd", random.Random(seed)) for seed in range(400)}
    assert {"ba cd", "b cd", "abcd"} <= seen
    assert {f"{beside}b cd" for beside in NEIGHBOURS["a"]} <= seen


@given(st.text(max_size=60), st.integers())
def test_any_text_can_be_corrupted(text: str, seed: int) -> None:
    """Any text can be corrupted without an error, and little of it is lost."""
    assert abs(len(slipped(text, random.Random(seed))) - len(text)) <= max(1, len(text))
