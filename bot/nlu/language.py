"""spaCy in the pipeline, and the entities that it finds."""

from dataclasses import asdict
from typing import Any, Self

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.models.phrases import language, named

Type = DefaultV1Recipe.ComponentType


@DefaultV1Recipe.register([Type.MODEL_LOADER, Type.MESSAGE_FEATURIZER], is_trainable=False, model_from="StoreSpacy")
class StoreSpacy(SpacyNLP):
    """Provides the pipeline that this project assembles from rules, where the stock component loads a trained package."""

    @staticmethod
    def load_model(spacy_model_name: str) -> SpacyModel:
        """Return the project's own pipeline, whatever the name."""
        return SpacyModel(model=language(), model_name="store")

    @staticmethod
    def ensure_proper_language_model(nlp: Any) -> None:
        """Accept a pipeline that was assembled in memory: nothing of it is on disk."""


@DefaultV1Recipe.register(Type.ENTITY_EXTRACTOR, is_trainable=False)
class NamedThings(GraphComponent, EntityExtractorMixin):
    """Turns what the pipeline found into Rasa entities: kinds of data and aspects of a topic."""

    @classmethod
    def create(cls, *_: Any) -> Self:
        """Creates component (see parent class for full docstring)."""
        return cls()

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [StoreSpacy]

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the entities of each message."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is not None:
                entities = self.add_extractor_name([asdict(thing) for thing in named(doc)])
                message.set(ENTITIES, entities, add_to_output=True)
        return messages
