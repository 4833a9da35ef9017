"""``privacy-bot train``."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from bot import assistant

# Writes to a copy of standard error, which stays when that is silenced.
console = Console(file=os.fdopen(os.dup(2), "w"), force_terminal=sys.stderr.isatty())


def train(force: bool = False, verbose: bool = False) -> None:
    """Train if the model is missing, stale, or ``force`` is set; say what is going on, with Rasa's output if ``verbose``."""
    path = assistant.model_path()
    if path.exists() and not force:
        console.print(f"The model is up to date: {path.name}", highlight=False)
        return
    started = time.perf_counter()
    announcement = "Training the model, a minute or two …"
    if verbose or not console.is_terminal:
        console.print(announcement, highlight=False)
    if verbose:
        made = assistant.train(force)
    else:
        with console.status(announcement), _silence():
            made = assistant.train(force)
    console.print(f"Trained {made.name} in {time.perf_counter() - started:.0f} s.", highlight=False)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what Rasa and its libraries print off the screen; the console has a copy of the screen of its own."""
    saved = [os.dup(1), os.dup(2)]
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        for stream in (1, 2):
            os.dup2(null, stream)
        yield
    finally:
        for stream, copy in zip((1, 2), saved, strict=True):
            os.dup2(copy, stream)
            os.close(copy)
        os.close(null)
