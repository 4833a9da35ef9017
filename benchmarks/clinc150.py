"""The bot's own understanding on CLINC150 (Larson et al. 2019): in-scope accuracy and out-of-scope recall, time, calibration.

    .venv/bin/python benchmarks/clinc150.py FOLDER    # that of data_full.json, or the file itself

The components are those of config.yml, in its order and with its settings: spelling, encoder, classifier, scope; only their
training data is CLINC150's. The one threshold, on the probability of being in scope, is the one with which most of the
validation split is right, in scope and out of scope together; other points are printed beside it. Larson et al. report for a
fine-tuned BERT 96.2 and 52.3 %, for Rasa 90.9 and 31.2 %, with thresholds chosen on the validation split too.
"""

import argparse
import json
import os
import tempfile
import time
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
from sklearn.metrics import roc_auc_score

from bot import assistant
from bot.nlu import units
from bot.topics import OUT_OF_SCOPE

USED = ("SpellingMender", "SentenceEncoder", "TopicClassifier", "ScopeDetector")
FRONTIER = (0.002, 0.005, 0.01, 0.02, 0.03)  # shares of the in-scope questions of the validation split that are turned away
FILE = "data_full.json"
SPEED = 300  # messages one at a time

Row = tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of some questions: the best intent, whether it is right, whether they are in scope, and how surely."""

    right: np.ndarray
    inside: np.ndarray
    scope: np.ndarray

    def at(self, threshold: float) -> tuple[float, float]:
        """Return in-scope accuracy and out-of-scope recall."""
        kept = self.scope >= threshold
        return float((self.right & kept)[self.inside].mean()), float((~kept)[~self.inside].mean())

    def best(self) -> float:
        """Return the threshold with which most is right."""
        order = np.argsort(self.scope)
        lost, gained = np.cumsum((self.right & self.inside)[order]), np.cumsum(~self.inside[order])
        return float(self.scope[order][min(np.argmax(gained - lost) + 1, len(order) - 1)])


class Pipeline:
    """The part of the bot's pipeline that decides on meaning, trained on other data."""

    def __init__(self, folder: Path) -> None:
        config = yaml.safe_load(assistant.CONFIG.read_text(encoding="utf-8"))
        self._storage = LocalModelStorage(folder)
        self._components = []
        for settings in config["pipeline"]:
            kind = class_from_module_path(settings["name"]) if settings["name"].startswith("bot.") else None
            if kind is not None and kind.__name__ in USED:
                self._components.append(self._make(kind, {**kind.get_default_config(), **settings}))

    def train(self, rows: list[Row]) -> None:
        """Train the components one after the other, as Rasa does."""
        data = TrainingData([Message({TEXT: text, INTENT: intent}) for text, intent in rows])
        for component in self._components:
            if hasattr(component, "train"):
                component.train(data)
            if hasattr(component, "process_training_data"):
                component.process_training_data(data)

    def understand(self, rows: list[Row]) -> Outcome:
        """Understand questions."""
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
        return Outcome(np.array(right), np.array([intent != OUT_OF_SCOPE for _, intent in rows]), np.array(scope))

    def _make(self, kind: Any, settings: dict[str, Any]) -> Any:
        context = ExecutionContext(GraphSchema({}), node_name=kind.__name__)
        return kind.create(settings, self._storage, Resource(kind.__name__), context)


def read(path: Path) -> dict[str, list[Row]]:
    """Return the splits of a file, or of the folder it is in, with the bot's own name for what is out of scope."""
    path = path / FILE if path.is_dir() else path
    if not path.is_file():
        raise SystemExit(f"There is no {path}. Give {FILE} of CLINC150 (github.com/clinc/oos-eval, data/), or its folder.")
    named = {"oos": OUT_OF_SCOPE}
    return {
        split: [(text, named.get(intent, intent)) for text, intent in rows]
        for split, rows in json.loads(path.read_text()).items()
    }


def main() -> None:
    """Print what was reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help=f"{FILE} of CLINC150, or its folder")
    splits = read(parser.parse_args().data)
    assistant.prepare(lean=False)
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder))
        started = time.perf_counter()
        pipeline.train(splits["train"] + splits["oos_train"])
        trained = time.perf_counter() - started
        chosen_on = pipeline.understand(splits["val"] + splits["oos_val"])
        test = pipeline.understand(splits["test"] + splits["oos_test"])
        started = time.perf_counter()
        for row in splits["test"][:: len(splits["test"]) // SPEED]:
            pipeline.understand([row])
        each = (time.perf_counter() - started) / len(splits["test"][:: len(splits["test"]) // SPEED])
    separation = roc_auc_score(test.inside, test.scope)
    print(f"in scope, no threshold {test.right[test.inside].mean():.4f}; AUROC of out of scope {separation:.4f}")
    print("threshold | in-scope accuracy, out-of-scope recall: validation, test")
    best = chosen_on.best()
    for threshold in sorted([best, *np.quantile(chosen_on.scope[chosen_on.inside], FRONTIER)]):
        figures = ", ".join(
            f"{accuracy:.4f} / {recall:.3f}" for accuracy, recall in (chosen_on.at(threshold), test.at(threshold))
        )
        print(f"{'->' if threshold == best else '  '} {threshold:.3f} | {figures}")
    print(f"trained in {trained:.1f} s on {os.cpu_count()} cores; {each * 1000:.2f} ms a message, one at a time")


if __name__ == "__main__":
    main()
