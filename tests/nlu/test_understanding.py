"""Tests of the trained model as a whole, on the separate test set."""

import asyncio
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import trained_model
from bot.cli.evaluate import understand
from bot.evaluation.labelled import read_nlu
from bot.evaluation.measures import Report
from bot.paths import NLU_DIR, TEST_SET
from bot.topics import IN_DIALOGUE, OTHER_LANGUAGE, OUT_OF_SCOPE, POLICY_TOPICS, TOPICS


@pytest.fixture(scope="module")
def result(model: Path) -> Report:
    """Evaluation on the project's test set."""
    return asyncio.run(understand(read_nlu(TEST_SET)))


@pytest.fixture(scope="module")
def parse(model: Path) -> Any:
    """Function that returns the parse data of one message."""
    agent = trained_model.load(lean=False)
    return cache(lambda text: asyncio.run(agent.parse_message(text)))


def training_data() -> dict[str, list[str]]:
    """Return the training examples of each intent."""
    found: dict[str, list[str]] = {}
    for path in NLU_DIR.glob("*.yml"):
        if path.name != "aspects.yml":
            for text, intent in read_nlu(path):
                found.setdefault(intent, []).append(text)
    return found


def test_accuracy(result: Report) -> None:
    """At least 92 % of the test set are understood as labelled, or offered in a question back."""
    assert result.lenient_accuracy >= 0.92


def test_out_of_scope_is_not_answered(result: Report) -> None:
    """At most 5 % of the out-of-scope messages get an answer."""
    assert result.out_of_scope_answered <= 0.05


def test_confidence_is_calibrated(result: Report) -> None:
    """The calibration error of the confidences is at most 5 %."""
    assert result.calibration_error <= 0.05


def test_there_is_enough_training_data() -> None:
    """Each policy topic has 80 examples, out of scope has 150, each other intent has some.

    Another language is recognised before, by script and words, so it needs none.
    """
    counts = {intent: len(texts) for intent, texts in training_data().items()}
    assert min(counts[topic.name] for topic in POLICY_TOPICS) >= 80
    assert counts[OUT_OF_SCOPE] >= 150
    assert set(counts) == {*TOPICS, *IN_DIALOGUE, OUT_OF_SCOPE} - {OTHER_LANGUAGE}


def test_the_test_set_covers_every_topic() -> None:
    """The test set has 15 examples or more of each policy topic."""
    counts = Counter(intent for _, intent in read_nlu(TEST_SET))
    assert min(counts[topic.name] for topic in POLICY_TOPICS) >= 15


def test_training_and_test_do_not_overlap() -> None:
    """No text of four words or more is in both the training data and the test set."""
    train = {text.lower().strip("?!. ") for texts in training_data().values() for text in texts}
    overlap = {
        text
        for text, _ in read_nlu(TEST_SET)
        if len(text.split()) > 3 and text.lower().strip("?!. ") in train
    }
    assert overlap == set()


def test_no_example_has_two_labels() -> None:
    """No training example is under two intents."""
    seen: dict[str, str] = {}
    for intent, texts in training_data().items():
        for text in texts:
            assert seen.setdefault(text.lower(), intent) == intent, text


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("do you sell my info and whats a cookie", ["selling", "cookies"]),
        ("hours? also is it safe to type my card here", ["support_hours", "encryption"]),
        ("what do you do with my name and address", ["use"]),
        ("My wife ordered a lamp last week. Do you sell her details?", ["selling"]),
        ("do you sell my data? do you sell it?", ["selling"]),
        ("are you a robot, and do you sell my data?", ["about_bot", "selling"]),
        ("you don't sell my data, do you?", ["selling"]),
        ("do you use cookies and can i turn them off", ["cookies"]),
        ("do you need my real name and why", ["collection", "use"]),
        ("tell me about encryption, cookies and selling", ["encryption", "cookies", "selling"]),
        (
            "do you share data with google for ads and how can i opt out of that",
            ["tracking", "opt_out"],
        ),
    ],
)
def test_questions_of_a_message(parse: Any, text: str, intents: list[str]) -> None:
    """Several questions are understood one by one, each topic once.

    A story, or an "and" inside a question, makes no second question.
    """
    assert [question["intent"] for question in parse(text)["questions"]] == intents


def test_entities_belong_to_their_question(parse: Any) -> None:
    """Each entity of a message is given to the question that mentions it."""
    first, second = parse("do you sell my phone number? do you collect my birthday?")["questions"]
    assert {e["value"] for e in first["entities"] if e["entity"] == "data_kind"} == {"phone_number"}
    assert {e["value"] for e in second["entities"] if e["entity"] == "data_kind"} == {"birthday"}


@pytest.mark.parametrize("text", ["and my address?", "what about my phone number", "n my email?"])
def test_elliptical_questions_are_marked(parse: Any, text: str) -> None:
    """A question that continues the last one is marked as elliptical."""
    assert parse(text)["questions"][0]["elliptical"]


def test_whole_questions_are_not_elliptical(parse: Any) -> None:
    """A question with its own verb is not marked as elliptical, even if it begins with "and"."""
    assert not parse("and do you sell my address?")["questions"][0]["elliptical"]
