"""Rasa component that classifies intents."""

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import units
from bot.nlu.encoder import SentenceEncoder, views_of
from bot.nlu.models.kernel import KernelModel, Scores
from bot.nlu.trained import TrainedComponent

_UNSEEN = "unseen.npz"
_NEAREST = 5  # training examples that the parse data show with a message
Type = DefaultV1Recipe.ComponentType


# Also registered as a featurizer: only a featurizer may pass data to components trained after it.
@DefaultV1Recipe.register([Type.MESSAGE_FEATURIZER, Type.INTENT_CLASSIFIER], is_trainable=True)
class TopicClassifier(TrainedComponent):
    """Classifier that ranks the intents of a message and of each of its candidate questions.

    Its confidences are calibrated.
    """

    model_class = KernelModel
    model_settings = ("width", "ngrams", "acts", "noise")

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default settings of ``KernelModel``."""
        return {"width": 2.0, "ngrams": 0.05, "acts": 0.1, "noise": 0.05}

    @classmethod
    def required_components(cls) -> list[type]:
        """Return the components that must come before this one in the pipeline."""
        return [SentenceEncoder]

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the examples that have an intent."""
        examples = labelled(training_data)
        unseen = self._model.fit(
            [units.text_of(example) for example in examples],
            views_of(examples),
            [example.get(INTENT) for example in examples],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
            unseen.save(folder / _UNSEEN)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set the scores of each training example, from a model that was trained without it.

        The components after this one are trained on scores as they are for new messages.
        """
        with self._storage.read_from(self._resource) as folder:
            unseen = Scores.load(folder / _UNSEEN)
        self._set_scores(labelled(training_data), unseen)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the scores and ranking of messages and candidates; ``Decision`` sets the intent."""
        for message in messages:
            batch = units.units(message)
            scores = self._model.scores([units.text_of(unit) for unit in batch], views_of(batch))
            for unit, probabilities in zip(batch, self._set_scores(batch, scores), strict=True):
                unit.set(INTENT_RANKING_KEY, self._ranking(probabilities))
            message.set(units.NEAREST, self._nearest(scores), add_to_output=True)
        return messages

    def _set_scores(self, batch: list[Message], scores: Scores) -> np.ndarray:
        probabilities = self._model.probabilities(scores.margins)
        for row, unit in enumerate(batch):
            unit.set(units.SCORES, scores.of(row))
            unit.set(units.PROBABILITIES, probabilities[row])
        return probabilities

    def _nearest(self, scores: Scores) -> list[dict[str, Any]]:
        return [
            {
                "text": self._model.texts[example],
                "intent": self._model.labels[self._model.targets[example]],
                "similarity": round(float(similarity), 3),
            }
            for example, similarity in zip(
                scores.neighbours[0][:_NEAREST], scores.similarity[0], strict=False
            )
        ]

    def _ranking(self, probabilities: np.ndarray) -> list[dict[str, Any]]:
        order = np.argsort(-probabilities)
        return [
            {"name": self._model.labels[i], "confidence": float(probabilities[i])} for i in order
        ]


def labelled(training_data: TrainingData) -> list[Message]:
    """Return the examples that have a text and an intent."""
    return [
        example
        for example in training_data.training_examples
        if example.get(TEXT) and example.get(INTENT)
    ]
