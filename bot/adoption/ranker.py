"""Ranker of passages: how well each of them answers each frame."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from bot.adoption.cues import Cues, Matches, load_cues, match
from bot.adoption.examples import SENTENCES
from bot.nlu.models.encoder import Encoder, default_encoder, meanings
from bot.paths import ADOPTION_DIR
from bot.policy.markdown import Passage, plain

WEIGHTS = ADOPTION_DIR / "ranker.npz"

# What each sign is worth. Set by hand on two policies; benchmarks/adoption.py measures them.
_MEANING, _HEADING_MEANING = 0.5, 0.1
_LOWEST, _HIGHEST = -4.0, 4.5  # of a meaning: a clear word is not to be outweighed by it
_STRONG, _SECOND_STRONG, _WEAK, _AGAINST, _HEADING = 3.5, 0.9, 0.8, 1.6, 0.9
_INHERITED = 0.4  # share of a cue that only the sentence before the list has
_TITLE, _SHORT, _REFERENCE, _QUESTION, _NOISE = 3.0, 1.5, 0.7, 1.5, 20.0
_AT_START = 1.0  # what a policy covers stands at its start
_FEW_WORDS = 5

_NOT_OF_THE_POLICY = re.compile(
    r"extracted and transformed from the|\bwayback machine\b"
    r"|^(?:(?:back|return) to (?:the )?top|(?:table of )?contents)\W*$",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"^(?:to learn more|for more information|please (?:see|read|click|visit)|see |click here"
    r"|if you have )",
    re.IGNORECASE,
)
# Answers to these are lines of an address or of hours: short, and often after "contact us at:".
_LINES = {"contact.channels", "contact.phone", "contact.post", "hours.support", "change.date"}
_SCOPE = "scope.covers"


_MOST_KNOWN = 4000
_known_vectors: dict[str, np.ndarray] = {}


class RankerError(OSError):
    """The ranker's weights are missing or out of date; the message names the remedy."""


@dataclass(frozen=True)
class Ranking:
    """Scores of passages (rows) for frames (columns), and the cues that they matched."""

    passages: Sequence[Passage]
    frames: tuple[str, ...]
    scores: np.ndarray
    meanings: np.ndarray
    matches: Sequence[Sequence[Matches]]

    @cached_property
    def column(self) -> dict[str, int]:
        """Return the column of each frame."""
        return {frame: column for column, frame in enumerate(self.frames)}


def fingerprint(encoder: Encoder) -> str:
    """Return a digest of what the weights were made from."""
    digest = hashlib.sha256(encoder.fingerprint.encode())
    digest.update(SENTENCES.read_bytes())
    return digest.hexdigest()


def rank(passages: Sequence[Passage]) -> Ranking:
    """Score each passage for each frame.

    Raises RankerError if the weights are not those of the sentences and the encoder.
    """
    frames, weights, offsets = _weights()
    meaning = _meanings(passages, weights, offsets)
    heading = _heading_meanings(passages, weights, offsets)
    scores = _MEANING * meaning + _HEADING_MEANING * heading
    cues = load_cues()
    by_frame = [dict(zip(cues, match(passage), strict=True)) for passage in passages]
    matches = [[found[frame] for frame in frames] for found in by_frame]
    early = max(len(passages) // 10, 8)
    for row, passage in enumerate(passages):
        penalty = _penalty(passage)
        for column, frame in enumerate(frames):
            scores[row, column] += _worth(passage, matches[row][column], cues[frame])
            if frame not in _LINES or penalty >= _NOISE:
                scores[row, column] -= penalty
            if frame == _SCOPE and row < early:
                scores[row, column] += _AT_START
    return Ranking(passages, frames, scores, meaning, matches)


def _worth(passage: Passage, found: Matches, cues: Cues) -> float:
    strong = _STRONG * bool(found.strong) + _SECOND_STRONG * (len(found.strong) > 1)
    if strong and passage.lead_in and not any(cue.search(passage.plain) for cue in cues.strong):
        strong *= _INHERITED
    return (
        strong
        + _WEAK * len(found.weak)
        - _AGAINST * len(found.against)
        + _HEADING * bool(found.heading)
    )


def _penalty(passage: Passage) -> float:
    text = passage.plain
    words = len(text.split())
    penalty = _NOISE * bool(_NOT_OF_THE_POLICY.search(text))
    sentence = text.endswith(".") or words > _FEW_WORDS  # some headings are sentences
    penalty += _TITLE * (passage.kind == "heading") * (0.5 if sentence else 1)
    penalty += _QUESTION * text.endswith("?")
    penalty += _SHORT * max(_FEW_WORDS - words, 0) / (_FEW_WORDS - 1)
    return penalty + _REFERENCE * bool(_REFERS.search(text))


def _meanings(passages: Sequence[Passage], weights: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return how well each passage alone, or with its lead-in, means what answers each frame."""
    found = _logits([passage.plain for passage in passages], weights, offsets)
    items = [row for row, passage in enumerate(passages) if passage.lead_in]
    if items:
        joined = [f"{plain(passages[row].lead_in)} {passages[row].plain}" for row in items]
        found[items] = np.maximum(found[items], _logits(joined, weights, offsets))
    return found


def _heading_meanings(
    passages: Sequence[Passage], weights: np.ndarray, offsets: np.ndarray
) -> np.ndarray:
    titles = sorted({title for passage in passages for title in passage.headings[-1:]})
    if not titles:
        return np.zeros((len(passages), len(offsets)), dtype=np.float32)
    found = dict(zip(titles, _logits(titles, weights, offsets), strict=True))
    none = np.zeros(len(offsets), dtype=np.float32)
    return np.array([found[p.headings[-1]] if p.headings else none for p in passages])


def _logits(texts: Sequence[str], weights: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    vectors = _vectors(texts)
    logits: np.ndarray = np.clip(vectors @ weights.T + offsets, _LOWEST, _HIGHEST)
    return logits


def _vectors(texts: Sequence[str]) -> np.ndarray:
    """Return the vectors of texts; a newer version of a policy has most texts of the older one."""
    new = [text for text in dict.fromkeys(texts) if text not in _known_vectors]
    if len(_known_vectors) + len(new) > _MOST_KNOWN:
        _known_vectors.clear()
        new = list(dict.fromkeys(texts))
    if new:
        _known_vectors.update(zip(new, meanings(default_encoder().encode(new)), strict=True))
    return np.array([_known_vectors[text] for text in texts])


@cache
def _weights() -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    remedy = "Make them again with `python -m bot.adoption.training`."
    try:
        with np.load(WEIGHTS) as stored:
            if str(stored["inputs"]) != fingerprint(default_encoder()):
                raise RankerError(f"{WEIGHTS} was made from other sentences. {remedy}")
            frames = tuple(map(str, stored["frames"]))
            return frames, stored["weights"].astype(np.float32), stored["offsets"]
    except FileNotFoundError:
        raise RankerError(f"{WEIGHTS} is missing. {remedy}") from None
