"""Tests of the way to be reached in a message."""

import pytest

from bot.handoff.contact import contact_in, is_only_contact
from bot.privacy.masking import mask
from bot.privacy.recognition import find


def found_in(text: str, asked: bool) -> str | None:
    """Return the way to be reached in a text, by its value."""
    findings = find(text)
    placeholders = [f"[{one.type}-{number}]" for number, one in enumerate(findings, 1)]
    values = dict(zip(placeholders, (one.value for one in findings), strict=True))
    contact = contact_in(mask(text, findings, placeholders), values.get, asked)
    return values[contact] if contact else None


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("Order came broken, call me at 612-555-0199", "612-555-0199"),
        ("my number is 6125550199", "6125550199"),
        ("model 2345678901 flickers. reach me on (612) 555-0199", "(612) 555-0199"),
        ("6125550199 is my cell, order late", "6125550199"),
        ("Write to jo@example.com about my order", "jo@example.com"),
        ("my account jo@example.com is locked", "jo@example.com"),
        ("i wrote to help@example.org. Answer to jo@example.com", "jo@example.com"),
    ],
)
def test_a_message_says_how_to_reach_its_shopper(text: str, contact: str) -> None:
    """A number counts in a message if the words say that it reaches the shopper."""
    assert found_in(text, asked=False) == contact


@pytest.mark.parametrize(
    "text",
    [
        "my lamp, sku 2345678901, arrived broken",
        "order 2345678901 is late",
        "the tracking number is 2345678901",
        "2345678901 is the tracking number",
        "number of the order: 2345678901",
        "item # 2345678901 broken",
        "My UPS parcel 2345678901",
        "the lamp 612-555-0199 is broken",
        "call me about order 2345678901",
        "I called 612-555-0199 and nobody came",
        "i could not reach 612-555-0199",
        "noreply@bellacor.com spams me",
        "help@example.org and bob@example.org do not answer",
        "you said 1-877-723-5522",
    ],
)
def test_a_message_may_not_say_how_to_reach_its_shopper(text: str) -> None:
    """No other number counts, nor the store's own, nor one of several addresses."""
    assert found_in(text, asked=False) is None


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("612-555-0199", "612-555-0199"),
        ("2345678901", "2345678901"),
        ("use the number +44 20 7946 0958", "+44 20 7946 0958"),
        ("jo at example dot com", "jo at example dot com"),
        ("not jo@example.com but ann@example.com", "ann@example.com"),
        ("jo@example.com, not ann@example.com", "jo@example.com"),
    ],
)
def test_an_answer_is_a_way_to_be_reached(text: str, contact: str) -> None:
    """An address or number is the answer to the question for it, unless it is excluded."""
    assert found_in(text, asked=True) == contact


@pytest.mark.parametrize(
    "text",
    [
        "order 2345678901",
        "sku 2345678901",
        "invoice no. 2345678901",
        "customer number 8812734",
        "tracking number 1Z999AA10123456784",
        "12/24/2026",
        "$234.56",
        "1-877-723-5522",
        "service@bellacor.com",
        "2425 Enterprise Drive, Suite 900, Mendota Heights, MN 55120",
        "call me",
    ],
)
def test_another_answer_is_none(text: str) -> None:
    """Other numbers, dates, prices and what belongs to the store are no way to be reached."""
    assert found_in(text, asked=True) is None


def test_an_address_alone_is_told_from_a_wish_with_one() -> None:
    """An address with polite words is alone, and one in a wish is not."""
    assert is_only_contact("[email-1]") and is_only_contact("it's [phone-1], thanks")
    assert is_only_contact("my email is [email-1]")
    assert not is_only_contact("unsubscribe [email-1]")
    assert not is_only_contact("do you have [email-1]?")
