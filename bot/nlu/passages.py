"""The passage of the policy that is closest to a message which was not understood well enough to be answered."""

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
    """Names the clause that is closest in meaning to a message that is asked back, if one is close enough."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._close: float = config["close"]
        self._clauses = [clause.id for clause in load().clauses()]
        # One by one: what a batch of long texts needs while it is encoded, 50 MB, would be kept.
        self._meanings = np.vstack([meanings(default_encoder().encode([clause.text])) for clause in load().clauses()])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The least similarity in meaning (cosine) for a passage to be quoted."""
        return {"close": 0.4}

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [Decision]

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Self:
        """Creates component (see parent class for full docstring)."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the passage of messages that are asked back."""
        for message in messages:
            if message.get(INTENT)["name"] == CLARIFY:
                similarity = self._meanings @ meanings(views_of([message]))[0]
                if similarity.max() >= self._close:
                    message.set(PASSAGE, self._clauses[similarity.argmax()], add_to_output=True)
        return messages
