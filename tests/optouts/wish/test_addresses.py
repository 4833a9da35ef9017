"""Tests of addresses in a wish: which are meant, and which are only named."""

import pytest

from bot.optouts.wish.addresses import addresses_in

ONE, TWO = "[email-1]", "[email-2]"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("unsubscribe [email-1] not [email-2]", {ONE}),
        ("not [email-1] but [email-2]", {TWO}),
        ("unsubscribe [email-1], leave [email-2] alone", {ONE}),
        ("[email-1], oops, [email-2]", {TWO}),
        ("unsubscribe me ([email-1]) and not my daughter ([email-2])", {ONE}),
        ("newsletter to [email-1] stays, newsletter to [email-2] goes", {TWO}),
        ("my wifes, [email-1], mine is [email-2]", {TWO}),
        ("my old address [email-1] is dead anyway, its [email-2] that must come off", {TWO}),
        ("i wrote to [email-1] last week. unsubscribe [email-2]", {TWO}),
        ("no more mails to [email-1], but do keep sending them to [email-2]", {ONE}),
        ("[email-1] and [email-2], both mine", {ONE, TWO}),
        ("unsubscribe [email-1], [email-2]", {ONE, TWO}),
        ("never put me on that list again, [email-1]", {ONE}),
        ("do not sell my data. [email-1]", {ONE}),
        ("stop emails for [email-1], never for [email-2]", {ONE}),
        ("unsubscribe [email-1] without [email-2]", {ONE}),
        ("same thing not for [email-1]", set()),
    ],
)
def test_only_addresses_that_are_meant_count(text: str, meant: set[str]) -> None:
    """An address that is excluded, corrected, or somebody else's is never used."""
    assert {address for address, used in addresses_in(text).items() if used} == meant
