"""Part of the bot's pipeline that decides on meaning, for training on any data.

Components, order and settings are those of config.yml.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import class_from_module_path

from bot.assistant import trained_model
from bot.evaluation.labelled import Labelled
from bot.nlu import units
from bot.topics import OUT_OF_SCOPE

USED = ("SpellingMender", "SentenceEncoder", "TopicClassifier", "ScopeDetector")


@dataclass(frozen=True)
class Outcome:
    """Results for some questions, one entry for each question."""

    right: np.ndarray  # True if the best known intent is the label
    inside: np.ndarray  # True if the label is in scope
    scope: np.ndarray  # probability that the question is in scope

    def at(self, threshold: float) -> tuple[float, float]:
        """Return in-scope accuracy and out-of-scope recall with a threshold."""
        kept = self.scope >= threshold
        return float((self.right & kept)[self.inside].mean()), float((~kept)[~self.inside].mean())

    def best(self) -> float:
        """Return the threshold with which most questions are right."""
        order = np.argsort(self.scope)
        lost, gained = np.cumsum((self.right & self.inside)[order]), np.cumsum(~self.inside[order])
        return float(self.scope[order][min(np.argmax(gained - lost) + 1, len(order) - 1)])


class Pipeline:
    """Pipeline of the components, stored in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        config = yaml.safe_load(trained_model.CONFIG.read_text(encoding="utf-8"))
        self._storage = LocalModelStorage(folder)
        self._components = []
        for settings in config["pipeline"]:
            kind = (
                class_from_module_path(settings["name"])
                if settings["name"].startswith("bot.")
                else None
            )
            if kind is not None and kind.__name__ in USED:
                self._components.append(self._make(kind, {**kind.get_default_config(), **settings}))

    def train(self, rows: list[Labelled]) -> None:
        """Train the components one after the other, as Rasa does."""
        data = TrainingData([Message({TEXT: text, INTENT: intent}) for text, intent in rows])
        for component in self._components:
            if hasattr(component, "train"):
                component.train(data)
            if hasattr(component, "process_training_data"):
                component.process_training_data(data)

    def understand(self, rows: list[Labelled]) -> Outcome:
        """Return the results for labelled questions."""
        right, scope = [], []
        for start in range(0, len(rows), 64):
            messages = [Message({TEXT: text}) for text, _ in rows[start : start + 64]]
            for component in self._components:
                messages = component.process(messages)
            for message, (_, intent) in zip(messages, rows[start : start + 64], strict=True):
                ranking = message.get("intent_ranking")
                best = next(entry["name"] for entry in ranking if entry["name"] != OUT_OF_SCOPE)
                right.append(best == intent)
                scope.append(message.get(units.SCOPE))
        return Outcome(
            np.array(right),
            np.array([intent != OUT_OF_SCOPE for _, intent in rows]),
            np.array(scope),
        )

    def _make(self, kind: Any, settings: dict[str, Any]) -> Any:
        context = ExecutionContext(GraphSchema({}), node_name=kind.__name__)
        return kind.create(settings, self._storage, Resource(kind.__name__), context)
