"""First component: takes placeholders of personal data out, so that they do not sway intents."""

from typing import Any, Self

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.models.placeholders import read_over


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class PlaceholderReader(Component):
    """Component that removes or names the placeholders in a text.

    The components after it read the new text; the tracker keeps the shopper's own text.
    """

    @classmethod
    def create(cls, *_: Any) -> Self:
        """Create the component."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Replace the texts of training examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace the texts of messages."""
        for message in messages:
            if message.get(TEXT):
                message.set(TEXT, read_over(message.get(TEXT)))
        return messages
