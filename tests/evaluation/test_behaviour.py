"""Tests of the figures on behaviour."""

from bot.evaluation.behaviour import BehaviourReport, Observed, sampled
from bot.evaluation.grammar import Case
from bot.topics import CLARIFY, OUT_OF_SCOPE

CASE = Case("do you sell my data", ("selling", "sharing"), "direction", "selling", seen=True)


def observed(*understood: str, sure: float = 0.95, offered: tuple[str, ...] = ()) -> Observed:
    """Return the case as it was understood."""
    return Observed(CASE, understood, sure, offered)


def test_any_right_topic_holds() -> None:
    """A case holds if all that was understood is right for it."""
    assert observed("sharing").held
    assert observed("selling", "sharing").held
    assert not observed("selling", "cookies").held


def test_an_offer_is_told_from_a_refusal() -> None:
    """A question back that offers the topic, and a refusal, are counted apart."""
    back, no = observed(CLARIFY, offered=("selling",)), observed(OUT_OF_SCOPE, sure=0.4)
    assert (back.asked_back, back.refused) == (True, False)
    assert (no.asked_back, no.refused) == (False, True)


def test_a_wrong_answer_at_high_confidence_is_the_worst() -> None:
    """What was surely taken for something else is counted, and comes first."""
    report = BehaviourReport(
        (observed("use", sure=0.5), observed("cookies"), observed("selling"), observed(CLARIFY))
    )
    assert report.total.surely_wrong == 1
    assert report.worst()[0].understood == ("cookies",)
    assert report.total.share == 0.25


def test_a_sample_has_each_part() -> None:
    """A sample takes cases at equal distances."""
    assert sampled([CASE] * 10, 5) == [CASE] * 2
