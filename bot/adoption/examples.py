"""Sentences of made-up policies, each with the frames that it answers."""

from dataclasses import dataclass
from pathlib import Path

from bot.paths import ADOPTION_DIR

SENTENCES = ADOPTION_DIR / "sentences.txt"
_NONE = "-"


@dataclass(frozen=True)
class Example:
    """A sentence, the heading above it, the frames that it answers and those it may answer."""

    text: str
    heading: str
    frames: frozenset[str]
    maybe: frozenset[str]


class ExampleError(ValueError):
    """Error in the file of sentences; the message has the line."""


def load_examples(path: Path = SENTENCES) -> list[Example]:
    """Return the sentences; raises ExampleError for a line that is not ``frames: sentence``."""
    return [
        _example(line, f"{path.name}:{number}")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]


def _example(line: str, place: str) -> Example:
    names, separator, rest = line.partition(": ")
    heading, arrow, text = rest.partition(" > ")
    if not separator or not rest.strip():
        raise ExampleError(f"{place}: write `frame: sentence`, or `-: sentence`.")
    frames = [] if names == _NONE else names.split(",")
    return Example(
        text if arrow else rest,
        heading if arrow else "",
        frozenset(frame for frame in frames if not frame.startswith("~")),
        frozenset(frame[1:] for frame in frames if frame.startswith("~")),
    )
