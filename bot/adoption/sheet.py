"""Review from a file of decisions, as a careful reader would take them on the page."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.adoption.proposals import Candidate
from bot.adoption.review import Review, ReviewError, located
from bot.policy.confirmations import Quote
from bot.policy.frame_list import NOT_SAID
from bot.policy.markdown import plain

_PLACES = ("first", "second", "third")
SEARCHED = "searched"
_WORDS_A_MINUTE = 250  # that a person reads
_SECONDS_A_KEY = 0.5
_SECONDS_A_DECISION = 3.0


@dataclass
class Tally:
    """Places where the answers were found, and the keys and minutes that a person would need."""

    found: Counter[str] = field(default_factory=Counter)
    keys: int = 0
    words: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def minutes(self) -> float:
        """Return the time of reading, deciding and typing."""
        seconds = self.keys * _SECONDS_A_KEY + self.found.total() * _SECONDS_A_DECISION
        return round(self.words / _WORDS_A_MINUTE + seconds / 60, 1)

    def as_json(self) -> dict[str, Any]:
        """Return the tally in the form that ``review --sheet --json`` prints."""
        places = {place: self.found[place] for place in (*_PLACES, SEARCHED, NOT_SAID)}
        return {**places, "keys": self.keys, "minutes": self.minutes}


def review_from_sheet(review: Review, sheet: Path) -> Tally:
    """Confirm every frame of a sheet.

    What does not hold stays open and is a problem of the tally. Raises ReviewError with the line
    for what is no decision.
    """
    tally = Tally()
    for number, entry in _entries(sheet):
        try:
            frame, verdict = entry["frame"], entry["verdict"]
            condition = str(entry.get("condition") or "")
            quotes: list[Quote] = []
            for text in entry["quotes"]:
                try:
                    quotes.append(located(review, text, quotes))
                except ReviewError as error:
                    tally.problems.append(f"{sheet}:{number}: {frame}: {error}")
            _count(tally, review, frame, quotes, condition if verdict == "conditions" else "")
            review.confirm(frame, verdict, quotes, condition)
        except (KeyError, TypeError):
            raise ReviewError(
                f'{sheet}:{number}: expected {{"frame", "verdict", "quotes", "condition"}}.'
            ) from None
        except ReviewError as error:
            tally.problems.append(f"{sheet}:{number}: {error}")
    return tally


def _entries(sheet: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = sheet.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError(f"{sheet} cannot be read ({error}).") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError:
                raise ReviewError(f"{sheet}:{number}: this is not JSON.") from None


def _count(tally: Tally, review: Review, frame: str, quotes: list[Quote], condition: str) -> None:
    """Add what a person would read and type for one frame."""
    tally.words += len(review.frames[frame].question.split())
    candidates = review.proposals[frame].candidates
    place = _place(candidates, quotes)
    seen = _PLACES.index(place) + 1 if place in _PLACES else len(candidates)
    tally.words += sum(_length(candidate) for candidate in candidates[:seen])
    if place == NOT_SAID:
        tally.keys += 1
    elif place == SEARCHED:  # s, some words, Enter, the number, the lead
        tally.keys += 4 + len(" ".join(plain(quotes[0].text).split()[:3]))
    else:
        tally.keys += 2
    tally.keys += len(condition) + 1 if condition else 0
    tally.found[place] += 1


def _place(candidates: tuple[Candidate, ...], quotes: list[Quote]) -> str:
    if not quotes:
        return NOT_SAID
    for name, candidate in zip(_PLACES, candidates, strict=False):
        for passage in candidate.passages:
            if any(_same(passage.plain, plain(quote.text)) for quote in quotes):
                return name
    return SEARCHED


def _same(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def _length(candidate: Candidate) -> int:
    return sum(len(passage.plain.split()) for passage in candidate.passages)
