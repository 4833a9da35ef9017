"""Tests of what happens to a typed text before anything else sees it."""

import pytest

from bot.intake import clean, take
from bot.turns import Reply


@pytest.mark.parametrize(
    ("text", "said"), [("/restart", "restart"), ("// x", "x"), ("/", "?"), ("a/b", "a/b"), ("hello", "hello")]
)
def test_what_rasa_is_told_is_no_command(text: str, said: str) -> None:
    """Leading slashes are taken off what Rasa gets; what is shown keeps them."""
    assert take(text).said == said
    assert take(text).shown == text


def test_text_is_cleaned_for_any_database() -> None:
    """Control characters and halves of surrogate pairs are replaced, line breaks stay."""
    assert clean(" a\x00b\nc\ud800 ") == "a b\nc?"


def test_a_warning_comes_before_the_replies() -> None:
    """What a chat is no place for is warned of first; other texts get their replies alone."""
    replies = [Reply("an answer")]
    assert [reply.text for reply in take("4111 1111 1111 1111").answered_by(replies)][1:] == ["an answer"]
    assert take("hello").answered_by(replies) == replies
