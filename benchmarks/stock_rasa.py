"""Compare the bot with stock Rasa: its understanding, or with ``serve`` the cost of its turns.

    .venv/bin/python benchmarks/stock_rasa.py [serve] [--python python3.10]
                                              [--environment var/stock-rasa]

Without ``serve``: same training data, same test set, same run. With it: ``stock_serving.py``.

Stock Rasa is the bot that ``rasa init`` makes: an empty pipeline, which Rasa fills with its default
(word and character n-grams, DIET for 100 epochs, a fallback below 0.3 or with a lead under 0.1). It
needs Python 3.10 and an environment of its own, which is made here once from a package index. Its
fallback counts as out of scope. Both bots train from nothing. Each message of the test set goes
first to one and then to the other, one at a time.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from stock_serving import serve

from bot.assistant import trained_model
from bot.evaluation.labelled import read_nlu, read_training_data
from bot.evaluation.measures import Example, Report, report
from bot.paths import ROOT, TEST_SET
from bot.topics import OUT_OF_SCOPE

# The last open Rasa; it imports pkg_resources, which later releases of setuptools lack.
REQUIREMENTS = ("rasa==3.6.21", "setuptools<81")
CONFIG = "recipe: default.v1\nassistant_id: stock\nlanguage: en\npipeline:\npolicies:\n"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
# Program for stock Rasa's own Python: reads a text per line, writes its intents and the time.
UNDERSTANDING = """
import asyncio, json, logging, sys, time
import structlog
from rasa.core.agent import Agent

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

async def understand(path):
    out, sys.stdout = sys.stdout, sys.stderr
    agent = Agent.load(path)
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        parsed = await agent.parse_message(json.loads(line))
        seconds = time.perf_counter() - started
        intents = [parsed["intent"], *parsed["intent_ranking"]]
        print(json.dumps({"seconds": seconds, "intents": intents}), file=out, flush=True)

asyncio.run(understand(sys.argv[1]))
"""


@dataclass(frozen=True)
class Understood:
    """Results of one bot on the test set."""

    report: Report  # of its replies
    best_right: float  # share with the right best intent, whatever the reply
    milliseconds: list[float]
    training_seconds: float


class Stock:
    """Stock Rasa, in its own environment and process."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self._python = environment / "bin" / "python"
        self._folder = folder
        self.training_seconds = self._train()
        command = [
            str(self._python),
            "-c",
            UNDERSTANDING,
            str(next((folder / "models").glob("*.tar.gz"))),
        ]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | QUIET,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        if self._read_line() != "ready":
            sys.exit("Stock Rasa did not load its model; what it wrote is above.")

    def understand(self, text: str) -> tuple[list[dict[str, Any]], float]:
        """Return Rasa's chosen intent followed by its ranking, and the time in seconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        result = json.loads(self._read_line())
        return result["intents"], result["seconds"]

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(timeout=20)

    def _train(self) -> float:
        examples: dict[str, str] = defaultdict(str)
        for text, intent in read_training_data():
            examples[intent] += f"- {text}\n"
        data = {
            "version": "3.1",
            "nlu": [{"intent": intent, "examples": lines} for intent, lines in examples.items()],
        }
        domain = {"version": "3.1", "intents": sorted(examples)}
        for name, content in (("nlu.yml", data), ("domain.yml", domain)):
            (self._folder / name).write_text(yaml.safe_dump(content))
        (self._folder / "config.yml").write_text(CONFIG)
        started = time.perf_counter()
        command = [str(self._python), "-m", "rasa", "train", "nlu", "--nlu", "nlu.yml"]
        subprocess.run(
            command, cwd=self._folder, env=os.environ | QUIET, check=True, stdout=sys.stderr
        )
        return time.perf_counter() - started

    def _read_line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def make_environment(python: str, environment: Path) -> None:
    """Install stock Rasa into ``environment``, unless it is there."""
    made = environment / "ready"
    if made.exists():
        return
    if shutil.which(python) is None:
        sys.exit(
            f"Stock Rasa needs Python 3.10 and there is no {python!r}: "
            "install it, or say where it is with --python."
        )
    print(f"Installing {REQUIREMENTS[0]} into {environment} …", file=sys.stderr)
    subprocess.run([python, "-m", "venv", "--clear", str(environment)], check=True)
    subprocess.run(
        [environment / "bin" / "python", "-m", "pip", "install", "--quiet", *REQUIREMENTS],
        check=True,
    )
    made.touch()


def train_ours() -> float:
    """Train the bot from nothing, and return the time in seconds."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bot", "train", "--force"], cwd=ROOT, check=True)
    return time.perf_counter() - started


async def compare(stock: Stock, ours_trained: float) -> tuple[Understood, Understood]:
    """Return the results of both bots on the test set, message by message."""
    agent = trained_model.load(lean=False)
    ours: list[tuple[Example, bool, float]] = []
    theirs: list[tuple[Example, bool, float]] = []
    labelled = read_nlu(TEST_SET)
    # The first twenty warm both bots up, and do not count.
    for number, (text, intent) in enumerate([*labelled[:20], *labelled]):
        started = time.perf_counter()
        parsed = await agent.parse_message(text)
        mine = ([parsed["intent"], *parsed["intent_ranking"]], time.perf_counter() - started)
        if number == 20:
            ours, theirs = [], []
        for (intents, seconds), rows in ((mine, ours), (stock.understand(text), theirs)):
            name = OUT_OF_SCOPE if intents[0]["name"] == "nlu_fallback" else intents[0]["name"]
            best = next(entry["name"] for entry in intents[1:] if entry["name"] != "nlu_fallback")
            rows.append(
                (
                    Example(text, intent, name, intents[0]["confidence"]),
                    best == intent,
                    1000 * seconds,
                )
            )
    return _understood(ours, ours_trained), _understood(theirs, stock.training_seconds)


def _understood(rows: list[tuple[Example, bool, float]], training_seconds: float) -> Understood:
    examples, best, milliseconds = zip(*rows, strict=True)
    return Understood(
        report(list(examples)), sum(best) / len(best), list(milliseconds), training_seconds
    )


def main() -> None:
    """Train and measure both bots, and print the figures side by side."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=["understanding", "serve"])
    parser.add_argument(
        "--python", default="python3.10", help="Python 3.10, to make stock Rasa's environment with"
    )
    parser.add_argument(
        "--environment",
        type=Path,
        default=ROOT / "var" / "stock-rasa",
        help="where that environment is",
    )
    chosen = parser.parse_args()
    make_environment(chosen.python, chosen.environment.absolute())
    if chosen.what == "serve":
        serve(chosen.environment.absolute())
        return
    trained_model.prepare(lean=False)
    with tempfile.TemporaryDirectory() as folder:
        ours_trained = train_ours()
        stock = Stock(chosen.environment.absolute(), Path(folder))
        ours, theirs = asyncio.run(compare(stock, ours_trained))
        stock.stop()
    figures = [
        (
            f"accuracy ({len(ours.report.examples)} messages)",
            *(side.report.accuracy for side in (ours, theirs)),
        )
    ]
    figures += [
        ("accuracy, best intent, never a fallback", ours.best_right, theirs.best_right),
        ("macro-F1", ours.report.macro_f1, theirs.report.macro_f1),
        (
            "out of scope: recognised",
            ours.report.out_of_scope_recall,
            theirs.report.out_of_scope_recall,
        ),
        (
            "out of scope: answered",
            ours.report.out_of_scope_answered,
            theirs.report.out_of_scope_answered,
        ),
    ]
    print(f"{'':40}{'privacy bot':>12}{'stock Rasa':>12}{'lead':>9}")
    for name, mine, other in figures:
        print(f"{name:40}{100 * mine:11.1f}%{100 * other:11.1f}%{100 * (mine - other):+9.1f}")
    times = [
        (
            "ms a message, median",
            *(statistics.median(side.milliseconds) for side in (ours, theirs)),
        ),
        ("seconds of training", ours.training_seconds, theirs.training_seconds),
    ]
    print(f"{'':40}{'privacy bot':>12}{'stock Rasa':>12}{'ratio':>9}")
    for name, mine, other in times:
        print(f"{name:40}{mine:12.1f}{other:12.1f}{mine / other:9.2f}")


if __name__ == "__main__":
    main()
