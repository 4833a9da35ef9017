"""Tests of the behaviour of the trained model, on a sample of the cases of the grammars."""

import asyncio
from pathlib import Path

import pytest

from bot.cli.behaviour import observe
from bot.evaluation.behaviour import BehaviourReport, sampled
from bot.evaluation.grammar import read_cases
from bot.paths import BEHAVIOUR_DIR

EVERY = 5  # cases to one that is measured here; `privacy-bot evaluate --behaviour` takes all
FEW = 30  # cases of a topic, below which one mistake is no share


@pytest.fixture(scope="module")
def result(model: Path) -> BehaviourReport:
    """Report on the sample."""
    return asyncio.run(observe(sampled(read_cases(BEHAVIOUR_DIR), EVERY)))


def test_there_are_enough_cases() -> None:
    """The grammars make at least 3,000 cases, some of them of seen words alone."""
    cases = read_cases(BEHAVIOUR_DIR)
    assert len(cases) >= 3000
    assert any(case.seen for case in cases)


def test_behaviour_holds(result: BehaviourReport) -> None:
    """At least 97 % of the cases hold; of all of them it is 98.3 %, and the aim is 99."""
    assert result.total.share >= 0.97


def test_no_topic_is_left_behind(result: BehaviourReport) -> None:
    """At least 90 % of the cases of each topic hold."""
    weak = [s for s in result.topics if s.cases >= FEW and s.share < 0.9]
    assert weak == []


def test_questions_in_scope_are_not_refused(result: BehaviourReport) -> None:
    """At most three of a thousand cases in scope are taken for out of scope, all mistyped ones."""
    refused = [each.case.text for each in result.observed if each.refused]
    assert len(refused) <= 0.003 * result.total.cases, refused


def test_confidence_is_honest(result: BehaviourReport) -> None:
    """At most 0.5 % are wrong at a confidence of 0.9; the calibration error is at most 5 %."""
    assert result.total.surely_wrong <= 0.005 * result.total.cases
    assert result.calibration_error <= 0.05
