"""Tests of the intake of typed texts."""

from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from bot.conversations.intake import (
    ChildDetected,
    CleanText,
    EarlierMessage,
    Intake,
    clean,
    from_stored,
)
from bot.conversations.model import Reply
from bot.keys import Keyring
from bot.privacy.vault import Vault

C = "c" * 32


@pytest.fixture
def intake(sqlite: Engine) -> Intake:
    """Intake with an empty vault."""
    return Intake(Vault(sqlite, Keyring(["k" * 32], "vault"), timedelta(minutes=30)))


def take(intake: Intake, text: str, *earlier: EarlierMessage) -> CleanText:
    """Return the intake result of a text in the conversation `C`."""
    return intake.take(C, text, lambda: earlier)


@pytest.mark.parametrize(
    ("text", "said"),
    [("/restart", "restart"), ("// x", "x"), ("/", "?"), ("a/b", "a/b"), ("hello", "hello")],
)
def test_rasa_gets_no_commands(intake: Intake, text: str, said: str) -> None:
    """The text for Rasa has no leading slashes; the shown text keeps them."""
    assert take(intake, text).said == said
    assert take(intake, text).shown == text


def test_text_is_cleaned_for_any_database() -> None:
    """Control characters and halves of surrogate pairs are replaced, and line breaks stay."""
    assert clean(" a\x00b\nc\ud800 ") == "a b\nc?"


def test_a_warning_comes_before_the_replies(intake: Intake) -> None:
    """The warning about a card number comes first; a harmless text gets the replies alone."""
    replies = [Reply("an answer")]
    answered = take(intake, "is 4111 1111 1111 1111 safe here").answered_by(replies)
    assert "a card number" in answered[0].text
    assert answered[1:] == replies
    assert take(intake, "hello").answered_by(replies) == replies


def test_a_text_that_is_only_a_card_number_says_nothing_else(intake: Intake) -> None:
    """A text that holds only a card number gets only the warning as answer."""
    assert take(intake, "4111 1111 1111 1111").says_nothing_else
    assert not take(intake, "is 4111 1111 1111 1111 safe").says_nothing_else
    assert not take(intake, "jo@example.com").says_nothing_else


def test_placeholders_are_numbered_through_the_conversation(intake: Intake) -> None:
    """A new address gets the next number, and a repeated one gets its own number again."""
    assert take(intake, "jo@example.com").shown == "[email-1]"
    assert take(intake, "al@example.com or JO@example.com").shown == "[email-2] or [email-1]"


def test_data_split_over_two_messages_is_masked_in_both(intake: Intake) -> None:
    """A card number in two messages becomes the same placeholder in both."""
    typed = take(
        intake,
        "1111 1111 ok?",
        EarlierMessage(2, "hello"),
        EarlierMessage(4, "my card is 4111 1111"),
    )
    assert typed.shown == "[card-1] ok?"
    (redaction,) = typed.redactions
    assert (redaction.id, redaction.after, redaction.pieces) == (
        4,
        "my card is [card-1]",
        {"4111 1111": "[card-1]"},
    )
    assert "a card number" in typed.warning


def test_a_childs_text_is_refused(intake: Intake) -> None:
    """A text from a child raises ChildDetected, and nothing of it reaches the vault."""
    with pytest.raises(ChildDetected):
        take(intake, "im 11, my mail is kid@example.com")
    assert intake._vault.conversations_with("email", "kid@example.com") == []


def test_a_stored_text_is_not_masked_again() -> None:
    """A message that is sent again goes to Rasa as it was stored, with its warning."""
    typed = from_stored("/is [card-1] safe")
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
    """Look-alike digits and letters become ASCII, and invisible characters are removed.

    A typed placeholder is broken up, and emoji stay.
    """
    assert clean(text) == cleaned


def test_an_age_over_two_messages_is_a_childs(intake: Intake) -> None:
    """The messages "i am" and "nine" together show a child."""
    with pytest.raises(ChildDetected):
        take(intake, "nine", EarlierMessage(2, "i am"))
    assert take(intake, "9 lamps", EarlierMessage(2, "i want")).shown == "9 lamps"
