"""Search for the clause of the policy that is closest to a message that was not understood."""

from typing import Any, Self

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.decision import Decision
from bot.nlu.encoder import views_of
from bot.nlu.models.encoder import default_encoder, meanings
from bot.policy.document import load
from bot.topics import CLARIFY

PASSAGE = "passage"  # in the parse data: the id of a clause


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ClosestPassage(GraphComponent, IntentClassifier):
    """Component that sets the closest clause of an unclear message, if one is close enough.

    Unclear messages are those with the intent ``CLARIFY``; closeness is similarity in meaning.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._close: float = config["close"]
        self._clauses = [clause.id for clause in load().clauses()]
        # One text at a time: a batch of long texts takes 50 MB, which the process would keep.
        self._meanings = np.vstack(
            [meanings(default_encoder().encode([clause.plain])) for clause in load().clauses()]
        )

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the least similarity in meaning (cosine) at which a clause is quoted."""
        return {"close": 0.4}

    @classmethod
    def required_components(cls) -> list[type]:
        """Return the components that must come before this one in the pipeline."""
        return [Decision]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """Create the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the closest clause of each unclear message."""
        for message in messages:
            if message.get(INTENT)["name"] == CLARIFY:
                similarity = self._meanings @ meanings(views_of([message]))[0]
                if similarity.max() >= self._close:
                    message.set(PASSAGE, self._clauses[similarity.argmax()], add_to_output=True)
        return messages
