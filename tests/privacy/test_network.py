"""Nothing leaves the machine: no telemetry, no downloads, no look-ups of names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import ROOT
from tests.conftest import Shopper, serving

WATCHED = Path(__file__).parent / "watched"


def watched(attempts: Path) -> dict[str, str]:
    """Return variables with which a Python notes in a file what it tries to reach."""
    return {"PYTHONPATH": f"{WATCHED}{os.pathsep}{ROOT}", "ATTEMPTS": str(attempts), "RASA_TELEMETRY_ENABLED": "true"}


def test_no_socket_leaves_the_machine_during_a_conversation(model: Path, tmp_path: Path) -> None:
    """From the start of the server to its end, over a whole conversation, nothing is looked up or connected to."""
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


def test_nor_at_the_command_line(model: Path, tmp_path: Path) -> None:
    """Asking a question, and Rasa's own commands, keep to themselves too."""
    attempts = tmp_path / "attempts"
    environment = {**os.environ, **watched(attempts)}
    for command in (["-m", "bot", "ask", "cookies?"], ["-m", "rasa", "data", "validate", "--max-history", "1"]):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, timeout=300, check=True)
    assert not attempts.exists(), attempts.read_text()


@pytest.mark.parametrize(
    "attempt", ["socket.create_connection(('192.0.2.1', 9), 0.1)", "socket.getaddrinfo('telemetry.example', 443)"]
)
def test_an_attempt_would_be_noted(attempt: str, tmp_path: Path) -> None:
    """A Python that tries to reach something is caught at it: the tests above can fail."""
    environment = {**os.environ, **watched(tmp_path / "attempts")}
    subprocess.run([sys.executable, "-c", f"import socket; {attempt}"], env=environment, capture_output=True, timeout=60)
    assert "192.0.2.1" in (tmp_path / "attempts").read_text() or "telemetry" in (tmp_path / "attempts").read_text()
