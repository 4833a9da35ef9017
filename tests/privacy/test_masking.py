"""Tests of masking."""

from bot.privacy.masking import mask, warning
from bot.privacy.recognition import find


def test_findings_become_placeholders() -> None:
    """Each finding is replaced by its placeholder, and the rest of the text stays the same."""
    text = "unsubscribe jo@example.com and al@example.org, call 651-555-0199"
    masked = mask(text, find(text), ["[email-1]", "[email-7]", "[phone-1]"])
    assert masked == "unsubscribe [email-1] and [email-7], call [phone-1]"


def test_text_without_findings_stays() -> None:
    """A text without personal data is not changed."""
    assert mask("are you open 7 AM - 8 PM?", [], []) == "are you open 7 AM - 8 PM?"


def test_only_dangerous_types_get_a_warning() -> None:
    """A card number gets a warning, an e-mail address does not; each type is named once."""
    assert warning(["card", "email", "card", "ssn"]).count("card number") == 1
    assert "social security" in warning(["ssn"])
    assert warning(["email", "phone"]) == ""
