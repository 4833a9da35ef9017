"""``privacy-bot train``."""

import os
import time

from rich.console import Console

from bot import assistant

console = Console(stderr=True)


def train(force: bool = False) -> None:
    """Train if the model is missing, stale, or ``force`` is set; say what is going on."""
    path = assistant.model_path()
    if path.exists() and not force:
        console.print(f"The model is up to date: {path.name}", highlight=False)
        return
    started = time.perf_counter()
    with console.status("Training the model, about half a minute …"):
        if not console.is_terminal:
            console.print("Training the model, about half a minute …", highlight=False)
        with _Silence():
            made = assistant.train()
    console.print(f"Trained {made.name} in {time.perf_counter() - started:.0f} s.", highlight=False)


class _Silence:
    """Keeps Rasa's own progress off the screen, unless PRIVACY_BOT_DEBUG is set."""

    def __enter__(self) -> None:
        self._saved = None
        if not os.environ.get("PRIVACY_BOT_DEBUG"):
            self._saved = os.dup(1)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.close(null)

    def __exit__(self, *_: object) -> None:
        if self._saved is not None:
            os.dup2(self._saved, 1)
            os.close(self._saved)
