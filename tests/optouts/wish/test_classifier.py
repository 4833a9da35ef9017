"""Tests of the classifier: it runs without PyTorch, and reads plain wishes."""

import pytest

from bot.optouts.model import Action, OptOutKind
from bot.optouts.wish.classifier import default_classifier, named, places_of, said
from bot.optouts.wish.model import Act, Context, Situation

E, P = OptOutKind.MARKETING_EMAIL, OptOutKind.PHONE_MAIL_MARKETING
CONFIRM = Context(Situation.ASKED_YES, Action.OPT_OUT, frozenset({E}), ("[email-1]",))


@pytest.mark.parametrize(
    ("text", "context", "act", "after"),
    [
        ("please stop sending me the newsletter", Context(), Act.OUT, {E}),
        ("stop the phone calls", Context(), Act.OUT, {P}),
        ("what is a cookie?", Context(), Act.NONE, set()),
        ("yes, that's right", CONFIRM, Act.YES, {E}),
        ("just the calls, not the mails", CONFIRM, Act.OUT, {P}),
        ("no, that is wrong", CONFIRM, Act.NO, {E}),
    ],
)
def test_plain_wishes_are_read(
    text: str, context: Context, act: Act, after: set[OptOutKind]
) -> None:
    """Plain messages get their act, the kinds that are out then, and probabilities."""
    reading = default_classifier().read(text, context)
    assert (reading.act, reading.after) == (act, after)
    assert 0 < reading.sureness <= 1


def test_no_address_reaches_the_network() -> None:
    """Placeholders become "@0" for the address of the draft and "@2" for the first other one."""
    text = "use [email-2], not [email-1]"
    names = named(text, ("[email-1]",))
    assert said(text, names) == "use @2 , not @0"
    assert places_of(["use", "@", "2", ",", "not", "@", "0"]) == {2: [1, 2], 0: [5, 6]}


def test_each_address_is_read() -> None:
    """Of two addresses, the one that is meant and the one that is not are told apart."""
    read = default_classifier().read("stop the mails for [email-1], not [email-2]", Context())
    assert {name: one.meant for name, one in read.addresses.items()} == {
        "[email-1]": True,
        "[email-2]": False,
    }
