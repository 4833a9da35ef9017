"""Tests of proposing the parts of a message."""

import pytest

from bot.nlu.models.splitting import pieces


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("do you sell my info and whats a cookie", ["do you sell my info", "whats a cookie"]),
        ("hours? also is my card safe", ["hours?", "is my card safe"]),
        ("Do you sell it? Who sees it?", ["Do you sell it?", "Who sees it?"]),
        ("do you share it, do you sell it", ["do you share it", "do you sell it"]),
        ("hours?cookies?", ["hours?", "cookies?"]),
    ],
)
def test_parts_are_set_apart_by_punctuation_and_connections(text: str, parts: list[str]) -> None:
    """Ends of sentences and connecting words before the beginning of a question divide a message."""
    assert [piece.text for piece in pieces(text)] == parts


@pytest.mark.parametrize(
    "text", ["what do you do with my name and address", "do you sell my data", "cookies", "mail and phone"]
)
def test_one_question_stays_whole(text: str) -> None:
    """A question that merely contains "and" is one."""
    assert len(pieces(text)) == 1


def test_pieces_know_their_place() -> None:
    """The place of a piece in the message is that of its words."""
    text = "hours? also is my card safe"
    assert [text[piece.start : piece.end].strip() for piece in pieces(text)] == ["hours?", "also is my card safe"]


def test_a_story_does_not_ask() -> None:
    """A statement before a question is marked as one that asks nothing."""
    assert [piece.asks for piece in pieces("I am 78 and worried about my card. Is it safe?")] == [False, True]


@pytest.mark.parametrize("text", ["", "???", "a. b. c. d. e. f. g. h."])
def test_nothing_to_split(text: str) -> None:
    """Empty text, bare punctuation, and more parts than anyone asks give no proposals."""
    assert pieces(text) == []
