"""Tests of masking on the sets that other writers made, and on generated messages."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.masking import judged, make_intake, read, stored

SETS = Path(__file__).parent / "masking"
LEAST = {"core": 0.97, "cued": 0.93}


def outcomes(name: str) -> dict[str, Counter[str]]:
    """Return how often each outcome occurs in each scope of a set."""
    intake, counted = make_intake(), dict[str, Counter[str]]()
    for number, line in enumerate(read(SETS / f"{name}.jsonl")):
        outcome = judged(line, stored(intake, f"{number:032x}", line["messages"]))
        counted.setdefault(line["scope"], Counter())[outcome] += 1
    return counted


@pytest.mark.parametrize("name", ["a", "b", "f", "cases", "generated"])
def test_personal_data_is_nowhere_and_look_alikes_stay(name: str) -> None:
    """At least 97 % of the core kinds and 93 % of the cued ones are gone, at most 1 % too much."""
    counted = outcomes(name)
    for scope, least in LEAST.items():
        assert 1 - counted[scope]["shown"] / counted[scope].total() >= least, scope
    alike = counted["lookalike"]
    assert alike["masked"] / alike.total() <= 0.01


def test_lines_are_well_formed() -> None:
    """Every value of the sets is a part of its messages."""
    for path in SETS.glob("*.jsonl"):
        for text in path.read_text(encoding="utf-8").splitlines():
            line: dict[str, Any] = json.loads(text)
            assert all(any(v in m for m in line["messages"]) for v in line["values"]), line
