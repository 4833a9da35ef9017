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
from pathlib import Path

import numpy as np
from components import Pipeline
from sklearn.metrics import roc_auc_score

from bot import assistant
from bot.evaluation.labelled import Labelled
from bot.topics import OUT_OF_SCOPE

FRONTIER = (0.002, 0.005, 0.01, 0.02, 0.03)  # shares of the in-scope questions of the validation split that are turned away
FILE = "data_full.json"
SPEED = 300  # messages one at a time


def read(path: Path) -> dict[str, list[Labelled]]:
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
