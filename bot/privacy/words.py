"""Words and names of English, by which a name is told from a word (``scripts/name_lists.py``)."""

import re
from functools import cache

from bot.paths import PRIVACY_DIR
from bot.policy.store import store


def is_word(word: str) -> bool:
    """Return whether a word in lower case is an everyday word, even if it is a name too."""
    return word in _listed("words") or word in _of_the_store()


def is_first_name(word: str) -> bool:
    """Return whether a word in lower case is a first name; some are words, too."""
    return word in _listed("first_names")


def is_last_name(word: str) -> bool:
    """Return whether a word in lower case is a last name; some are words, too."""
    return word in _listed("last_names")


@cache
def _of_the_store() -> frozenset[str]:
    """Return the words of the store's names and sites, which are no names of people."""
    named = (store().name, *store().aliases, *store().sites)
    return frozenset(re.findall(r"[a-z]{2,}", " ".join(named).lower()))


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset((PRIVACY_DIR / f"{name}.txt").read_text(encoding="utf-8").split())
