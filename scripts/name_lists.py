"""Writer of the word lists by which names are told from words, in data/privacy.

    .venv/bin/pip install names          # the lists of the United States Census of 1990
    .venv/bin/python scripts/name_lists.py

A word that is a name, too, is in the list of words only if it is far more common ("will", "mark").
"""

import re
from pathlib import Path

import names
from spellchecker import SpellChecker

from bot.paths import NLU_DIR, PRIVACY_DIR

_COMMON = 2000  # occurrences in the corpus of pyspellchecker from which a word is everyday English
_COMMON_THOUGH_A_NAME = 20_000
_LAST_NAMES = 20_000


def main() -> None:
    """Write the lists."""
    folder = Path(names.__file__).parent
    first = {*_column(folder / "dist.female.first"), *_column(folder / "dist.male.first")}
    last = set(_column(folder / "dist.all.last")[:_LAST_NAMES])
    named = first | last
    known = SpellChecker(distance=1).word_frequency.dictionary
    words = {
        word
        for word, count in known.items()
        if word.isalpha() and count >= (_COMMON_THOUGH_A_NAME if word in named else _COMMON)
    }
    said = "\n".join(path.read_text(encoding="utf-8") for path in NLU_DIR.glob("*.yml")).lower()
    words |= set(re.findall(r"[a-z]+", said)) - first
    for name, entries in (("words", words), ("first_names", first), ("last_names", last)):
        (PRIVACY_DIR / f"{name}.txt").write_text("\n".join(sorted(entries)) + "\n", "utf-8")
        print(f"{len(entries)} {name}")


def _column(path: Path) -> list[str]:
    return [line.split()[0].lower() for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
