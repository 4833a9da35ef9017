"""Tests of personal data typed over several messages."""

import json
from typing import Any

import pytest

from bot.privacy.split_values import find_split, may_continue
from tests.privacy.test_recognition import SET


def split_lines() -> list[dict[str, Any]]:
    """Return the entries of the set with data split over two messages."""
    entries = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    return [entry for entry in entries if "messages" in entry]


@pytest.mark.parametrize("entry", split_lines(), ids=lambda entry: " / ".join(entry["messages"]))
def test_split_data_is_found_in_both_messages(entry: dict[str, Any]) -> None:
    """Each part is found in its message, with its type."""
    texts = entry["messages"]
    assert may_continue(texts[-1])
    found = {
        (split.finding.type, piece.message, texts[piece.message][piece.start : piece.end])
        for split in find_split(texts)
        for piece in split.pieces
    }
    assert found == {(span["type"], span["message"], span["value"]) for span in entry["spans"]}


def test_data_in_four_messages_is_found() -> None:
    """A card number typed in four messages is found."""
    (split,) = find_split(["4111", "1111", "1111", "1111"])
    assert [piece.message for piece in split.pieces] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "texts",
    [
        ["looking for a lamp under 200", "8 PM?"],
        ["what is on my card", "look at this dot com"],
        ["call me at 651-555-0199", "or 612-555-0103"],
        ["order of 2 lamps", "60 watts"],
        ["do you sell my data", "and cookies?"],
    ],
)
def test_unrelated_messages_are_not_joined(texts: list[str]) -> None:
    """Messages that have nothing to do with each other give no split finding."""
    assert find_split(texts) == []


@pytest.mark.parametrize(
    ("before", "text", "kind"),
    [
        ("my card is [card-1]", "1111 1111", "card"),
        ("cell [phone-1]", "rest is 0131", "phone"),
        ("it is [email-1]", "16871948", "answer"),
    ],
)
def test_digits_go_on_with_what_is_masked_already(before: str, text: str, kind: str) -> None:
    """The rest of a value is found after a placeholder at the end of the message before."""
    (split,) = find_split([before, text])
    assert (split.finding.type, split.pieces[0].message) == (kind, 1)
