"""The first component: what stands for personal data is read over, so that it does not sway what a message is taken to mean."""

from typing import Any, Self

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.models.placeholders import read_over


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class PlaceholderReader(Component):
    """Sets a message's text to what the components after it read; the tracker keeps the text as it was said."""

    @classmethod
    def create(cls, *_: Any) -> Self:
        """Creates component (see parent class for full docstring)."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Read over the placeholders of training examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Read over the placeholders of messages."""
        for message in messages:
            if message.get(TEXT):
                message.set(TEXT, read_over(message.get(TEXT)))
        return messages
