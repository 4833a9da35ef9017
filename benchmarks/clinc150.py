"""Measure the bot's understanding on CLINC150 (Larson et al. 2019).

    .venv/bin/python benchmarks/clinc150.py FOLDER    # that of data_full.json, or the file itself

Prints in-scope accuracy, out-of-scope recall, and times. The components are those of config.yml, in
its order and with its settings: spelling, encoder, classifier, scope. Only their training data is
that of CLINC150. There is one threshold, on the probability of being in scope. It is the one with
which most of the validation split is right, in scope and out of scope together; others are printed
too. Larson et al. report 96.2 and 52.3 % for a fine-tuned BERT, and 90.9 and 31.2 %
for Rasa, also with thresholds chosen on the validation split.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from components import Pipeline
from sklearn.metrics import roc_auc_score

from bot.assistant import trained_model
from bot.evaluation.labelled import Labelled
from bot.topics import OUT_OF_SCOPE

# Shares of the validation split's in-scope questions that a threshold rejects.
FRONTIER = (0.002, 0.005, 0.01, 0.02, 0.03)
FILE = "data_full.json"
SPEED = 300  # messages for the measurement of speed, one at a time


def read(path: Path) -> dict[str, list[Labelled]]:
    """Return the splits of a file, or of its folder, with the bot's own name for "out of scope".

    Ends the script if there is no such file.
    """
    path = path / FILE if path.is_dir() else path
    if not path.is_file():
        raise SystemExit(
            f"There is no {path}. "
            f"Give {FILE} of CLINC150 (github.com/clinc/oos-eval, data/), or its folder."
        )
    named = {"oos": OUT_OF_SCOPE}
    return {
        split: [(text, named.get(intent, intent)) for text, intent in rows]
        for split, rows in json.loads(path.read_text()).items()
    }


def main() -> None:
    """Train, measure and print the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help=f"{FILE} of CLINC150, or its folder")
    splits = read(parser.parse_args().data)
    trained_model.prepare(lean=False)
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
        each = (time.perf_counter() - started) / len(
            splits["test"][:: len(splits["test"]) // SPEED]
        )
    separation = roc_auc_score(test.inside, test.scope)
    print(
        f"in scope, no threshold {test.right[test.inside].mean():.4f}; "
        f"AUROC of out of scope {separation:.4f}"
    )
    print("threshold | in-scope accuracy, out-of-scope recall: validation, test")
    best = chosen_on.best()
    for threshold in sorted([best, *np.quantile(chosen_on.scope[chosen_on.inside], FRONTIER)]):
        figures = ", ".join(
            f"{accuracy:.4f} / {recall:.3f}"
            for accuracy, recall in (chosen_on.at(threshold), test.at(threshold))
        )
        print(f"{'->' if threshold == best else '  '} {threshold:.3f} | {figures}")
    print(
        f"trained in {trained:.1f} s on {os.cpu_count()} cores; "
        f"{each * 1000:.2f} ms a message, one at a time"
    )


if __name__ == "__main__":
    main()
