"""``privacy-bot train``: trains the model and shows the progress."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from bot.assistant import trained_model

# A copy of standard error, so that the console still prints while ``_silence`` is active.
console = Console(file=os.fdopen(os.dup(2), "w"), force_terminal=sys.stderr.isatty())


def train(force: bool = False, verbose: bool = False) -> None:
    """Train if the model is missing or out of date, or if ``force`` is set.

    ``verbose`` shows the output of Rasa. Raises ModelError if Rasa refuses to train.
    """
    path = trained_model.model_path()
    if path.exists() and not force:
        console.print(f"The model is up to date: {path.name}", highlight=False)
        return
    started = time.perf_counter()
    announcement = "Training the model, a minute or two …"
    if verbose or not console.is_terminal:
        console.print(announcement, highlight=False)
    if verbose:
        model = trained_model.train(force)
    else:
        with console.status(announcement), _silence():
            model = trained_model.train(force)
    console.print(
        f"Trained {model.name} in {time.perf_counter() - started:.0f} s.", highlight=False
    )


@contextmanager
def _silence() -> Iterator[None]:
    """Hide the output of Rasa and its libraries, also of those that write to file descriptors."""
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
