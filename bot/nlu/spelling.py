"""Rasa component that mends typing slips before a message is understood."""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import units
from bot.nlu.models.spelling import SpellingModel
from bot.nlu.trained import TrainedComponent


# Also registered as a featurizer: only a featurizer may change the training data for others.
@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER,
        DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER,
    ],
    is_trainable=True,
)
class SpellingMender(TrainedComponent):
    """Component that replaces a text by the one that was meant to be typed.

    The tracker keeps the text as the shopper typed it.
    """

    model_class = SpellingModel

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the words of the training examples."""
        self._model.fit(units.text_of(example) for example in training_data.training_examples)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Mend the training examples, so that they are like the messages to come."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Mend messages."""
        for message in messages:
            text = units.text_of(message)
            if text and not text.startswith("/"):  # the payload of a choice
                message.set(TEXT, self._model.mend(text))
        return messages
