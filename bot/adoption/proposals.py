"""Proposals: for each frame the best passages of a policy, or that the policy does not say."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from textwrap import shorten

import numpy as np

from bot.adoption.cues import Matches, load_cues
from bot.adoption.ranker import Ranking, rank
from bot.policy.markdown import Passage, passages

CANDIDATES = 3
_MOST_QUOTES = 3
_MOST_WORDS = 60  # about as much as an answer may have
_NEAR = 2.5  # a neighbour of the best passage belongs to it if it scores that near
_WORTH_QUOTING = 1.0
_STRONG = 1.8
_MOST_LETTERS = 50  # of the words that speak for a passage
_ADDRESS = "contact.post"


@dataclass(frozen=True)
class Candidate:
    """A passage that may answer a frame, with its neighbours; the most telling one is first."""

    passages: tuple[Passage, ...]
    score: float
    reasons: tuple[str, ...]

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        """Return the texts, the most telling first."""
        return tuple(passage.text for passage in self.passages)

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the headings above the first passage."""
        return self.passages[0].headings

    @cached_property
    def in_order(self) -> tuple[Passage, ...]:
        """Return the passages as they stand in the document."""
        return tuple(sorted(self.passages, key=lambda passage: passage.start))


@dataclass(frozen=True)
class Proposal:
    """Opinion of the program on one frame: said or not, and up to three candidates."""

    frame: str
    said: bool
    candidates: tuple[Candidate, ...]

    def as_json(self) -> dict[str, object]:
        """Return the proposal in the form that ``adopt --json`` prints."""
        return {
            "frame": self.frame,
            "proposed": "said" if self.said else "not_said",
            "candidates": [
                {"quotes": list(candidate.quotes), "headings": list(candidate.headings)}
                for candidate in self.candidates
            ],
        }


def strong_candidates(proposal: Proposal) -> list[Candidate]:
    """Return the candidates that a person must have seen before the policy "does not say"."""
    floor = max(load_cues()[proposal.frame].doubt, _STRONG)
    return [candidate for candidate in proposal.candidates if candidate.score >= floor]


@lru_cache(maxsize=4)
def propose(document: str) -> tuple[Proposal, ...]:
    """Return a proposal for each frame; raises RankerError if the ranker is out of date."""
    found = passages(document)
    if not found:
        return tuple(Proposal(frame, False, ()) for frame in load_cues())
    ranking = rank(found)
    return tuple(_proposal(ranking, frame) for frame in ranking.frames)


def _proposal(ranking: Ranking, frame: str) -> Proposal:
    candidates = tuple(
        found for found, _ in zip(_candidates(ranking, frame), range(CANDIDATES), strict=False)
    )
    said = bool(candidates) and candidates[0].score >= load_cues()[frame].doubt
    return Proposal(frame, said, candidates)


def _candidates(ranking: Ranking, frame: str) -> Iterator[Candidate]:
    column = ranking.column[frame]
    taken: set[int] = set()
    for row in np.argsort(-ranking.scores[:, column], kind="stable"):
        if row in taken:
            continue
        rows = _group(ranking, column, int(row), frame)
        taken.update(rows)
        yield Candidate(
            tuple(ranking.passages[other] for other in rows),
            float(ranking.scores[row, column]),
            _reasons(ranking.matches[row][column], ranking.meanings[row, column]),
        )


def _group(ranking: Ranking, column: int, row: int, frame: str) -> list[int]:
    """Return a passage and the neighbours that belong to it."""
    best = ranking.passages[row]
    chosen = [row]
    words = len(best.plain.split())

    def add(other: int) -> bool:
        nonlocal words
        words += len(ranking.passages[other].plain.split())
        if len(chosen) < _MOST_QUOTES and words <= _MOST_WORDS:
            chosen.append(other)
            return True
        return False

    if best.lead_in:
        for other in range(row - 1, -1, -1):
            if ranking.passages[other].text == best.lead_in:
                add(other)
                break
    floor = max(ranking.scores[row, column] - _NEAR, _WORTH_QUOTING)
    for step in (1, -1):
        other = row + step
        while 0 <= other < len(ranking.passages) and ranking.passages[other].block == best.block:
            fits = ranking.scores[other, column] >= floor
            if frame == _ADDRESS and best.kind == "sentence":
                fits = "@" not in ranking.passages[other].text
            if other not in chosen and (not fits or not add(other)):
                break
            other += step
    return chosen


def _reasons(found: Matches, meaning: float) -> tuple[str, ...]:
    reasons = [
        f"says “{shorten(words, _MOST_LETTERS, placeholder=' …')}”" for words in found.strong
    ]
    if found.heading:
        reasons.append(f"stands under “{found.heading}”")
    if meaning > 0:
        reasons.append("means what such sentences mean")
    if found.against:
        against = shorten(found.against[0], _MOST_LETTERS, placeholder=" …")
        reasons.append(f"but says “{against}”")
    return tuple(reasons)
