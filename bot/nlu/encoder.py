"""Rasa component for the sentence encoder."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import units
from bot.nlu.component import Component
from bot.nlu.models.encoder import DIMENSIONS, VIEWS, Encoder, default_encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, Component):
    """Featurizer that adds vectors of meaning to a message and its candidate questions.

    All views of a text are one dense sentence feature.
    """

    def __init__(self, config: dict[str, Any], name: str, encoder: Encoder) -> None:
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls, config: dict[str, Any], _storage: Any, _resource: Any, execution_context: Any
    ) -> Self:
        """Create the component."""
        return cls(config, execution_context.node_name, default_encoder())

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any config: there is nothing to set."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to the training examples."""
        self._encode(example for example in training_data.training_examples if example.get(TEXT))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vectors to messages and their candidates."""
        self._encode(unit for message in messages for unit in units.units(message))
        return messages

    def _encode(self, messages: Iterable[Message]) -> None:
        batch = list(messages)
        for message, views in zip(
            batch, self._encoder.encode([units.text_of(message) for message in batch]), strict=True
        ):
            message.add_features(
                Features(views.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
            )


def views_of(messages: Iterable[Message]) -> np.ndarray:
    """Return the encoder's views of ``messages``, shape (messages, VIEWS, DIMENSIONS).

    Raises ValueError for a message without a sentence vector.
    """
    rows = []
    for message in messages:
        _, sentence = message.get_dense_features(TEXT)
        if sentence is None:
            raise ValueError(
                "A message has no sentence vector: "
                "SentenceEncoder must come before this component in config.yml."
            )
        rows.append(sentence.features[0])
    return np.array(rows, dtype=np.float32).reshape(len(rows), VIEWS, DIMENSIONS)
