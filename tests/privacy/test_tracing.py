"""Tests that nothing leaves: the system calls of the real server, of training and of commands."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import SERVE, Server, Shopper, serving
from tests.privacy.tracing import Trace, traced
from tests.small_project import small_project

# What the protection of bot/__init__.py and bot/assistant/containment.py is, taken out.
UNPROTECTED = (
    "import os, sys, bot; [os.environ.pop(name) for name in bot.QUIET]; "
    "from bot.assistant import containment, trained_model; "
    "trained_model.disable_telemetry = containment.keep_files_inside = lambda: None; "
    "from bot.cli import main; main()"
)
# Where one of these is set, onnxruntime reports nothing of itself (names in its binary).
BUILD_SERVERS = (
    "CI",
    "TF_BUILD",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "CIRCLECI",
    "TRAVIS",
    "JENKINS_URL",
)


@contextmanager
def tracing(folder: Path, command: Sequence[str], **environment: str) -> Iterator[Server]:
    """Serve under strace; the calls are in ``folder``/trace at the end."""
    data = folder / "data"
    data.mkdir()
    alone = {"HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with serving(data, traced(folder / "trace", command), **alone, **environment) as server:
        yield server
    ended = f"{server.process.pid} "
    for _ in range(100):  # until the tracer has written the last line
        lines = (folder / "trace").read_text(errors="replace").splitlines()
        if any(line.startswith(ended) and "+++ " in line for line in lines[-50:]):
            return
        time.sleep(0.1)
    pytest.fail("strace did not see the end of the server")


def test_nothing_leaves_during_a_whole_conversation(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From start to end, the server reaches for its configured hosts only, and looks no name up.

    It writes no file outside of its data folder.
    """
    for name in BUILD_SERVERS:
        monkeypatch.delenv(name, raising=False)
    with receiver() as (port, received):
        told = {
            "PRIVACY_BOT_OPTOUT_WEBHOOK_URL": f"http://127.0.0.1:{port}/",
            "PRIVACY_BOT_OPTOUT_FILE": str(tmp_path / "data" / "optouts.jsonl"),
            "RASA_TELEMETRY_ENABLED": "true",
            "ORT_DISABLE_TELEMETRY": "0",
        }
        with tracing(tmp_path, SERVE, **told) as server:
            converse(server)
            assert received.wait(30)
            time.sleep(2)  # for what a library does by itself in the background
    trace = Trace.read(tmp_path / "trace")
    assert trace.sent({("127.0.0.1", port)}) == []
    assert trace.sent() != []  # the webhook was seen
    assert trace.looked_up() == []
    assert trace.written([tmp_path / "data"]) == []
    assert trace.written([]) != []


def test_without_its_protection_the_server_is_caught(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server without the protection looks names up, and writes outside of its folder."""
    for name in BUILD_SERVERS:
        monkeypatch.delenv(name, raising=False)
    command = (sys.executable, "-c", UNPROTECTED, "serve")
    with tracing(tmp_path, command) as server, server.client() as client:
        Shopper(client).say("do you sell my data?")
        time.sleep(15)  # what reports at home takes its time
    trace = Trace.read(tmp_path / "trace")
    assert trace.looked_up() or trace.sent()
    assert trace.written([tmp_path / "data"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with few training examples, trained under strace."""
    project = small_project(tmp_path_factory.mktemp("small"))
    run(project, "train")
    return project


@pytest.mark.parametrize(
    "arguments",
    [
        ("train",),
        ("ask", "do you sell my data?"),
        ("check",),
        ("evaluate", "--test-set", "test.yml"),
        ("optouts", "verify"),
        ("retention",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_nothing_leaves_with_a_command(project: Path, arguments: tuple[str, ...]) -> None:
    """Training and commands reach for nothing, and write to the bot's own folders alone."""
    (project / "test.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: cookies\n  examples: |\n    - cookies?\n'
    )
    if arguments != ("train",):  # it was traced when the model was made
        run(project, *arguments)
    trace = Trace.read(project / f"{arguments[0]}.trace")
    own = [project / name for name in ("var", "models", "results")]
    assert trace.lines
    assert trace.sent() == trace.looked_up() == []
    assert trace.written(own) == []


def run(project: Path, *arguments: str) -> None:
    """Run a command of the bot under strace, in a copy of the project and with an empty home."""
    home = project.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(project),
        "HOME": str(home),
        "RASA_TELEMETRY_ENABLED": "true",
        "ORT_DISABLE_TELEMETRY": "0",
    }
    for name in ("MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        environment.pop(name, None)
    command = (sys.executable, "-m", "bot", *arguments)
    subprocess.run(
        [part for part in traced(project / f"{arguments[0]}.trace", command) if part != "-D"],
        cwd=project,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=True,
        timeout=1200,
    )


def converse(server: Server) -> None:
    """Hold a conversation with all that can be done in one, and use the pages beside it."""
    with server.client() as client:
        shopper = Shopper(client)
        for text in (
            "do you sell my data?",
            "my mail is jo@example.com",
            "asdf",
            "got lamps?",
            "unsubscribe me",
            "jo@example.com",
            "yes",
            "a person please",
        ):
            shopper.say(text)
        shopper.choose(shopper.opened["messages"][0]["choices"][0]["id"])
        shopper.get("/transcript")
        client.post("/opt-out", data={"email": "jo@example.com", "kind": "sharing"})
        for path in ("/", "/privacy", "/widget.js", "/desk", "/office", "/metrics", "/ready"):
            assert client.get(path).status_code == 200
        shopper.say("forget everything I told you")


@contextmanager
def receiver() -> Iterator[tuple[int, threading.Event]]:
    """Run a webhook for opt-outs; the event is set when it was told of one."""
    received = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        """Receiver of a post."""

        def do_POST(self) -> None:
            """Take a message."""
            json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()
            received.set()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], received
    finally:
        server.shutdown()
        server.server_close()
