"""Tests of the agreement of two readings: a contradiction is asked about."""

from dataclasses import replace

import pytest

from bot.optouts.model import Action, OptOutKind
from bot.optouts.wish.agreement import agreed
from bot.optouts.wish.classifier import AddressReading, SecondReading
from bot.optouts.wish.model import Act, Context, Sign, Situation, Wish

E, P = OptOutKind.MARKETING_EMAIL, OptOutKind.PHONE_MAIL_MARKETING
START = Context()
CONFIRM = Context(Situation.ASKED_YES, Action.OPT_OUT, frozenset({E}), ("[email-1]",))
RECORDED = Context(Situation.RECORDED, Action.OPT_OUT, frozenset({E, P}), ("[email-1]",))


def out(*stops: OptOutKind, act: Act = Act.OUT) -> Wish:
    """Return a wish by clauses, after which some kinds are out."""
    return Wish(act, dict.fromkeys(stops, Sign.STOP), after=frozenset(stops), firm=True)


def second(
    act: Act, *after: OptOutKind, sure: float = 0.99, **addresses: AddressReading
) -> SecondReading:
    """Return a second reading, after which some kinds are out."""
    named = {f"[email-{name[1:]}]": read for name, read in addresses.items()}
    signs = dict.fromkeys(after, Sign.STOP) if act is Act.OUT else {}
    return SecondReading(act, sure, signs, frozenset(after), sure, named)


def test_what_both_read_is_done() -> None:
    """Two equal readings leave the wish as it is."""
    assert agreed(out(E), second(Act.OUT, E), START) == out(E)


@pytest.mark.parametrize("act", [Act.NONE, Act.STATUS, Act.UNCLEAR])
def test_a_contradiction_is_asked_about(act: Act) -> None:
    """What one reading stops, and the other does not surely leave, is not recorded unasked."""
    assert agreed(out(E), second(act, sure=0.7), START).act is Act.UNCLEAR


@pytest.mark.parametrize("act", [Act.IN, Act.UNDO])
def test_the_opposite_is_never_adopted(act: Act) -> None:
    """Stop against go on is asked about, however sure the classifier is."""
    assert agreed(out(E), second(act), START).act is Act.UNCLEAR
    assert agreed(Wish(Act.REFUSAL), second(Act.OUT, E), START).act is Act.UNCLEAR


def test_a_wish_that_stops_nothing_is_no_wish() -> None:
    """A second reading that wants something stopped, but no kind, is not heard."""
    kept = Wish(Act.OUT, {E: Sign.KEEP, P: Sign.STOP}, after=frozenset({P}))
    assert agreed(kept, second(Act.OUT), START) == kept
    assert agreed(Wish(), second(Act.OUT), START).act is Act.UNCLEAR


def test_a_yes_needs_both_readings() -> None:
    """A yes that the classifier contradicts or doubts agrees to nothing."""
    assert agreed(Wish(Act.YES), second(Act.NO, E, sure=0.6), CONFIRM).act is Act.UNCLEAR
    assert agreed(Wish(Act.YES), second(Act.NO, E), CONFIRM).act is Act.NO
    assert agreed(Wish(Act.YES), second(Act.YES, E), CONFIRM).act is Act.YES


def test_never_more_is_stopped_than_one_of_them_reads() -> None:
    """Where both stop something, the smaller reading counts; other kinds are asked about."""
    assert agreed(out(E, P), second(Act.OUT, E), START).after == {E}
    assert agreed(out(E), second(Act.OUT, E, P), START).after == {E}
    assert agreed(out(E), second(Act.OUT, P), START).act is Act.UNCLEAR


def test_a_sure_classifier_needs_no_second_voice() -> None:
    """A sure reading counts against what the clauses misread; a less sure one is asked about."""
    assert agreed(out(E), second(Act.NONE), START).act is Act.NONE
    assert agreed(Wish(), second(Act.OUT, P), START).after == {P}
    assert agreed(Wish(), second(Act.OUT, P, sure=0.7), START).act is Act.UNCLEAR


def test_readings_that_do_not_fit_together_count_for_nothing() -> None:
    """A classifier that keeps a kind and has it out afterwards is not sure, whatever it says."""
    torn = SecondReading(Act.OUT, 0.99, {E: Sign.KEEP}, frozenset({E}), 0.99, {})
    assert torn.sureness == 0.0


def test_giving_back_a_part_is_the_same_in_other_words() -> None:
    """ "Undo the calls" and "I want the calls" leave the same, and both are done."""
    undo = Wish(Act.UNDO, {P: Sign.STOP}, after=frozenset({E}))
    assert agreed(undo, second(Act.IN, E), RECORDED) == undo


def test_a_sure_reading_of_an_address_counts() -> None:
    """ "Not B" is left out where only the classifier reads the "not"."""
    wish = Wish(Act.OUT, {E: Sign.STOP}, {"[email-2]": True}, after=frozenset({E}))
    read = second(Act.OUT, E, _2=AddressReading(False, 0.95))
    assert agreed(wish, read, START).addresses == {"[email-2]": False}


def test_wishes_for_something_back_are_read_by_clauses_alone() -> None:
    """The classifier has learnt only requests that stop something."""
    back = Context(Situation.ASKED_YES, Action.OPT_IN, frozenset({E}))
    assert agreed(Wish(Act.YES), second(Act.NO), back).act is Act.YES


def test_different_kinds_for_different_addresses_are_asked_about() -> None:
    """ "No mails for A, no calls for B" is not recorded as both kinds for both."""
    wish = replace(out(E, P), addresses={"[email-1]": True, "[email-2]": True})
    mails, calls = (AddressReading(True, 0.99, frozenset({kind})) for kind in (E, P))
    assert agreed(wish, second(Act.OUT, E, P, _1=mails, _2=calls), START).act is Act.UNCLEAR
    assert agreed(wish, second(Act.OUT, E, P, _1=mails, _2=mails), START).act is Act.OUT


def test_kinds_of_each_address_are_kept_apart_where_they_are_sure() -> None:
    """ "No mails for A, no calls for B" is one request with two parts."""
    wish = replace(out(E, P), addresses={"[email-1]": True, "[email-2]": True})
    mails, calls = (AddressReading(True, 0.99, frozenset({kind}), 0.9) for kind in (E, P))
    heard = agreed(wish, second(Act.OUT, E, P, _1=mails, _2=calls), START)
    assert heard.own == {"[email-1]": {E}, "[email-2]": {P}}


def test_an_address_that_may_not_be_meant_is_asked_for() -> None:
    """Of two addresses, none is used if it is not sure which of them is meant."""
    wish = replace(out(E), addresses={"[email-1]": True, "[email-2]": True})
    sure, unsure = AddressReading(True, 0.99), AddressReading(False, 0.6)
    assert agreed(wish, second(Act.OUT, E, _1=sure, _2=unsure), START).addresses == {}
