"""Tests of the wheel: the bot runs without its checkout."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import ROOT

SOURCES = ("docs", "actions", "bot", "data", "requirements")
FILES = (
    "pyproject.toml",
    "setup.py",
    "README.md",
    "config.yml",
    "endpoints.yml",
    "credentials.yml",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the project's wheel installed, without its dependencies."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(target), str(source)], check=True)
    return target


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed bot's command line in a folder, away from the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_an_installed_wheel_checks_its_answers(installed: Path, tmp_path: Path) -> None:
    """The wheel contains the policy, the answers and the training data."""
    done = run(installed, tmp_path, "check")
    assert done.stdout.startswith("Every answer is covered by the policy"), done.stderr


def test_an_installed_wheel_writes_to_the_current_folder(installed: Path, tmp_path: Path) -> None:
    """An installed bot puts its database below the current folder, not among the packages."""
    done = run(installed, tmp_path, "optouts", "list")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "var" / "privacy-bot.db").exists()


def test_an_installed_wheel_names_the_model_that_is_missing(
    installed: Path, tmp_path: Path
) -> None:
    """A command without a trained model fails with the command that trains one."""
    done = run(installed, tmp_path, "ask", "do you sell my data?")
    assert done.returncode == 1
    assert "privacy-bot train" in done.stderr
