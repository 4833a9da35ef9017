"""Aspects: special cases of a topic with an answer of their own, and the words that name them."""

from functools import cache
from pathlib import Path
from typing import Any

from bot.paths import DATA_DIR
from bot.policy.folder import store_folder
from bot.policy.yaml_files import read_yaml

COMMON = DATA_DIR / "aspects.yml"  # of every store: days and times
TABLE = "aspects.yml"


@cache
def load_aspects() -> dict[str, list[str]]:
    """Return the words of each aspect of the store that the bot answers for."""
    return read_aspects(store_folder())


def read_aspects(folder: Path) -> dict[str, list[str]]:
    """Return the words of each aspect: those of every store, and those of one store's own."""
    own = folder / TABLE
    loaded: dict[str, list[Any]] = {**read_yaml(COMMON), **(read_yaml(own) if own.exists() else {})}
    return {aspect: [_word(word) for word in words] for aspect, words in loaded.items()}


def _word(word: object) -> str:
    """Return a word as text: YAML 1.1 reads a bare `off`, `on`, `yes` or `no` as a truth value."""
    if isinstance(word, bool):
        return "on" if word else "off"
    return str(word)
