"""Reading of a message by its words: who acts, what is done, and with what.

It does not tell the topic, which the classifier knows better. It tells whether a message speaks of
what is done with a person's data at all: such a message is never refused as out of scope.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import yaml

from bot.paths import READING

STORE, FOREIGN = "store", "foreign"  # who acts
# Things of the store's trade rather than of privacy: with them an act is no act of the policy.
_TRADE = "trade"
# What a policy says of data. Other acts ("order", "open", "send") are done with many things.
_OF_POLICY = frozenset(
    {"encrypt", "sell", "share", "track", "protect", "delete", "keep", "collect", "use"}
)
# What is done with one of these is said of all of them.
_PERSONAL = frozenset({"card", "email", "phone", "address", "history", "account", "data"})
_DATA, _PLAIN = "data", "plainly"


@dataclass(frozen=True)
class Reading:
    """Words of a message, as classes: subjects, acts, and things."""

    subjects: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()

    @property
    def is_about_data(self) -> bool:
        """True if something that a policy speaks of is done with a person's data."""
        return (
            bool(_OF_POLICY & set(self.acts))
            and bool(self.things)
            and _TRADE not in self.things
            and FOREIGN not in self.subjects
        )

    @property
    def is_policy(self) -> bool:
        """True if it is this store that does it."""
        return self.is_about_data and STORE in self.subjects

    @property
    def is_foreign(self) -> bool:
        """True if another company acts, and this store does not."""
        return FOREIGN in self.subjects and STORE not in self.subjects


@lru_cache(maxsize=64)  # each component that asks has the same text
def read(text: str) -> Reading:
    """Return the reading of a text."""
    lower = text.lower()
    acts = _found("acts", lower)
    # Without an act, nothing more is asked about but who is named.
    things = _found("things", lower) if acts else ()
    forms = _found("forms", lower) if things else ()
    return Reading(_found("subjects", lower), acts, things, forms)


def _found(part: str, lower: str) -> tuple[str, ...]:
    """Return the classes of one part of the reading, in the order of the text."""
    matches = _patterns()[part].finditer(lower)
    return tuple(dict.fromkeys(str(match.lastgroup) for match in matches))


def terms(text: str) -> list[str]:
    """Return the acts on data that a text speaks of, joined with the things and with the form."""
    reading = read(text)
    if not reading.things or _TRADE in reading.things:
        return []
    things = dict.fromkeys(_DATA if thing in _PERSONAL else thing for thing in reading.things)
    forms = reading.forms or (_PLAIN,)
    return [
        term
        for act in reading.acts
        if act in _OF_POLICY
        for term in (
            act,
            *(f"{act} {thing}" for thing in things),
            *(f"{act} {form}" for form in forms),
        )
    ]


def signs(text: str) -> tuple[bool, ...]:
    """Return what the words of a text say of its scope, in a fixed order."""
    reading = read(text)
    return (
        reading.is_about_data,
        reading.is_foreign,
        STORE in reading.subjects and bool(reading.acts),
        _TRADE in reading.things,
    )


def words_of(part: str, name: str) -> str:
    """Return the words of a class as one regular expression."""
    return "|".join(_lists()[part][name])


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    lists: dict[str, dict[str, list[str]]] = yaml.safe_load(READING.read_text(encoding="utf-8"))
    return lists


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return a pattern for each part of a reading; its groups name the classes."""
    return {part: _pattern(classes) for part, classes in _lists().items()}


def _pattern(classes: Mapping[str, list[str]]) -> re.Pattern[str]:
    named = (f"(?P<{name}>{'|'.join(words)})" for name, words in classes.items())
    return re.compile(rf"\b(?:{'|'.join(named)})(?!\w)")
