"""Tests of the examination of training data."""

import pytest

from bot.evaluation.examination import Findings, examine
from bot.evaluation.labelled import read_training_data

WRONG = "which cookies does the site put in my browser, and why"


@pytest.fixture(scope="module")
def findings() -> Findings:
    """Findings on some of the training data, with mistakes put in."""
    some = [
        row for row in read_training_data() if row[1] in ("cookies", "support_hours", "children")
    ]
    here = [row for row in some if row[1] == "cookies"]
    spoiled = [
        *some,
        (WRONG, "children"),
        (here[0][0].upper(), "cookies"),
        (here[1][0], "support_hours"),
    ]
    return examine(
        spoiled, [(here[2][0].upper(), "cookies"), ("is it cold on the moon", "out_of_scope")], {}
    )


def test_a_wrong_label_is_found(findings: Findings) -> None:
    """An example with a wrong label is found, with its likely intent."""
    assert ("cookies", WRONG) in {
        (suspect.likely, suspect.example[0]) for suspect in findings.mislabelled[:5]
    }


def test_near_duplicates_are_found_and_contradictions_come_first(findings: Findings) -> None:
    """Near duplicates are found, and those with two intents come first."""
    assert findings.duplicates[0].contradicts
    assert any(not pair.contradicts and pair.other[0].isupper() for pair in findings.duplicates)


def test_overlap_with_the_test_set_is_found(findings: Findings) -> None:
    """Only a test message that is nearly a training example is found."""
    assert [pair.one[0] for pair in findings.overlap if pair.one[1] == "out_of_scope"] == []
    assert findings.overlap
