"""Tests of the audit of dependencies."""

import json
import runpy
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from bot.paths import ROOT

# The top-level modules that the server has loaded from files, when it is ready.
LOADED = """
import json, sys
from bot.assistant import trained_model
trained_model.prepare()
import bot.web.app
trained_model.load()
print(json.dumps([name for name, module in sys.modules.items() if getattr(module, "__file__", "")]))
"""


@pytest.fixture(scope="module")
def audit() -> dict[str, Any]:
    """Names that scripts/audit.py defines."""
    return runpy.run_path(str(ROOT / "scripts" / "audit.py"))


def test_every_pin_is_judged(audit: dict[str, Any]) -> None:
    """No pin is known to be vulnerable, or held back, without a judgement."""
    assert list(audit["problems"](audit["known"](), audit["pins"](), audit["held_back"]())) == []


def test_a_vulnerable_pin_is_found(audit: dict[str, Any]) -> None:
    """An old release fails the audit, in one line with the remedy."""
    pinned = {**audit["pins"](), "jinja2": "3.1.5"}
    (line,) = audit["problems"](audit["known"](), pinned, audit["held_back"]())
    assert line.startswith("jinja2 3.1.5 has CVE-2025-27516: take another release")


def test_a_pin_that_is_held_back_is_found(audit: dict[str, Any]) -> None:
    """Whoever excludes later releases says why, and whether a request can reach the old one."""
    held = {*audit["held_back"](), "rich"}
    (line,) = audit["problems"](audit["known"](), audit["pins"](), held)
    assert line.startswith("rich is held back")


def test_what_is_called_not_imported_is_not(
    audit: dict[str, Any], model: Path, tmp_path: Path
) -> None:
    """The server loads no module of a pin whose judgement says that it is left out."""
    known = audit["known"]()
    out = {
        name
        for entry in [*known["out_of_support"], *audit["affected"](known, audit["pins"]())]
        if "stub" in entry["reach"] or "not import" in entry["reach"]
        for name in entry.get("pins", [entry.get("package")])
    }
    assert {"aiogram", "sentry-sdk", "wheel"} <= out
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in json.loads(ran.stdout.splitlines()[-1])}
    for module, distributions in packages_distributions().items():
        for name in distributions:
            assert not (name.lower().replace("_", "-") in out and module in loaded), module
