"""Mapping of a question to frames: by its topics, by similar examples, and by cues.

The frames are the same for all stores, and so are their examples. Nothing is trained.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from bot.nlu.models.encoder import Encoder, meanings
from bot.policy.frame_list import Frame, load_frames

_NEAREST = 3  # examples whose mean similarity counts beside that of the nearest
_FIRST, _MEAN = 0.5, 0.5
_CUE, _MOST_CUES = 0.06, 3
_TOPIC, _OTHER_TOPIC = 0.2, 0.9  # weight of the topic's probability, and part of it for `also`
_BATCH = 16  # examples that are encoded together
_CLOSE = 0.04  # a second frame so near to the first is asked, too


@dataclass(frozen=True)
class Asked:
    """Frames that a question asks, the best first; ``likeness`` is apart from the topics."""

    frames: tuple[str, ...] = ()
    likeness: float = 0.0


class FrameFinder:
    """Finder of the frames of a question, with the examples of all frames."""

    def __init__(
        self, frames: Mapping[str, Frame], examples: np.ndarray, owners: list[str]
    ) -> None:
        self._frames = frames
        self._examples = examples
        self._rows = {name: np.flatnonzero(np.array(owners) == name) for name in frames}
        self._cues = {
            name: [re.compile(rf"\b{re.escape(cue.lower())}") for cue in frame.cues]
            for name, frame in frames.items()
        }

    @classmethod
    def of(cls, encoder: Encoder) -> Self:
        """Encode the examples of all frames, a few at a time to spare memory."""
        frames = load_frames()
        pairs = [
            (name, text)
            for name, frame in frames.items()
            for text in (*frame.examples, frame.question)
        ]
        texts = [text for _, text in pairs]
        batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
        vectors = np.vstack([meanings(encoder.encode(batch)) for batch in batches])
        return cls(frames, vectors, [name for name, _ in pairs])

    def find(self, text: str, meaning: np.ndarray, topics: Mapping[str, float]) -> Asked:
        """Return the frames of a question from its meaning and the probabilities of its topics."""
        similar = self._examples @ meaning
        likeness = {name: self._likeness(name, text.lower(), similar) for name in self._frames}
        scores = {
            name: likeness[name] + _TOPIC * self._topical(frame, topics)
            for name, frame in self._frames.items()
        }
        best, second = sorted(scores, key=lambda name: -scores[name])[:2]
        close = scores[best] - scores[second] < _CLOSE
        return Asked((best, second) if close else (best,), likeness[best])

    def _likeness(self, name: str, text: str, similar: np.ndarray) -> float:
        own = np.sort(similar[self._rows[name]])[::-1][:_NEAREST]
        cues = sum(bool(cue.search(text)) for cue in self._cues[name])
        return float(_FIRST * own[0] + _MEAN * own.mean() + _CUE * min(cues, _MOST_CUES))

    @staticmethod
    def _topical(frame: Frame, topics: Mapping[str, float]) -> float:
        also = sum(_OTHER_TOPIC * topics.get(topic, 0.0) for topic in frame.also)
        return min(topics.get(frame.topic, 0.0) + also, 1.0)
