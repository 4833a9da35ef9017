"""Lists of words and phrases, read once from data/wishes."""

from functools import cache

import yaml

from bot.paths import WISHES_DIR


@cache
def word_lists(file: str) -> dict[str, list[str]]:
    """Return the lists of a file by name, in the order of the file."""
    lists = yaml.safe_load((WISHES_DIR / file).read_text(encoding="utf-8"))
    return {name: [str(entry) for entry in entries] for name, entries in lists.items()}
