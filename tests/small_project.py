"""A copy of the project with few training examples, whose training takes seconds."""

import shutil
from pathlib import Path

from bot.paths import ROOT

EXAMPLES = 12  # of each intent
PARTS = (
    *("bot", "actions", "data", "docs", "requirements"),
    *("config.yml", "credentials.yml", "domain.yml", "endpoints.yml"),
)


def small_project(folder: Path) -> Path:
    """Copy the project into a folder, with the first few examples of each intent."""
    project = folder / "project"
    project.mkdir()
    for name in PARTS:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, project / name)
    for file in (project / "data" / "nlu").glob("*.yml"):
        file.write_text(_shortened(file.read_text(encoding="utf-8")), encoding="utf-8")
    return project


def _shortened(examples: str) -> str:
    kept, seen = [], 0
    for line in examples.splitlines():
        seen = seen + 1 if line.startswith("    - ") else 0
        if seen <= EXAMPLES:
            kept.append(line)
    return "\n".join(kept) + "\n"
