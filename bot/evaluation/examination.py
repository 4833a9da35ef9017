"""Search for duplicates, wrong labels, and overlap with the test set in the training data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.evaluation.labelled import Labelled
from bot.nlu.models.encoder import default_encoder, meanings
from bot.nlu.models.kernel import KernelModel

# Similarity in meaning from which two messages differ only by punctuation, a typo or a synonym.
NEAR = 0.97


@dataclass(frozen=True)
class Pair:
    """Two messages that are nearly the same."""

    one: Labelled
    other: Labelled
    similarity: float

    @property
    def contradicts(self) -> bool:
        """True if the two have different labels."""
        return self.one[1] != self.other[1]


@dataclass(frozen=True)
class Suspect:
    """Training example that a model of all others takes for another intent."""

    example: Labelled
    likely: str
    confidence: float


@dataclass(frozen=True)
class Findings:
    """Results of an examination, the clearest cases first."""

    duplicates: tuple[Pair, ...]
    mislabelled: tuple[Suspect, ...]
    overlap: tuple[Pair, ...]  # of test messages (one) with training examples (other)


def examine(
    training: Sequence[Labelled], test: Sequence[Labelled], settings: dict[str, Any]
) -> Findings:
    """Return findings on the training data; ``settings`` are those of ``KernelModel``."""
    encoder = default_encoder()
    views = encoder.encode([text for text, _ in training])
    here, there = meanings(views), meanings(encoder.encode([text for text, _ in test]))
    model = KernelModel(**settings)
    unseen = model.fit([text for text, _ in training], views, [intent for _, intent in training])
    return Findings(
        duplicates=tuple(_pairs(training, training, np.triu(here @ here.T, k=1))),
        mislabelled=tuple(_suspects(training, model, model.probabilities(unseen.margins))),
        overlap=tuple(_pairs(test, training, there @ here.T)),
    )


def _pairs(
    ones: Sequence[Labelled], others: Sequence[Labelled], similarity: np.ndarray
) -> list[Pair]:
    found = [
        Pair(ones[row], others[column], float(similarity[row, column]))
        for row, column in np.argwhere(similarity >= NEAR)
    ]
    return sorted(found, key=lambda pair: (not pair.contradicts, -pair.similarity))


def _suspects(
    training: Sequence[Labelled], model: KernelModel, probabilities: np.ndarray
) -> list[Suspect]:
    """Return examples with a likely wrong label, by confident learning (Northcutt et al. 2021).

    A label is held for an example if it is at least as probable as, on average, for the examples
    that have the label. An example is suspect if the most probable held label is another one.
    """
    mean = np.array(
        [probabilities[model.targets == label, label].mean() for label in range(len(model.labels))]
    )
    held = np.where(probabilities >= mean, probabilities, 0.0)
    likely = held.argmax(axis=1)
    found = [
        Suspect(
            training[place], model.labels[likely[place]], float(probabilities[place, likely[place]])
        )
        for place in np.flatnonzero((held.max(axis=1) > 0) & (likely != model.targets))
    ]
    return sorted(found, key=lambda suspect: -suspect.confidence)
