"""Tests of masking."""

from bot.privacy.masking import mask


def test_findings_become_typed_numbered_placeholders() -> None:
    """Each finding is replaced by its type and a number; the rest of the text stays as it is."""
    masked = mask("unsubscribe jo@example.com and al@example.org, call 651-555-0199")
    assert masked.text == "unsubscribe [email-1] and [email-2], call [phone-1]"
    assert masked.types == ("email", "email", "phone")


def test_text_without_personal_data_stays() -> None:
    """Nothing is changed where there is nothing to hide."""
    assert mask("are you open 7 AM - 8 PM?").text == "are you open 7 AM - 8 PM?"


def test_only_what_a_chat_is_no_place_for_is_warned_of() -> None:
    """A card number is answered with a warning, an e-mail address is not."""
    assert "a card number" in mask("4111 1111 1111 1111").warning()
    assert mask("jo@example.com").warning() == ""
