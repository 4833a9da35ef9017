"""Comparison of serving: turns a second, latency, processor, memory, start and size on the disk.

``stock_rasa.py serve`` runs it. Stock Rasa is the default pipeline and the default policies, with
one epoch of training (which changes no cost of serving), SQLite, and a custom action for one topic.
Each number of clients is a run of its own, with new processes and empty databases, and the two bots
alternate.
"""

import concurrent.futures
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlparse

import yaml
from serving import Server, free_port, ours
from turn_cost import QUESTIONS, processor_seconds, talk

from bot.evaluation.labelled import read_training_data
from bot.paths import ROOT

CLIENTS = (1, 8, 32)
TURNS, WARM = 800, 80
# The bars of each figure: this bot divided by stock Rasa, at least or at most.
BARS: dict[str, tuple[str, float]] = {
    "turns_a_second": (">=", 4.0),
    "p95": ("<=", 0.2),
    "processor": ("<=", 0.3),
    "megabytes": ("<=", 0.33),
    "seconds_to_ready": ("<=", 0.2),
    "installed": ("<=", 0.25),
}
_CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 1, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 1, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {
            "name": "UnexpecTEDIntentPolicy",
            "max_history": 5,
            "epochs": 1,
            "constrain_similarities": True,
        },
        {"name": "TEDPolicy", "max_history": 5, "epochs": 1, "constrain_similarities": True},
    ],
}
_ACTION = """
from rasa_sdk import Action


class ActionCookies(Action):
    def name(self):
        return "action_cookies"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="We use cookies. See the policy.")
        return []
"""
_BY_ACTION = "cookies"  # the intent that the action server answers in the second comparison


@dataclass(frozen=True)
class Run:
    """Figures of one server under one number of clients."""

    turns_a_second: float
    p95: float  # ms
    processor: float  # ms a turn, of all its processes
    megabytes: float  # resident after the run, of all its processes
    seconds_to_ready: float


class Stock:
    """Stock Rasa with a trained model, in its own environment."""

    def __init__(self, environment: Path, folder: Path, with_actions: bool) -> None:
        """Train a bot in a folder; with actions, one topic is answered by an action server."""
        self._python = str(environment / "bin" / "python")
        self._folder = folder
        self._with_actions = with_actions
        self._train()

    def start(self) -> list[Server]:
        """Start the server, and its action server before it."""
        for left in self._folder.glob("tracker.db*"):
            left.unlink()
        actions, started = free_port(), []
        quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
        rasa = [self._python, "-m", "rasa"]
        endpoints = {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "tracker.db"}}
        if self._with_actions:
            endpoints["action_endpoint"] = {"url": f"http://127.0.0.1:{actions}/webhook"}
            command = [*rasa, "run", "actions", "--port", str(actions)]
            started.append(Server(command, self._folder, "/health", actions, **quiet))
        (self._folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints))
        port = free_port()
        # The API is enabled because its status tells when the model is loaded.
        command = [*rasa, "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port)]
        started.append(Server(command, self._folder, "/status", port, **quiet))
        return started

    def _train(self) -> None:
        examples: dict[str, str] = defaultdict(str)
        for text, intent in read_training_data():
            examples[intent] += f"- {text}\n"
        action = {name: f"utter_{name}" for name in examples}
        if self._with_actions:
            action[_BY_ACTION] = "action_cookies"
        steps = {name: [{"intent": name}, {"action": action[name]}] for name in sorted(examples)}
        data = {
            "version": "3.1",
            "nlu": [{"intent": name, "examples": lines} for name, lines in examples.items()],
            "rules": [{"rule": name, "steps": step} for name, step in steps.items()],
            "stories": [
                {"story": f"{one} {other}", "steps": [*steps[one], *steps[other]]}
                for one, other in zip(list(steps)[::2], list(steps)[1::2], strict=False)
            ],
        }
        domain = {
            "version": "3.1",
            "intents": sorted(examples),
            "responses": {f"utter_{name}": [{"text": f"About {name}."}] for name in examples},
            "actions": ["action_cookies"] if self._with_actions else [],
        }
        files = {"data.yml": data, "domain.yml": domain, "config.yml": _CONFIG}
        for name, content in files.items():
            (self._folder / name).write_text(yaml.safe_dump(content))
        (self._folder / "credentials.yml").write_text("rest:\n")
        (self._folder / "actions").mkdir(exist_ok=True)
        (self._folder / "actions" / "__init__.py").write_text("")
        (self._folder / "actions" / "actions.py").write_text(_ACTION)
        command = [self._python, "-m", "rasa", "train", "--data", "data.yml", "--quiet"]
        subprocess.run(
            command,
            cwd=self._folder,
            env=os.environ | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"},
            check=True,
            stdout=sys.stderr,
        )


def talk_rest(server: Server, turns: int) -> list[float]:
    """Take turns with stock Rasa, a conversation for every eight; return their milliseconds."""
    address, times = urlparse(server.url), []
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
    for number in range(turns):
        sender = f"{id(connection)}-{number // len(QUESTIONS)}"
        body = {"sender": sender, "message": QUESTIONS[number % len(QUESTIONS)]}
        started = time.perf_counter()
        connection.request(
            "POST",
            "/webhooks/rest/webhook",
            json.dumps(body),
            {"Content-Type": "application/json"},
        )
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            sys.exit(f"Stock Rasa answered {response.status}.")
        times.append(1000 * (time.perf_counter() - started))
    return times


def measure(
    started: list[Server], take_turns: Callable[[Server, int], list[float]], clients: int
) -> Run:
    """Measure started servers, the last of which takes the turns, and stop them."""
    server = started[-1]
    try:
        take_turns(server, WARM)
        used = sum(processor_seconds(one.process.pid) for one in started)
        began = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(clients) as threads:
            parts = threads.map(lambda _: take_turns(server, TURNS // clients), range(clients))
            times = [one for part in parts for one in part]
        seconds = time.perf_counter() - began
        used = sum(processor_seconds(one.process.pid) for one in started) - used
        return Run(
            len(times) / seconds,
            statistics.quantiles(times, n=20)[18],
            1000 * used / len(times),
            sum(one.megabytes for one in started),
            server.seconds_to_ready,
        )
    finally:
        for one in started:
            one.stop()


def compare(environment: Path, with_actions: bool) -> bool:
    """Measure both bots, print the table, and return whether every ratio reaches its bar."""
    reached = True
    title = "with actions: stock's own server, ours in process" if with_actions else "turns alone"
    print(f"\n{title}\n{'':34}{'privacy bot':>12}{'stock Rasa':>12}{'ratio':>8}{'bar':>9}")
    with tempfile.TemporaryDirectory() as folder:
        stock = Stock(environment, Path(folder), with_actions)
        for clients in CLIENTS:
            theirs = measure(stock.start(), talk_rest, clients)
            with tempfile.TemporaryDirectory() as data:
                mine = measure([ours(Path(data))], talk, clients)
            for field in fields(Run):
                name = f"{field.name.replace('_', ' ')}, {clients} clients"
                figures = (getattr(mine, field.name), getattr(theirs, field.name))
                reached &= _print(name, field.name, *figures)
    sizes = (_megabytes(Path(sys.prefix)), _megabytes(environment))
    return _print("installed, MB", "installed", *sizes) and reached


def _print(name: str, figure: str, mine: float, theirs: float) -> bool:
    sign, bar = BARS[figure]
    ratio = mine / theirs
    reached = ratio >= bar if sign == ">=" else ratio <= bar
    print(
        f"{name:34}{mine:12.1f}{theirs:12.1f}{ratio:8.2f}{sign:>5}{bar:4.2f}"
        f"{'' if reached else '  NOT REACHED'}",
        flush=True,
    )
    return reached


def _megabytes(folder: Path) -> float:
    """Return the size of a folder on the disk, as ``du`` tells it."""
    du = shutil.which("du") or sys.exit("There is no du: install coreutils.")
    result = subprocess.run([du, "-sm", str(folder.resolve())], capture_output=True, text=True)
    return float(result.stdout.split()[0])


def serve(environment: Path) -> None:
    """Run both comparisons; ends the script with an error if a bar is missed."""
    os.chdir(ROOT)
    reached = [compare(environment, with_actions) for with_actions in (False, True)]
    if not all(reached):
        sys.exit("Not every bar is reached.")
