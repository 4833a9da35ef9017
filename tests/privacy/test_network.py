"""Tests that the bot contacts no other machine: no telemetry, no downloads, no DNS look-ups."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import ROOT
from tests.conftest import Shopper, serving

WATCHED = Path(__file__).parent / "watched"


def watched(attempts: Path) -> dict[str, str]:
    """Return the environment with which Python records its connection attempts in a file."""
    return {
        "PYTHONPATH": f"{WATCHED}{os.pathsep}{ROOT}",
        "ATTEMPTS": str(attempts),
        "RASA_TELEMETRY_ENABLED": "true",
    }


def test_no_socket_leaves_the_machine_during_a_conversation(model: Path, tmp_path: Path) -> None:
    """From its start to its end, through a conversation, the server contacts no other machine."""
    attempts = tmp_path / "attempts"
    with serving(tmp_path, **watched(attempts)) as server, server.client() as client:
        shopper = Shopper(client)
        for text in (
            "do you sell my data?",
            "my mail is jo@example.com",
            "asdf",
            "got lamps?",
            "unsubscribe me",
            "a person please",
        ):
            shopper.say(text)
        shopper.choose(shopper.opened["messages"][0]["choices"][0]["id"])
        shopper.get("/transcript")
        client.get("/metrics")
        shopper.say("forget everything I told you")
    assert not attempts.exists(), attempts.read_text()


def test_no_command_leaves_the_machine(model: Path, tmp_path: Path) -> None:
    """The command `ask` and Rasa's own commands contact no other machine."""
    attempts = tmp_path / "attempts"
    environment = {**os.environ, **watched(attempts)}
    for command in (
        ["-m", "bot", "ask", "cookies?"],
        ["-m", "rasa", "data", "validate", "--max-history", "1"],
    ):
        subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            timeout=300,
            check=True,
        )
    assert not attempts.exists(), attempts.read_text()


def test_no_library_writes_into_the_home_folder(tmp_path: Path) -> None:
    """The runtime of the encoder makes no device id, whatever the environment asks for."""
    environment = {**os.environ, "HOME": str(tmp_path), "ORT_DISABLE_TELEMETRY": "0"}
    environment.pop("XDG_CACHE_HOME", None)
    encode = "from bot.nlu.models.encoder import default_encoder as e; e().encode(['hello'])"
    wait = "import time; time.sleep(2)"
    subprocess.run(
        [sys.executable, "-c", f"{encode}; {wait}"], cwd=ROOT, env=environment, check=True
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 9), 0.1)",
        "socket.getaddrinfo('telemetry.example', 443)",
    ],
)
def test_an_attempt_is_recorded(attempt: str, tmp_path: Path) -> None:
    """A connection attempt and a look-up are recorded, so the tests above can fail."""
    environment = {**os.environ, **watched(tmp_path / "attempts")}
    subprocess.run(
        [sys.executable, "-c", f"import socket; {attempt}"],
        env=environment,
        capture_output=True,
        timeout=60,
    )
    assert (
        "192.0.2.1" in (tmp_path / "attempts").read_text()
        or "telemetry" in (tmp_path / "attempts").read_text()
    )
