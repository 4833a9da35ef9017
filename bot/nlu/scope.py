"""Whether a message is about anything the bot knows."""

from typing import Any, Self

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import units
from bot.nlu.classifier import TopicClassifier, labelled
from bot.nlu.encoder import vectors_of
from bot.nlu.models.scope import ScopeModel
from bot.topics import OUT_OF_SCOPE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ScopeDetector(GraphComponent, IntentClassifier):
    """Gives each unit the probability that it is in scope."""

    def __init__(self, model: ScopeModel, storage: ModelStorage, resource: Resource) -> None:
        self._model = model
        self._storage = storage
        self._resource = resource

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [TopicClassifier]

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Self:
        """Creates component (see parent class for full docstring)."""
        return cls(ScopeModel(), model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """Loads a trained component (see parent class for full docstring)."""
        with model_storage.read_from(resource) as folder:
            return cls(ScopeModel.load(folder), model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the examples' margins under a classifier that had not seen them."""
        examples = labelled(training_data)
        inside = np.array([example.get(INTENT) != OUT_OF_SCOPE for example in examples])
        if inside.all():
            raise ValueError(f"There is no example of the intent {OUT_OF_SCOPE!r}: add data/nlu/{OUT_OF_SCOPE}.yml.")
        outside = sorted({example.get(INTENT) for example in examples}).index(OUT_OF_SCOPE)
        self._model.fit(vectors_of(examples), *_scores(examples), outside, inside)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the probability of each unit of each message."""
        for message in messages:
            batch = units.units(message)
            for unit, inside in zip(batch, self._model.inside(vectors_of(batch), *_scores(batch)), strict=True):
                unit.set(units.SCOPE, float(inside))
        return messages


def _scores(examples: list[Message]) -> tuple[np.ndarray, np.ndarray]:
    margins = np.array([example.get(units.MARGINS) for example in examples])
    probabilities = np.array([example.get(units.PROBABILITIES) for example in examples])
    return margins, probabilities
