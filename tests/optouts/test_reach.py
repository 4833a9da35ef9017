"""Tests of how far a record reaches: what a message says of it, and the sentence about ads."""

import pytest

from bot.conversations.model import Recorded
from bot.optouts.ledger import Ledger
from bot.optouts.model import EVERYTHING, Action, Channel, OptOutKind, Request, Subject
from bot.optouts.reach import reach_sentence, recorded

ADS = frozenset({OptOutKind.TARGETED_ADVERTISING})
MAIL = frozenset({OptOutKind.MARKETING_EMAIL})
BROWSER, PERSON = Subject("browser", "c" * 32), Subject("email", "jo@example.com")


def request(subject: Subject, kinds: frozenset[OptOutKind], action: Action) -> Request:
    """Return a request from the chat."""
    return Request(action, kinds, subject, Channel.CHAT, "words")


def test_a_message_names_kinds_and_scope(ledger: Ledger) -> None:
    """A record says its reference, action, kinds in their order, and whether it has an address."""
    person = ledger.record(request(PERSON, EVERYTHING, Action.OPT_OUT)).record
    kinds = tuple(str(kind) for kind in OptOutKind)
    assert recorded(person) == Recorded(person.reference, "opt_out", kinds, "address")
    browser = ledger.record(request(BROWSER, ADS, Action.OPT_OUT)).record
    assert recorded(browser).scope == "browser"


@pytest.mark.parametrize(
    ("subject", "kinds", "action", "words"),
    [
        (BROWSER, ADS, Action.OPT_OUT, "in this browser, until its data is cleared."),
        (PERSON, EVERYTHING, Action.OPT_OUT, "cleared, and with your address also for the store's"),
        (PERSON, MAIL, Action.OPT_OUT, ""),
        (BROWSER, ADS, Action.OPT_IN, ""),
    ],
)
def test_the_words_say_where_an_opt_out_of_ads_holds(
    ledger: Ledger,
    subject: Subject,
    kinds: frozenset[OptOutKind],
    action: Action,
    words: str,
) -> None:
    """Only an opt-out of ads has the sentence, and only one with an address names the lists."""
    sentence = reach_sentence(ledger.record(request(subject, kinds, action)).record)
    assert words in sentence
    assert bool(sentence) is bool(words)
    assert ("address" in sentence) is ("address" in words)
