"""Rasa component that splits a message into candidate questions."""

from typing import Any, Self

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import units
from bot.nlu.component import Component
from bot.nlu.models.splitting import pieces


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class QuestionSplitter(Component):
    """Component that adds candidate questions to a message.

    ``Decision`` decides later, by their meaning, which of them are questions.
    """

    @classmethod
    def create(cls, *_: Any) -> Self:
        """Create the component."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave training examples whole: each is one question."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the candidates of each message that has two parts or more."""
        for message in messages:
            parts = pieces(units.text_of(message))
            if len(parts) > 1 or any(part.parts for part in parts):
                message.set(units.CANDIDATES, [units.candidate(part) for part in parts])
        return messages
