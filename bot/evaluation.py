"""Measures of understanding on a labelled set; plain arithmetic, no Rasa."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from bot.topics import ANSWERABLE, CLARIFY, OUT_OF_SCOPE

RELIABILITY_BINS = 10
# How shoppers tell who they are around a question, as the assistant is told it.
INTRODUCTIONS = (
    "my email is [email-1], {}",
    "{} my number is [phone-1]",
    "order number [order_number-1], {}",
    "I live at [address-1]. {}",
    "{} ([email-1])",
    "my card is [card-1]. {}",
)


@dataclass(frozen=True)
class Example:
    """One labelled message and how it was understood."""

    text: str
    expected: str
    predicted: str
    confidence: float
    offered: tuple[str, ...] = ()  # what a clarifying reply offered

    @property
    def right(self) -> bool:
        """Whether it was understood as its label says."""
        return self.predicted == self.expected


@dataclass(frozen=True)
class TopicScore:
    """Precision, recall and F1 of one label, and how many examples have it."""

    label: str
    precision: float
    recall: float
    f1: float
    examples: int


@dataclass(frozen=True)
class Report:
    """What an evaluation found."""

    examples: tuple[Example, ...]
    scores: tuple[TopicScore, ...]

    @property
    def accuracy(self) -> float:
        """Share of examples understood as labelled."""
        return float(np.mean([example.right for example in self.examples]))

    @property
    def lenient_accuracy(self) -> float:
        """The same, when a clarifying reply that offers the right topic counts as right."""
        return float(np.mean([example.right or example.expected in example.offered for example in self.examples]))

    @property
    def in_scope_accuracy(self) -> float:
        """Share of examples of the bot's topics understood as labelled."""
        return float(np.mean([example.right for example in self.examples if example.expected != OUT_OF_SCOPE]))

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the labels."""
        return float(np.mean([score.f1 for score in self.scores]))

    @property
    def out_of_scope_recall(self) -> float:
        """Share of out-of-scope examples recognised as such."""
        outside = [example for example in self.examples if example.expected == OUT_OF_SCOPE]
        return float(np.mean([example.right for example in outside])) if outside else float("nan")

    @property
    def out_of_scope_answered(self) -> float:
        """Share of out-of-scope examples that got an answer, which is always wrong."""
        outside = [example for example in self.examples if example.expected == OUT_OF_SCOPE]
        return float(np.mean([example.predicted in ANSWERABLE for example in outside])) if outside else float("nan")

    @property
    def clarified(self) -> float:
        """Share of examples that were asked back."""
        return float(np.mean([example.predicted == CLARIFY for example in self.examples]))

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten equal bins of confidence (Guo et al. 2017); clarifying replies claim nothing."""
        claimed = [example for example in self.examples if example.predicted != CLARIFY]
        confidence = np.array([example.confidence for example in claimed])
        right = np.array([example.right for example in claimed], dtype=float)
        bins = np.minimum((confidence * RELIABILITY_BINS).astype(int), RELIABILITY_BINS - 1)
        error = 0.0
        for number in range(RELIABILITY_BINS):
            inside = bins == number
            if inside.any():
                error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
        return float(error)

    def worst(self, count: int = 10) -> list[Example]:
        """Return the mistakes that were made with most confidence."""
        return sorted((e for e in self.examples if not e.right), key=lambda example: -example.confidence)[:count]


def introduced(labelled: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the labelled texts with placeholders for personal data around each, in the ways of ``INTRODUCTIONS`` by turns."""
    return [(INTRODUCTIONS[place % len(INTRODUCTIONS)].format(text), label) for place, (text, label) in enumerate(labelled)]


def report(examples: Sequence[Example]) -> Report:
    """Score examples label by label."""
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


def read_nlu(path: Path) -> list[tuple[str, str]]:
    """Return (text, intent) of every example of a Rasa NLU file."""
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        (line.strip()[2:], entry["intent"])
        for entry in loaded["nlu"]
        if "intent" in entry
        for line in entry["examples"].splitlines()
        if line.strip().startswith("- ")
    ]


def draw_confusion(result: Report, path: Path) -> None:
    """Write the confusion matrix as a picture: rows are labels, columns what was understood, shares of each row."""
    from matplotlib.figure import Figure

    labels = sorted({example.expected for example in result.examples} | {example.predicted for example in result.examples})
    counts = np.zeros((len(labels), len(labels)))
    for example in result.examples:
        counts[labels.index(example.expected), labels.index(example.predicted)] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(13, 12), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("understood as")
    axes.set_ylabel("is")
    for row, column in np.argwhere(counts > 0):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, f"{counts[row, column]:.0f}", ha="center", va="center", color=colour, fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
