"""How much understanding gains from more training data: accuracy on the separate test set against examples of each intent.

    .venv/bin/python benchmarks/learning_curve.py

The components of config.yml are trained on a random part of the training data, three parts of each size (all of it once), and
asked what the test set, which other authors wrote, means. A message in scope is right if it is taken to be in scope, and for
what its label says. Of ``out_of_scope``, five times as many examples are taken as of the others. Prints a table and draws
``results/learning_curve.png``.
"""

import random
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from components import Outcome, Pipeline
from matplotlib.figure import Figure

from bot import assistant
from bot.evaluation.labelled import Labelled, read_nlu, read_training_data
from bot.paths import RESULTS_DIR, TEST_SET
from bot.topics import OUT_OF_SCOPE

SIZES = (10, 25, 50, 100, 200)  # examples of each intent; then all
REPEATS = 3
OUTSIDE = 5  # times as many


def part(data: list[Labelled], size: int, seed: int) -> list[Labelled]:
    """Return a random part of the data, ``size`` examples of each intent or as many as there are."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in data:
        by_intent[intent].append(text)
    chance = random.Random(seed)
    return [
        (text, intent)
        for intent, texts in by_intent.items()
        for text in chance.sample(texts, min(len(texts), size * OUTSIDE if intent == OUT_OF_SCOPE else size))
    ]


def understood(train: list[Labelled], test: list[Labelled]) -> Outcome:
    """Return what components trained on ``train`` make of ``test``."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder))
        pipeline.train(train)
        return pipeline.understand(test)


def draw(curve: list[tuple[int, float, float]]) -> Path:
    """Write the curve as a picture and return where."""
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
    assistant.prepare(lean=False)
    data, test = read_training_data(), read_nlu(TEST_SET)
    threshold = float(assistant.settings_of("Decision")["scope"])
    intents = len({intent for _, intent in data})
    curve = []
    print("examples in all, of each intent on average | in scope understood, out of scope recognised (lowest to highest)")
    for size in (*SIZES, None):
        parts = [data] if size is None else [part(data, size, seed) for seed in range(REPEATS)]
        reached = np.array([understood(each, test).at(threshold) for each in parts])
        examples = len(parts[0])
        (inside, outside), low, high = reached.mean(axis=0), reached.min(axis=0), reached.max(axis=0)
        curve.append((examples // intents, float(inside), float(outside)))
        print(
            f"{examples:6d} {examples // intents:4d} | {inside:.3f} ({low[0]:.3f} to {high[0]:.3f}), "
            f"{outside:.3f} ({low[1]:.3f} to {high[1]:.3f})",
            flush=True,
        )
    print(draw(curve))


if __name__ == "__main__":
    main()
