"""Tests of masking."""

from bot.privacy.masking import mask, warning
from bot.privacy.recognition import find


def test_findings_become_placeholders() -> None:
    """Each finding is replaced by its placeholder; the rest of the text stays as it is."""
    text = "unsubscribe jo@example.com and al@example.org, call 651-555-0199"
    masked = mask(text, find(text), ["[email-1]", "[email-7]", "[phone-1]"])
    assert masked == "unsubscribe [email-1] and [email-7], call [phone-1]"


def test_text_without_findings_stays() -> None:
    """Nothing is changed where there is nothing to hide."""
    assert mask("are you open 7 AM - 8 PM?", [], []) == "are you open 7 AM - 8 PM?"


def test_only_what_a_chat_is_no_place_for_is_warned_of() -> None:
    """A card number is answered with a warning, an e-mail address is not; each is named once."""
    assert warning(["card", "email", "card", "ssn"]).count("card number") == 1
    assert "social security" in warning(["ssn"])
    assert warning(["email", "phone"]) == ""
