"""Base class of the components that hold a trained model."""

from typing import Any, ClassVar, Self

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier

from bot.nlu.component import Component


class TrainedComponent(Component, IntentClassifier):
    """Component with one model of ``bot.nlu.models``, stored as part of Rasa's model.

    A subclass names the class of the model, and the config keys that the class takes.
    """

    model_class: ClassVar[Any]
    model_settings: ClassVar[tuple[str, ...]] = ()

    def __init__(self, model: Any, storage: ModelStorage, resource: Resource) -> None:
        self._model = model
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """Create the component."""
        model = cls.model_class(**{name: config[name] for name in cls.model_settings})
        return cls(model, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """Load the trained component from Rasa's model."""
        with model_storage.read_from(resource) as folder:
            return cls(cls.model_class.load(folder), model_storage, resource)
