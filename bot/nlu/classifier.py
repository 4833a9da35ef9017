"""The intent classifier."""

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import units
from bot.nlu.encoder import SentenceEncoder, vectors_of
from bot.nlu.models.linear import LinearModel
from bot.nlu.trained import TrainedComponent

_UNSEEN = "unseen.npy"
Type = DefaultV1Recipe.ComponentType


# A featurizer too, because Rasa lets only those hand something to the components trained after them.
@DefaultV1Recipe.register([Type.MESSAGE_FEATURIZER, Type.INTENT_CLASSIFIER], is_trainable=True)
class TopicClassifier(TrainedComponent):
    """Ranks the intents for a message and for each of its candidate questions, with calibrated confidence."""

    model_class = LinearModel
    model_settings = ("penalty",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``penalty`` is the linear SVM's C."""
        return {"penalty": 1.0}

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [SentenceEncoder]

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the examples that have an intent."""
        examples = labelled(training_data)
        margins = self._model.fit(
            [units.text_of(example) for example in examples],
            vectors_of(examples),
            [example.get(INTENT) for example in examples],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
            np.save(folder / _UNSEEN, margins)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give training examples the margins of a model that had not seen them, for what is trained after this component."""
        with self._storage.read_from(self._resource) as folder:
            unseen = np.load(folder / _UNSEEN)
        for example, margins, probabilities in zip(
            labelled(training_data), unseen, self._model.probabilities(unseen), strict=True
        ):
            example.set(units.MARGINS, margins)
            example.set(units.PROBABILITIES, probabilities)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the margins, probabilities and ranking of each message and of its candidates; ``Decision`` sets the intent."""
        for message in messages:
            batch = units.units(message)
            margins = self._model.margins([units.text_of(unit) for unit in batch], vectors_of(batch))
            for unit, row, probabilities in zip(batch, margins, self._model.probabilities(margins), strict=True):
                unit.set(units.MARGINS, row)
                unit.set(units.PROBABILITIES, probabilities)
                unit.set(INTENT_RANKING_KEY, self._ranking(probabilities))
        return messages

    def _ranking(self, probabilities: np.ndarray) -> list[dict[str, Any]]:
        order = np.argsort(-probabilities)
        return [{"name": self._model.labels[i], "confidence": float(probabilities[i])} for i in order]


def labelled(training_data: TrainingData) -> list[Message]:
    """Return the examples that have a text and an intent."""
    return [example for example in training_data.training_examples if example.get(TEXT) and example.get(INTENT)]
