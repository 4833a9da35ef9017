"""Tests of the classifier: it runs without PyTorch, and reads plain wishes."""

import pytest

from bot.optouts.model import Action, OptOutKind
from bot.optouts.wish.classifier import default_classifier, said
from bot.optouts.wish.model import Act, Context, Situation

E, P = OptOutKind.MARKETING_EMAIL, OptOutKind.PHONE_MAIL_MARKETING
CONFIRM = Context(Situation.ASKED_YES, Action.OPT_OUT, frozenset({E}), ("[email-1]",))


@pytest.mark.parametrize(
    ("text", "context", "act", "stops"),
    [
        ("please stop sending me the newsletter", Context(), Act.OUT, {E}),
        ("stop the phone calls", Context(), Act.OUT, {P}),
        ("what is a cookie?", Context(), Act.NONE, set()),
        ("yes, that's right", CONFIRM, Act.YES, set()),
        ("no, that is wrong", CONFIRM, Act.NO, set()),
    ],
)
def test_plain_wishes_are_read(
    text: str, context: Context, act: Act, stops: set[OptOutKind]
) -> None:
    """Plain messages get their act and their kinds, and probabilities of a distribution."""
    reading = default_classifier().read(text, context)
    assert (reading.act, reading.stops) == (act, stops)
    assert 0 < reading.sureness <= 1


def test_no_address_reaches_the_network() -> None:
    """Placeholders become "@0" for the address of the draft and "@1" for others."""
    assert said("use [email-2], not [email-1]", ("[email-1]",)) == "use @2 , not @0"
