"""Small grammars from which messages are made: cases of a test, or training examples.

A file of grammars names a capability, lists of words, and groups. A group has sentences with slots
(``say``), and the topic that each of them must be understood as; topics in ``also`` are right, too.
Every combination of the words in the slots of ``every`` (else of all lists of the group) is said
``times`` times, by the next sentences in turn. Other slots get the next word in turn. A word may be
a sentence with a topic of its own. ``change`` changes how each message is typed.

The entries at even places of a list are its seen half: mistakes on cases of seen words alone may be
read while the understanding is made better. All other cases are unseen.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from typing import Any

import yaml

from bot.evaluation.corruption import slipped

_SLOT_DEPTH = 3  # slots may be filled with words that have slots
_CHANGES: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "title case": str.title,
    "no apostrophes": lambda text: text.replace("'", ""),
    "exclamation": lambda text: f"{text}!!",
}
_TYPO = "typo "  # begins the name of a change; the rest is the seed


@dataclass(frozen=True)
class Case:
    """Message of a grammar with the topics that are right for it, the expected one first."""

    text: str
    topics: tuple[str, ...]
    capability: str
    group: str
    seen: bool


@dataclass(frozen=True)
class _Word:
    """Entry of a list: a text, perhaps with slots, and perhaps with topics of its own."""

    text: str
    topics: tuple[str, ...]
    seen: bool


_Lists = Mapping[str, Sequence[_Word]]


def read_cases(folder: Path) -> list[Case]:
    """Return the cases of all grammars in a folder, each text once.

    Raises KeyError, TypeError, AttributeError or ValueError for a file that is no grammar.
    """
    cases: dict[str, Case] = {}
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = _lists(content.get("words") or {})
        for group in content["cases"]:
            for case in _cases(content["capability"], group, shared):
                cases.setdefault(case.text, case)
    return list(cases.values())


def _lists(words: Mapping[str, Sequence[Any]]) -> dict[str, list[_Word]]:
    return {
        name: [_word(entry, place % 2 == 0) for place, entry in enumerate(entries)]
        for name, entries in words.items()
    }


def _word(entry: Any, seen: bool) -> _Word:
    if isinstance(entry, dict):
        return _Word(entry["say"], (entry["topic"], *entry.get("also", ())), seen)
    return _Word(str(entry), (), seen)


def _cases(capability: str, group: Mapping[str, Any], shared: _Lists) -> Iterator[Case]:
    own = _lists(group.get("words") or {})
    lists = {**shared, **own}
    forms = [_word(entry, place % 2 == 0) for place, entry in enumerate(group["say"])]
    topics = (group["topic"], *group.get("also", ())) if "topic" in group else ()
    slots = group.get("every") or [*own, *(["data"] if _names(forms, "data") else [])]
    turns: dict[str, Iterator[int]] = {}
    changes = group.get("change") or [None]
    for words in product(*(lists[slot] for slot in slots)):
        seen = all(word.seen for word in words)
        for _ in range(group.get("times", 1)):
            form = _next("", forms, seen, turns)
            filled = _filled(form, dict(zip(slots, words, strict=True)), lists, turns)
            for change in changes:
                yield Case(
                    _changed(filled.text, change),
                    filled.topics or topics,
                    capability,
                    group.get("name", topics[0] if topics else ""),
                    filled.seen,
                )


def _names(forms: Sequence[_Word], slot: str) -> bool:
    return any(f"{{{slot}}}" in form.text for form in forms)


def _next(name: str, words: Sequence[_Word], seen: bool, turns: dict[str, Iterator[int]]) -> _Word:
    """Return the next word of a list; beside seen words alone, only seen ones take turns."""
    turn = next(turns.setdefault(f"{name} {seen}", count()))
    choice = [word for word in words if word.seen] if seen else words
    # Each round begins one place further, so that not the same words always meet.
    return choice[(turn + turn // len(choice)) % len(choice)]


def _filled(
    form: _Word,
    words: Mapping[str, _Word],
    lists: _Lists,
    turns: dict[str, Iterator[int]],
) -> _Word:
    text, topics, seen = form.text, form.topics, form.seen
    for _ in range(_SLOT_DEPTH):
        for slot, entries in lists.items():
            while f"{{{slot}}}" in text:
                seen_so_far = seen and all(word.seen for word in words.values())
                word = words.get(slot) or _next(slot, entries, seen_so_far, turns)
                text = text.replace(f"{{{slot}}}", word.text, 1)
                topics, seen = word.topics or topics, seen and word.seen
    if "{" in text:
        raise ValueError(f"A slot has no list of words: {text}")
    return _Word(text, topics, seen)


def _changed(text: str, change: str | None) -> str:
    if change is None:
        return text
    if change.startswith(_TYPO):
        return slipped(text, random.Random(f"{change} {text}"))
    return _CHANGES[change](text)
