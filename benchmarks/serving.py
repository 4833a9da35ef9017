"""Measure the start, memory and turns of the bot, against a trivial bot of stock Rasa components.

    .venv/bin/python benchmarks/serving.py

The trivial bot shows the cost of Rasa alone: whitespace tokens, count vectors, logistic regression
and one rule, in memory, over Rasa's REST channel, in the same environment. Turns of the two
alternate, so that other load of the machine affects both.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bot.assistant import trained_model
from bot.paths import ROOT

CONVERSATIONS = 10
QUESTIONS = (
    "do you sell my data?",
    "who sees my phone number",
    "are you open now",
    "what cookies do you use",
    "is it safe to type my card here",
    "how long do you keep my data",
    "stop emailing me",
    "what's the weather like",
    "do you track me across sites",
    "how old do you have to be",
)
PEER = {
    "domain.yml": "version: '3.1'\nintents: [a, b, c]\nresponses:\n  utter_a:\n  - text: a\n",
    "credentials.yml": "rest:\n",
    "endpoints.yml": "",
    "config.yml": (
        "recipe: default.v1\nassistant_id: peer\nlanguage: en\n"
        "pipeline:\n- name: WhitespaceTokenizer\n- name: CountVectorsFeaturizer\n"
        "- name: LogisticRegressionClassifier\n"
        "policies:\n- name: RulePolicy\n  core_fallback_action_name: utter_a\n"
    ),
    "data/nlu.yml": "version: '3.1'\nnlu:\n"
    + "".join(
        f"- intent: {name}\n  examples: |\n    - {name} one\n    - {name} two\n" for name in "abc"
    ),
    "data/rules.yml": (
        "version: '3.1'\nrules:\n- rule: a\n  steps:\n  - intent: a\n  - action: utter_a\n"
    ),
}


class Server:
    """Server process with its time to become ready."""

    def __init__(
        self, command: list[str], folder: Path, ready: str, port: int, **environment: str
    ) -> None:
        started = time.perf_counter()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not self._answers(ready):
            if self.process.poll() is not None or time.perf_counter() - started > 120:
                sys.exit(f"{' '.join(command)} did not become ready.")
            time.sleep(0.02)
        self.seconds_to_ready = time.perf_counter() - started

    def _answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(self.url + path, timeout=1) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def post(self, path: str, body: dict[str, str], token: str = "") -> dict:
        """Send JSON and return the response."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read())

    @property
    def megabytes(self) -> float:
        """Resident memory of the process."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=20)


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def peer(folder: Path) -> Server:
    """Train and serve the trivial bot."""
    for name, text in PEER.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    rasa = [sys.executable, "-m", "rasa"]
    subprocess.run(
        [*rasa, "train", "--quiet"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    port = free_port()
    command = [*rasa, "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port)]
    # The API is enabled because its status tells when the model is loaded.
    return Server(command, folder, "/status", port)


def ours(folder: Path) -> Server:
    """Serve the bot; its model must be trained."""
    port = free_port()
    # No limits, because all requests come from one address.
    unlimited = {f"PRIVACY_BOT_LIMIT_{name}": "" for name in ("MESSAGES", "STARTS", "REQUESTS")}
    environment = {"PRIVACY_BOT_PORT": str(port), "PRIVACY_BOT_DATA_DIR": str(folder), **unlimited}
    return Server([sys.executable, "-m", "bot", "serve"], ROOT, "/ready", port, **environment)


def main() -> None:
    """Measure both bots, and print figures and ratios."""
    if not trained_model.model_path().exists():
        sys.exit("There is no model: privacy-bot train")
    with tempfile.TemporaryDirectory() as ours_folder, tempfile.TemporaryDirectory() as peer_folder:
        theirs, mine = peer(Path(peer_folder)), ours(Path(ours_folder))
        my_times, their_times = [], []
        for number in range(CONVERSATIONS):
            token = mine.post("/webhooks/storefront/session", {})["token"]
            for question in QUESTIONS:
                start = time.perf_counter()
                mine.post("/webhooks/storefront/messages", {"text": question}, token)
                middle = time.perf_counter()
                theirs.post("/webhooks/rest/webhook", {"sender": str(number), "message": question})
                my_times.append(1000 * (middle - start))
                their_times.append(1000 * (time.perf_counter() - middle))
        rows = [
            ("seconds to ready", mine.seconds_to_ready, theirs.seconds_to_ready),
            ("resident MB after all turns", mine.megabytes, theirs.megabytes),
            ("ms a turn, median", statistics.median(my_times), statistics.median(their_times)),
            (
                "ms a turn, 95th percentile",
                statistics.quantiles(my_times, n=20)[18],
                statistics.quantiles(their_times, n=20)[18],
            ),
        ]
        mine.stop()
        theirs.stop()
    print(f"{'':32}{'privacy bot':>12}{'stock trivial':>15}{'ratio':>8}")
    for name, ours_figure, theirs_figure in rows:
        print(
            f"{name:32}{ours_figure:12.1f}{theirs_figure:15.1f}{ours_figure / theirs_figure:8.2f}"
        )


if __name__ == "__main__":
    main()
