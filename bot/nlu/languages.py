"""Rasa component that recognises messages in other languages, before anything is understood."""

from typing import Any, Self

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import units
from bot.nlu.component import Component
from bot.nlu.models.tongues import language_of

LANGUAGE = "language"  # of a message, as a code; absent for English


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class LanguageReader(Component):
    """Component that sets the language of a message that is not in English."""

    @classmethod
    def create(cls, *_: Any) -> Self:
        """Create the component."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave training examples as they are: all are English."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the language of each message in another one."""
        for message in messages:
            if code := language_of(units.text_of(message)):
                message.set(LANGUAGE, code)
        return messages
