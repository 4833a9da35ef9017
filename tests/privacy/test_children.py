"""Tests of the recognition of children."""

import json
from pathlib import Path

import pytest
import yaml

from bot.paths import DATA_DIR
from bot.privacy.children import is_child

SET = [
    json.loads(line)
    for line in (Path(__file__).parent / "children_set.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def test_children_are_recognised() -> None:
    """At least 98 % of 392 messages from children are recognised."""
    said = [entry["text"] for entry in SET if entry["child"]]
    missed = [text for text in said if not is_child(text)]
    assert len(said) >= 350
    assert len(missed) / len(said) <= 0.02, missed


def test_look_alikes_are_not_taken_for_children() -> None:
    """At most 1 % of 559 messages of adults are taken for a child's.

    They contain numbers, children and ages.
    """
    said = [entry["text"] for entry in SET if not entry["child"]]
    wrong = [text for text in said if is_child(text)]
    assert len(said) >= 500
    assert len(wrong) / len(said) <= 0.01, wrong


@pytest.mark.parametrize(
    "text", ["I'm 11", "im in 5th grade", "i turn 13 next month", "im 12 can i shop here"]
)
def test_a_child_is_a_child(text: str) -> None:
    """A statement of the shopper's own age or grade is recognised, also in a question."""
    assert is_child(text)


@pytest.mark.parametrize(
    "text",
    [
        "my daughter is 9 and wants to know",
        "I have 11 lamps",
        "I'm 35",
        "I'm 13",
        "I teach 5th grade",
    ],
)
def test_an_adult_is_not(text: str) -> None:
    """Another person's age, other numbers, and ages from 13 on do not count."""
    assert not is_child(text)


def test_almost_no_training_example_is_taken_for_a_childs() -> None:
    """At most 5 of the thousands of training examples are taken for a child's."""
    stopped = []
    for path in (DATA_DIR / "nlu").glob("*.yml"):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            stopped += [
                line for line in block["examples"].splitlines() if is_child(line.removeprefix("- "))
            ]
    assert len(stopped) <= 5, stopped
