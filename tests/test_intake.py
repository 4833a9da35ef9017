"""Tests of what happens to a typed text before anything else sees it."""

from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from bot.intake import Earlier, FromChild, Intake, Typed, clean, taken_before
from bot.keys import Keyring
from bot.privacy.vault import Vault
from bot.turns import Reply

C = "c" * 32


@pytest.fixture
def intake(sqlite: Engine) -> Intake:
    """An intake with an empty vault."""
    return Intake(Vault(sqlite, Keyring(["k" * 32], "vault"), timedelta(minutes=30)))


def take(intake: Intake, text: str, *earlier: Earlier) -> Typed:
    """Take in a text of the conversation `C`."""
    return intake.take(C, text, lambda: earlier)


@pytest.mark.parametrize(
    ("text", "said"), [("/restart", "restart"), ("// x", "x"), ("/", "?"), ("a/b", "a/b"), ("hello", "hello")]
)
def test_what_rasa_is_told_is_no_command(intake: Intake, text: str, said: str) -> None:
    """Leading slashes are taken off what Rasa gets; what is shown keeps them."""
    assert take(intake, text).said == said
    assert take(intake, text).shown == text


def test_text_is_cleaned_for_any_database() -> None:
    """Control characters and halves of surrogate pairs are replaced, line breaks stay."""
    assert clean(" a\x00b\nc\ud800 ") == "a b\nc?"


def test_a_warning_comes_before_the_replies(intake: Intake) -> None:
    """What a chat is no place for is warned of first; other texts get their replies alone."""
    replies = [Reply("an answer")]
    answered = take(intake, "is 4111 1111 1111 1111 safe here").answered_by(replies)
    assert "a card number" in answered[0].text
    assert answered[1:] == replies
    assert take(intake, "hello").answered_by(replies) == replies


def test_a_text_that_is_only_a_card_number_says_nothing_else(intake: Intake) -> None:
    """There is nothing to answer but the warning."""
    assert take(intake, "4111 1111 1111 1111").says_nothing_else
    assert not take(intake, "is 4111 1111 1111 1111 safe").says_nothing_else
    assert not take(intake, "jo@example.com").says_nothing_else


def test_placeholders_are_numbered_through_the_conversation(intake: Intake) -> None:
    """A new address gets the next number, one that was typed before its own again."""
    assert take(intake, "jo@example.com").shown == "[email-1]"
    assert take(intake, "al@example.com or JO@example.com").shown == "[email-2] or [email-1]"


def test_data_split_over_two_messages_is_masked_in_both(intake: Intake) -> None:
    """The end becomes the placeholder of the whole, and the beginning is mended."""
    typed = take(intake, "1111 1111 ok?", Earlier(2, "hello"), Earlier(4, "my card is 4111 1111"))
    assert typed.shown == "[card-1] ok?"
    (mended,) = typed.mended
    assert (mended.id, mended.after, mended.pieces) == (4, "my card is [card-1]", {"4111 1111": "[card-1]"})
    assert "a card number" in typed.warning


def test_a_child_is_not_taken_in(intake: Intake) -> None:
    """Of a text from a child nothing goes on, not even to the vault."""
    with pytest.raises(FromChild):
        take(intake, "im 11, my mail is kid@example.com")
    assert intake._vault.conversations_with("email", "kid@example.com") == []


def test_what_was_taken_in_before_is_not_taken_in_again() -> None:
    """A message that is sent again is told to Rasa as it was kept, with its warning."""
    typed = taken_before("/is [card-1] safe")
    assert (typed.shown, typed.said) == ("/is [card-1] safe", "is [card-1] safe")
    assert "a card number" in typed.warning


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("４１１１", "4111"),
        ("jo＠example．com", "jo@example.com"),
        ("١٢٣", "123"),
        ("4111\u200b1111", "41111111"),
        ("i\u02bcm", "i'm"),
        ("what is [email-1]?", "what is (email-1]?"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ],
)
def test_text_is_written_in_plain_characters(text: str, cleaned: str) -> None:
    """Nothing that looks like a digit, a letter or nothing at all hides data, and nobody types placeholders; emoji stay."""
    assert clean(text) == cleaned


def test_an_age_over_two_messages_is_a_childs(intake: Intake) -> None:
    """ "i am" and then "nine" is a child."""
    with pytest.raises(FromChild):
        take(intake, "nine", Earlier(2, "i am"))
    assert take(intake, "9 lamps", Earlier(2, "i want")).shown == "9 lamps"
