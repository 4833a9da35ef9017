"""Tests of Rasa's standard commands, as a Rasa developer will type them."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from bot.paths import ROOT
from tests.cli.terminal import terminal
from tests.small_project import small_project

RASA = [sys.executable, "-m", "rasa"]


def run(*arguments: str, project: Path = ROOT) -> str:
    """Run a command of Rasa, check that it succeeds, and return its output."""
    done = subprocess.run(
        [*RASA, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_train(tmp_path: Path) -> None:
    """``rasa train`` needs no argument; here it trains a copy with few examples."""
    project = small_project(tmp_path)
    run("train", "--quiet", project=project)
    assert list((project / "models").glob("*.tar.gz"))


def test_data_validate() -> None:
    """``rasa data validate`` finds no conflict."""
    assert "No story structure conflicts found" in run("data", "validate")


def test_test_core(model: Path, tmp_path: Path) -> None:
    """``rasa test core`` predicts every test story right."""
    run(
        "test",
        "core",
        "--model",
        str(model),
        "--stories",
        "tests/conversations",
        "--out",
        str(tmp_path),
        "--fail-on-prediction-errors",
    )


def test_test_nlu(model: Path, tmp_path: Path) -> None:
    """``rasa test nlu`` on the project's test set writes its report."""
    run(
        "test",
        "nlu",
        "--model",
        str(model),
        "--nlu",
        "tests/nlu/test_set.yml",
        "--out",
        str(tmp_path),
    )
    assert (tmp_path / "intent_report.json").exists()


def test_shell(model: Path) -> None:
    """``rasa shell`` at a terminal answers from the policy, without an action server."""
    with socket.socket() as probe:  # the default port, 5005, may be in use
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address = ["--port", port, "--interface", "127.0.0.1"]
    with terminal([*RASA, "shell", "--model", str(model), *address]) as session:
        session.until("Your input")
        # An answer without choices: Rasa's shell would take the next keys for one of them.
        session.type("when is support open?\r")
        session.until("Customer support is open")
        session.type("/stop\r")
        session.process.wait(timeout=30)


def test_rasa_run_refers_to_privacy_bot_serve(model: Path) -> None:
    """``rasa run`` stops with one line: its server would not deliver opt-outs."""
    done = subprocess.run(
        [*RASA, "run", "--model", str(model)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].endswith("Use: privacy-bot serve")
    assert "Traceback" not in done.stderr
