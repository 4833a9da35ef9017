"""Rasa component that reads every store's name as the same words."""

from typing import Any, Self

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.models.store_name import addressed, neutral


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class StoreNameReader(Component):
    """Component that replaces the names of the store in a message."""

    @classmethod
    def create(cls, *_: Any) -> Self:
        """Create the component."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Read the store as "you"; the training data names no store, so that any can use it."""
        for example in training_data.training_examples:
            if example.get(TEXT):
                example.set(TEXT, addressed(example.get(TEXT)))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace the texts of messages; the payload of a choice has no name in it."""
        for message in messages:
            if message.get(TEXT):
                message.set(TEXT, addressed(neutral(message.get(TEXT))))
        return messages
