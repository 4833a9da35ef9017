"""Measures of understanding on a labelled set, in plain arithmetic without Rasa."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.topics import ANSWERABLE, CLARIFY, OUT_OF_SCOPE

RELIABILITY_BINS = 10


@dataclass(frozen=True)
class Example:
    """Labelled message with the intent that was understood."""

    text: str
    expected: str
    predicted: str
    confidence: float
    offered: tuple[str, ...] = ()  # topics that a question back offered

    @property
    def right(self) -> bool:
        """True if the understood intent is the label."""
        return self.predicted == self.expected


@dataclass(frozen=True)
class TopicScore:
    """Precision, recall and F1 of one label, and its number of examples."""

    label: str
    precision: float
    recall: float
    f1: float
    examples: int


@dataclass(frozen=True)
class Bin:
    """Mean confidence and share of right answers of examples with similar confidence."""

    claimed: float
    right: float
    examples: int


@dataclass(frozen=True)
class Report:
    """Results of an evaluation."""

    examples: tuple[Example, ...]
    scores: tuple[TopicScore, ...]

    @property
    def accuracy(self) -> float:
        """Share of examples understood as labelled."""
        return float(np.mean([example.right for example in self.examples]))

    @property
    def lenient_accuracy(self) -> float:
        """The same, if a question back that offers the right topic counts as right."""
        return float(
            np.mean(
                [example.right or example.expected in example.offered for example in self.examples]
            )
        )

    @property
    def in_scope_accuracy(self) -> float:
        """Share of examples of the bot's topics understood as labelled."""
        return float(
            np.mean(
                [example.right for example in self.examples if example.expected != OUT_OF_SCOPE]
            )
        )

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the labels."""
        return float(np.mean([score.f1 for score in self.scores]))

    @property
    def out_of_scope_recall(self) -> float:
        """Share of out-of-scope examples that were recognised; NaN without such examples."""
        outside = [example for example in self.examples if example.expected == OUT_OF_SCOPE]
        return float(np.mean([example.right for example in outside])) if outside else float("nan")

    @property
    def out_of_scope_answered(self) -> float:
        """Share of out-of-scope examples that got an answer; NaN without such examples.

        An answer to them is always wrong.
        """
        outside = [example for example in self.examples if example.expected == OUT_OF_SCOPE]
        return (
            float(np.mean([example.predicted in ANSWERABLE for example in outside]))
            if outside
            else float("nan")
        )

    @property
    def clarified(self) -> float:
        """Share of examples that got a question back."""
        return float(np.mean([example.predicted == CLARIFY for example in self.examples]))

    @property
    def reliability(self) -> list[Bin]:
        """Ten equal bins of confidence, without empty ones.

        Questions back claim nothing and are in none.
        """
        claimed = [example for example in self.examples if example.predicted != CLARIFY]
        return reliability([(example.confidence, example.right) for example in claimed])

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over the bins (Guo et al. 2017)."""
        return calibration_error(self.reliability)

    def weakest(self, count: int = 10) -> list[TopicScore]:
        """Return the labels with the lowest F1, the lowest first."""
        return sorted(self.scores, key=lambda score: score.f1)[:count]

    def taken_for(self, label: str) -> list[tuple[str, int]]:
        """Return the wrong intents of a label's examples with their counts, most frequent first."""
        return Counter(
            e.predicted for e in self.examples if e.expected == label and not e.right
        ).most_common()

    def worst(self, count: int = 10) -> list[Example]:
        """Return the mistakes with the highest confidence, the highest first."""
        return sorted(
            (e for e in self.examples if not e.right), key=lambda example: -example.confidence
        )[:count]


def reliability(claims: Iterable[tuple[float, bool]]) -> list[Bin]:
    """Return equal bins of confidence, without empty ones, for claims: confidence, and if right."""
    claimed = list(claims)
    confidence = np.array([sure for sure, _ in claimed])
    right = np.array([is_right for _, is_right in claimed], dtype=float)
    place = np.minimum((confidence * RELIABILITY_BINS).astype(int), RELIABILITY_BINS - 1)
    return [
        Bin(
            float(confidence[place == number].mean()),
            float(right[place == number].mean()),
            int((place == number).sum()),
        )
        for number in sorted(set(place.tolist()))
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error over bins (Guo et al. 2017); 0 without any."""
    weighted = sum(each.examples * abs(each.claimed - each.right) for each in bins)
    return weighted / max(sum(each.examples for each in bins), 1)


def report(examples: Sequence[Example]) -> Report:
    """Return the report on examples, with a score for each label."""
    expected = Counter(example.expected for example in examples)
    predicted = Counter(example.predicted for example in examples)
    right = Counter(example.expected for example in examples if example.right)
    scores = []
    for label in sorted(expected):
        precision = right[label] / predicted[label] if predicted[label] else 0.0
        recall = right[label] / expected[label]
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        scores.append(TopicScore(label, precision, recall, f1, expected[label]))
    return Report(tuple(examples), tuple(scores))
