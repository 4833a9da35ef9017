"""Rasa components for spaCy: the language pipeline, and the entities that it finds."""

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


@DefaultV1Recipe.register(
    [Type.MODEL_LOADER, Type.MESSAGE_FEATURIZER], is_trainable=False, model_from="StoreSpacy"
)
class StoreSpacy(SpacyNLP):
    """Provider of the store's spaCy pipeline.

    The pipeline is built from rules; the stock component would load a trained package.
    """

    @staticmethod
    def load_model(spacy_model_name: str) -> SpacyModel:
        """Return the store's own pipeline, for any name."""
        return SpacyModel(model=language(), model_name="store")

    @staticmethod
    def ensure_proper_language_model(nlp: Any) -> None:
        """Accept any pipeline: the store's is built in memory, and nothing of it is on disk."""


@DefaultV1Recipe.register(Type.ENTITY_EXTRACTOR, is_trainable=False)
class NamedThings(GraphComponent, EntityExtractorMixin):
    """Extractor of the entities that spaCy found: kinds of data and aspects of a topic."""

    @classmethod
    def create(cls, *_: Any) -> Self:
        """Create the component."""
        return cls()

    @classmethod
    def required_components(cls) -> list[type]:
        """Return the components that must come before this one in the pipeline."""
        return [StoreSpacy]

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the entities of each message."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is not None:
                entities = self.add_extractor_name([asdict(thing) for thing in named(doc)])
                message.set(ENTITIES, entities, add_to_output=True)
        return messages
