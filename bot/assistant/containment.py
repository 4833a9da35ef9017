"""Containment of Rasa and its libraries: they write into the bot's folders, and report nothing."""

import shutil
import tempfile
import time
from pathlib import Path

from bot.settings import settings

_LEFT_SECONDS = 86_400  # what is older was left by a process that was killed


def keep_files_inside() -> None:
    """Let Rasa unpack models in the data folder; every command calls this first.

    Without a data folder to write to, as with PostgreSQL
    alone, the system's folder for temporary files is used.
    """
    folder = settings().data_dir / "tmp"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_left(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return
    tempfile.tempdir = str(folder)


def disable_telemetry() -> None:
    """Turn off reports by the libraries' own switches, whatever their environment says by now.

    Rasa's second one would also make an id of this machine, and store it below the home folder.
    """
    import onnxruntime
    import rasa.telemetry

    onnxruntime.disable_telemetry_events()
    rasa.telemetry.is_telemetry_enabled = _no
    rasa.telemetry.initialize_telemetry = _no


def _no() -> bool:
    return False


def _remove_left(folder: Path) -> None:
    for left in folder.iterdir():
        if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
