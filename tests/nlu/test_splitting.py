"""Tests of the split of a message into parts."""

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
        ("1) who sees it 2) do you sell it", ["who sees it", "do you sell it"]),
        ("who sees it / what is it for", ["who sees it", "what is it for"]),
        (
            "two things: do you sell it, and who sees it",
            ["two things", "do you sell it", "who sees it"],
        ),
        (
            "say whether you sell it, and whether you see it",
            ["say whether you sell it", "whether you see it"],
        ),
        ("stop the ads, scrub this chat", ["stop the ads", "scrub this chat"]),
    ],
)
def test_parts_are_split_at_punctuation_and_connections(text: str, parts: list[str]) -> None:
    """A message is split after sentences, and at connecting words before a question."""
    assert [piece.text for piece in pieces(text)] == parts


@pytest.mark.parametrize(
    "text",
    [
        "what do you do with my name and address",
        "do you sell my data",
        "cookies",
        "mail and phone",
        "do you keep 3 - 4 orders",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    """A single question that contains "and" is not split."""
    assert len(pieces(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "If you rewrite the rules, will I get an email about it?",
        "other sites linked from here, are they safe",
        "My browser keeps warning me about cookies, what are they for?",
        "I hate being followed about. Do you do that?",
    ],
)
def test_a_question_keeps_its_condition_and_its_noun(text: str) -> None:
    """A condition, and the noun for a pronoun of the question, stay with the question."""
    (piece,) = pieces(text)
    assert (piece.text, piece.parts) == (text, ())


def test_a_condition_ends_where_another_question_begins() -> None:
    """A condition stays with one question, not with all that follow."""
    assert [
        piece.text for piece in pieces("if i move, can i change my address and do you sell it")
    ] == [
        "if i move, can i change my address",
        "do you sell it",
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "do you keep what i look at and then sell it",
            ["do you keep what i look at", "do you sell it"],
        ),
        ("tell me about encryption, cookies and selling", ["encryption", "cookies", "selling"]),
    ],
)
def test_a_part_gets_its_missing_words(text: str, parts: list[str]) -> None:
    """Parts with a shared beginning all get it; a list gives names alone."""
    (piece,) = pieces(text)
    assert [part.text for part in piece.parts] == parts


def test_a_pronoun_in_a_question_is_replaced() -> None:
    """A part that stands alone gets the noun for its pronoun."""
    assert [piece.text for piece in pieces("is this chat private? delete it")] == [
        "is this chat private?",
        "delete this chat",
    ]


def test_pieces_know_their_place() -> None:
    """Start and end of a piece are those of its words in the message."""
    text = "hours? also is my card safe"
    assert [text[piece.start : piece.end].strip() for piece in pieces(text)] == [
        "hours?",
        "also is my card safe",
    ]


def test_a_story_does_not_ask() -> None:
    """A statement before a question is marked as not asking."""
    assert [piece.asks for piece in pieces("I am 78 and worried about my card. Is it safe?")] == [
        False,
        True,
    ]


def test_a_greeting_before_a_question_is_no_story() -> None:
    """A question after a greeting or a number is marked as asking."""
    assert [
        (piece.text, piece.asks) for piece in pieces("hi do you sell it? first tell me who sees it")
    ] == [
        ("do you sell it?", True),
        ("tell me who sees it", True),
    ]


@pytest.mark.parametrize("text", ["", "???", "a. b. c. d. e. f. g. h."])
def test_nothing_to_split(text: str) -> None:
    """Empty text, bare punctuation and too many parts give no pieces."""
    assert pieces(text) == []
