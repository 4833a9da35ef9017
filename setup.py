"""Put the project's data beside the code when a wheel is built; all else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PROJECT = (
    "config.yml",
    "endpoints.yml",
    "credentials.yml",
    "requirements/run.lock",
    "docs/privacy.md",
    "data",
)


class BuildWithProject(build_py):
    """Copy what the bot reads at run time into ``bot/project`` (``bot/paths.py``)."""

    def run(self) -> None:
        """Build the package and copy the files, but for an editable install, which has them."""
        super().run()
        if self.editable_mode:
            return
        for name in PROJECT:
            source, target = Path(name), Path(self.build_lib, "bot", "project", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy(source, target)


setup(cmdclass={"build_py": BuildWithProject})
