"""Tests of the agreement of two readings: a contradiction is asked about."""

import pytest

from bot.optouts.model import EVERYTHING, Action, OptOutKind
from bot.optouts.wish.agreement import agreed
from bot.optouts.wish.classifier import SecondReading
from bot.optouts.wish.model import Act, Context, Sign, Situation, Wish

E, A, P = (
    OptOutKind.MARKETING_EMAIL,
    OptOutKind.TARGETED_ADVERTISING,
    OptOutKind.PHONE_MAIL_MARKETING,
)
START = Context()
CONFIRM = Context(Situation.ASKED_YES, Action.OPT_OUT, frozenset({E}))
STOP_MAIL = Wish(Act.OUT, {E: Sign.STOP}, firm=True)


def second(act: Act, *stops: OptOutKind, sure: float = 0.99) -> SecondReading:
    """Return a second reading that stops some kinds."""
    return SecondReading(act, sure, dict.fromkeys(stops, Sign.STOP), sure)


def test_what_both_read_is_done() -> None:
    """Two equal readings leave the wish as it is."""
    assert agreed(STOP_MAIL, second(Act.OUT, E), START) == STOP_MAIL


@pytest.mark.parametrize("act", [Act.NONE, Act.IN, Act.UNDO, Act.UNCLEAR])
def test_a_sure_contradiction_is_asked_about(act: Act) -> None:
    """What one reading stops and the other does not is not recorded without asking."""
    assert agreed(STOP_MAIL, second(act), START).act is Act.UNCLEAR


def test_a_yes_needs_both_readings() -> None:
    """A yes that the classifier doubts agrees to nothing."""
    assert agreed(Wish(Act.YES), second(Act.NO, sure=0.7), CONFIRM).act is Act.UNCLEAR
    assert agreed(Wish(Act.YES), second(Act.YES), CONFIRM).act is Act.YES


def test_only_kinds_that_both_read_are_stopped() -> None:
    """Never more is stopped than was asked for; "everything" is plain, and stays."""
    first = Wish(Act.OUT, {E: Sign.STOP, P: Sign.STOP}, firm=True)
    assert agreed(first, second(Act.OUT, E), START).stops == {E}
    everything = Wish(Act.OUT, dict.fromkeys(EVERYTHING, Sign.STOP), firm=True)
    assert agreed(everything, second(Act.OUT, E, A, P), START).stops == EVERYTHING


def test_the_classifier_reads_words_that_the_clauses_do_not_know() -> None:
    """Where the clauses say nothing, a sure second reading counts; an unsure one does not."""
    assert agreed(Wish(), second(Act.OUT, P), START).stops == {P}
    assert agreed(Wish(), second(Act.OUT, P, sure=0.5), START).act is Act.NONE


def test_a_question_or_a_refusal_is_never_made_a_wish() -> None:
    """A sure second reading does not turn a question about opting out into an opt-out."""
    for act in (Act.ABOUT, Act.REFUSAL):
        assert agreed(Wish(act), second(Act.OUT, E), START).act is act
