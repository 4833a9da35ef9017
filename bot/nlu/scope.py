"""Rasa component that detects messages out of the bot's scope."""

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import units
from bot.nlu.classifier import TopicClassifier, labelled
from bot.nlu.models.kernel import Scores, label_order
from bot.nlu.models.scope import ScopeModel
from bot.nlu.trained import TrainedComponent
from bot.topics import OUT_OF_SCOPE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ScopeDetector(TrainedComponent):
    """Detector that sets the probability of each unit to be in scope."""

    model_class = ScopeModel

    @classmethod
    def required_components(cls) -> list[type]:
        """Return the components that must come before this one in the pipeline."""
        return [TopicClassifier]

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the scores of each example, from a classifier that was trained without it."""
        examples = labelled(training_data)
        labels = label_order(example.get(INTENT) for example in examples)
        targets = np.array([labels.index(example.get(INTENT)) for example in examples])
        outside = labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else None
        self._model.fit(*_scores(examples), targets, outside)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the probability to be in scope of each unit of each message."""
        for message in messages:
            batch = units.units(message)
            for unit, inside in zip(batch, self._model.inside(*_scores(batch)), strict=True):
                unit.set(units.SCOPE, float(inside))
        return messages


def _scores(examples: list[Message]) -> tuple[list[str], Scores, np.ndarray]:
    texts = [units.text_of(example) for example in examples]
    scores = Scores.joined(example.get(units.SCORES) for example in examples)
    return texts, scores, np.array([example.get(units.PROBABILITIES) for example in examples])
