"""Tests of whole conversations through the real channel.

Each file in ``dialogues/`` is a theme, and each entry in it a conversation.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Shopper

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.yml"))
KEYS = {"say", "choose", "topics", "outcome", "state", "contains", "lacks", "choices", "cites"}


def conversations(*paths: Path) -> list[Any]:
    """Return each conversation of each theme as a test case."""
    return [
        pytest.param(turns, id=f"{path.stem}: {name}")
        for path in paths
        for name, turns in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    ]


@pytest.mark.parametrize("turns", conversations(*DIALOGUES))
def test_conversation(shopper: Shopper, turns: list[dict[str, Any]]) -> None:
    """Each turn has the topics, outcome, words, sources and choices that the dialogue expects."""
    follow(shopper, turns)


def follow(shopper: Shopper, turns: list[dict[str, Any]]) -> None:
    """Have a conversation, and compare each turn with what the dialogue expects."""
    offered = choices_of(shopper.opened)
    for turn in turns:
        assert set(turn) <= KEYS, turn
        got = shopper.say(turn["say"]) if "say" in turn else shopper.choose(offered[turn["choose"]])
        text = "\n".join(message["text"] for message in got["messages"])
        if "topics" in turn:
            assert got["topics"] == turn["topics"], text
        if "outcome" in turn:
            assert got["outcome"] == turn["outcome"], text
        assert got["state"] == turn.get("state", "bot")
        for pattern in turn.get("contains", []):
            assert re.search(pattern, text), f"{pattern!r} is not in: {text}"
        for pattern in turn.get("lacks", []):
            assert not re.search(pattern, text), f"{pattern!r} is in: {text}"
        cited = {source["clause"] for message in got["messages"] for source in message["sources"]}
        assert set(turn.get("cites", [])) <= cited, cited
        offered = choices_of(got)
        assert set(turn.get("choices", [])) <= set(offered), offered


def choices_of(answer: dict[str, Any]) -> dict[str, str]:
    """Return the ids of the choices of a turn by title."""
    return {
        choice["title"]: choice["id"]
        for message in answer["messages"]
        for choice in message["choices"]
    }
