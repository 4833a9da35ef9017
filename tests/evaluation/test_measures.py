"""Tests of the measures of understanding."""

import pytest

from bot.evaluation.measures import Example, report
from bot.topics import CLARIFY, OUT_OF_SCOPE

SOME = report(
    [
        Example("a", "cookies", "cookies", 0.95),
        Example("b", "cookies", "tracking", 0.95),
        Example("c", "use", "use", 0.45),
        Example("d", "use", CLARIFY, 0.3, offered=("collection", "use")),
        Example("e", OUT_OF_SCOPE, OUT_OF_SCOPE, 0.92),
        Example("f", OUT_OF_SCOPE, "selling", 0.55),
    ]
)


def test_an_offer_of_the_right_topic_counts_only_when_lenient() -> None:
    """A question back with the right topic counts for lenient accuracy only."""
    assert SOME.accuracy == pytest.approx(3 / 6)
    assert SOME.lenient_accuracy == pytest.approx(4 / 6)


def test_out_of_scope_has_its_own_measures() -> None:
    """Out-of-scope messages have a share that is recognised, and a share that is answered."""
    assert (SOME.out_of_scope_recall, SOME.out_of_scope_answered) == (0.5, 0.5)


def test_calibration_compares_confidence_with_right_answers() -> None:
    """The error is the mean difference by bin; questions back do not count."""
    assert [(b.examples, b.right) for b in SOME.reliability] == [
        (1, 1.0),
        (1, 0.0),
        (3, pytest.approx(2 / 3)),
    ]
    assert SOME.calibration_error == pytest.approx((0.55 + 0.55 + 3 * (0.94 - 2 / 3)) / 5)


def test_the_weakest_topics_come_first_with_their_wrong_intents() -> None:
    """The label with the lowest F1 comes first, and its wrong intents are counted."""
    some = report([*SOME.examples, Example("g", "cookies", "tracking", 0.9)])
    assert [score.label for score in some.weakest(1)] == ["cookies"]
    assert SOME.taken_for("cookies") == [("tracking", 1)]
