"""The standard commands of Rasa, as the next Rasa developer will type them."""

import subprocess
import sys
from pathlib import Path

from bot.paths import ROOT
from tests.cli.terminal import terminal

RASA = [sys.executable, "-m", "rasa"]


def run(*arguments: str) -> str:
    """Run a command of Rasa that must succeed, and return what it prints."""
    done = subprocess.run([*RASA, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_train(tmp_path: Path) -> None:
    """`rasa train` with no further arguments but where to put the model."""
    run("train", "--quiet", "--out", str(tmp_path))
    assert list(tmp_path.glob("*.tar.gz"))


def test_data_validate() -> None:
    """`rasa data validate` finds no conflict."""
    assert "No story structure conflicts found" in run("data", "validate")


def test_test_core(model: Path, tmp_path: Path) -> None:
    """`rasa test core`: every test story is predicted right."""
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
    """`rasa test nlu` on the project's test set writes its report."""
    run("test", "nlu", "--model", str(model), "--nlu", "tests/nlu/test_set.yml", "--out", str(tmp_path))
    assert (tmp_path / "intent_report.json").exists()


def test_shell(model: Path) -> None:
    """`rasa shell` at a terminal answers from the policy, with no action server."""
    with terminal([*RASA, "shell", "--model", str(model)]) as shown:
        shown.until("Your input")
        shown.type("do you sell my data?\r")
        shown.until("we do not sell it to others")
        shown.type("/stop\r")
        shown.process.wait(timeout=30)
