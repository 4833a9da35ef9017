"""Tests of the reading of who acts, what is done, and with what."""

import pytest

from bot.nlu.models.reading import read


@pytest.mark.parametrize(
    ("text", "act", "thing"),
    [
        ("do you sell my browsing history", "sell", "browsing"),
        ("how do you protect my credit card number", "protect", "card"),
        ("would you ever monetize my particulars", "sell", "data"),
        ("for how long is my phone number kept", "keep", "phone"),
        ("are my purchases passed on", "share", "history"),
    ],
)
def test_the_act_and_the_thing_are_read_apart(text: str, act: str, thing: str) -> None:
    """Any verb of an act is read with any kind of data."""
    reading = read(text)
    assert (act in reading.acts, thing in reading.things) == (True, True)


@pytest.mark.parametrize(
    "text",
    ["do you sell my data", "how do you share my home address", "will you keep my card number"],
)
def test_what_the_store_does_with_data_is_a_question_of_policy(text: str) -> None:
    """The store as the one who acts on the person's data makes a question of policy."""
    assert read(text).is_policy


@pytest.mark.parametrize(
    "text",
    [
        "does google sell my data",
        "do you sell lamps",
        "my card was declined at checkout",
        "are your cookie cutters dishwasher safe",
        "who is the bank behind your store card",
    ],
)
def test_other_companies_and_the_trade_are_not(text: str) -> None:
    """Another company, the store's trade, or no act on data make none."""
    assert not read(text).is_policy
