"""Measure the gain from more training data: accuracy on the test set by examples of each intent.

    .venv/bin/python benchmarks/learning_curve.py

The components of config.yml are trained on random parts of the training data: three parts of each
size, and once all of it. They are tested on the test set, which other authors wrote. A message in
scope is right if it is taken to be in scope, with the intent of its label. A part has five times as
many examples of ``out_of_scope`` as of other intents. Prints a table and draws
``results/learning_curve.png``.
"""

import random
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from components import Outcome, Pipeline
from matplotlib.figure import Figure

from bot.assistant import trained_model
from bot.evaluation.labelled import Labelled, read_nlu, read_training_data
from bot.paths import RESULTS_DIR, TEST_SET
from bot.topics import OUT_OF_SCOPE

SIZES = (10, 25, 50, 100, 200)  # examples of each intent; all of them come last
REPEATS = 3
OUTSIDE = 5  # times as many examples out of scope as of another intent


def part(data: list[Labelled], size: int, seed: int) -> list[Labelled]:
    """Return a random part of the data with ``size`` examples of each intent, or all if fewer."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in data:
        by_intent[intent].append(text)
    rng = random.Random(seed)
    return [
        (text, intent)
        for intent, texts in by_intent.items()
        for text in rng.sample(
            texts, min(len(texts), size * OUTSIDE if intent == OUT_OF_SCOPE else size)
        )
    ]


def understood(train: list[Labelled], test: list[Labelled]) -> Outcome:
    """Return the results on ``test`` of components trained on ``train``."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder))
        pipeline.train(train)
        return pipeline.understand(test)


def draw(curve: list[tuple[int, float, float]]) -> Path:
    """Write the curve as a picture, and return its path."""
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot()
    sizes, inside, outside = zip(*curve, strict=True)
    axes.plot(sizes, inside, marker="o", label="in scope and understood as labelled")
    axes.plot(sizes, outside, marker="s", label="out of scope and recognised")
    axes.set_xscale("log")
    axes.set_xlabel("training examples of each intent, on average")
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)
    path = RESULTS_DIR / "learning_curve.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    return path


def main() -> None:
    """Print and draw the curve."""
    trained_model.prepare(lean=False)
    data, test = read_training_data(), read_nlu(TEST_SET)
    threshold = float(trained_model.settings_of("Decision")["scope"])
    intents = len({intent for _, intent in data})
    curve = []
    print(
        "examples in all, of each intent on average | "
        "in scope understood, out of scope recognised (lowest to highest)"
    )
    for size in (*SIZES, None):
        parts = [data] if size is None else [part(data, size, seed) for seed in range(REPEATS)]
        reached = np.array([understood(each, test).at(threshold) for each in parts])
        examples = len(parts[0])
        (inside, outside), low, high = (
            reached.mean(axis=0),
            reached.min(axis=0),
            reached.max(axis=0),
        )
        curve.append((examples // intents, float(inside), float(outside)))
        print(
            f"{examples:6d} {examples // intents:4d} | "
            f"{inside:.3f} ({low[0]:.3f} to {high[0]:.3f}), "
            f"{outside:.3f} ({low[1]:.3f} to {high[1]:.3f})",
            flush=True,
        )
    print(draw(curve))


if __name__ == "__main__":
    main()
