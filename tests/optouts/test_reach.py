"""Tests of how far a record reaches: what a message says of it, and the sentence about ads."""

import pytest

from bot.conversations.model import Recorded
from bot.optouts.model import EVERYTHING, Action, OptOutKind
from bot.optouts.reach import ADDRESS, BROWSER, reach_sentence, recorded

ADS = frozenset({OptOutKind.TARGETED_ADVERTISING})
MAIL = frozenset({OptOutKind.MARKETING_EMAIL})


def test_a_message_names_kinds_and_scope() -> None:
    """A record says its reference, action, kinds in their order, and whether it has an address."""
    kinds = tuple(str(kind) for kind in OptOutKind)
    assert recorded("K7M4", Action.OPT_OUT, EVERYTHING, ADDRESS) == Recorded(
        "K7M4", "opt_out", kinds, "address"
    )


@pytest.mark.parametrize(
    ("scope", "kinds", "action", "words"),
    [
        (BROWSER, ADS, Action.OPT_OUT, "in this browser, until its data is cleared."),
        (
            ADDRESS,
            EVERYTHING,
            Action.OPT_OUT,
            "cleared, and with your address also for the store's",
        ),
        (ADDRESS, MAIL, Action.OPT_OUT, ""),
        (BROWSER, ADS, Action.OPT_IN, ""),
    ],
)
def test_the_words_say_where_an_opt_out_of_ads_holds(
    scope: str, kinds: frozenset[OptOutKind], action: Action, words: str
) -> None:
    """Only an opt-out of ads has the sentence, and only one with an address names the lists."""
    sentence = reach_sentence(action, kinds, scope)
    assert words in sentence
    assert bool(sentence) is bool(words)
    assert ("address" in sentence) is ("address" in words)
