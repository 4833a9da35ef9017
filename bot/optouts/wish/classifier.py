"""Second reading of a wish: a small network on the tokens of the sentence encoder.

It knows nothing of clauses and roles, so it errs elsewhere than ``reading``. It was trained on
messages of other people (data/wishes/train.py), and runs in plain numpy.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from bot.nlu.models.encoder import Encoder, default_encoder
from bot.optouts.model import OptOutKind
from bot.optouts.wish.model import Act, Context, Sign, Situation
from bot.paths import WISHES_DIR

# The acts that the labels of the training messages tell apart.
ACTS = ("out", "none", "in", "undo", "status", "yes", "no", "unclear")
_SIGNS = (None, Sign.STOP, Sign.KEEP)
WIDTH, HEADS, LAYERS = 128, 4, 2
QUERIES = 1 + len(OptOutKind)  # one for the act, one for each kind
_PLACEHOLDER = re.compile(r"\[[a-z_]+-(\d+)\]")


@dataclass(frozen=True)
class SecondReading:
    """What the network reads: an act and the signs of the kinds, with their probabilities."""

    act: Act
    act_probability: float
    kinds: Mapping[OptOutKind, Sign]
    kinds_probability: float  # the least of all kinds

    @property
    def sureness(self) -> float:
        """Return the least of all probabilities."""
        return min(self.act_probability, self.kinds_probability)

    @property
    def stops(self) -> frozenset[OptOutKind]:
        """Return the kinds that are to stop."""
        return frozenset(kind for kind, sign in self.kinds.items() if sign is Sign.STOP)

    @property
    def keeps(self) -> frozenset[OptOutKind]:
        """Return the kinds that are to stay, or to come again."""
        return frozenset(kind for kind, sign in self.kinds.items() if sign is Sign.KEEP)


class WishClassifier:
    """Network that reads wishes."""

    def __init__(self, encoder: Encoder, weights: Path = WISHES_DIR / "classifier.npz") -> None:
        """Load the weights."""
        self._encoder = encoder
        with np.load(weights) as file:
            self._weights = {name: file[name].astype(np.float32) for name in file.files}

    def read(self, text: str, context: Context) -> SecondReading:
        """Return the second reading of a message in its context."""
        acts, signs = self._forward(self._encoder.token_states(said(text, context.emails)), context)
        best = signs.argmax(axis=1)
        kinds = {
            kind: sign
            for kind, place in zip(OptOutKind, best, strict=True)
            if (sign := _SIGNS[place]) is not None
        }
        act = int(acts.argmax())
        return SecondReading(
            Act(ACTS[act]), float(acts[act]), kinds, float(signs.max(axis=1).min())
        )

    def _forward(self, states: np.ndarray, context: Context) -> tuple[np.ndarray, np.ndarray]:
        """Return the probabilities of the acts, and of the signs for each kind."""
        weights = self._weights
        tokens = self._normed(self._linear(states, "inp"), "norm")
        tokens = tokens + weights["position.weight"][: len(tokens)]
        draft = np.array([float(kind in context.kinds) for kind in OptOutKind], dtype=np.float32)
        if context.situation in (Situation.NONE, Situation.ASKED_KINDS):
            draft = np.zeros_like(draft)
        situation = weights["situation.weight"][list(Situation).index(context.situation)]
        about = situation + weights["draft.weight"] @ draft
        read = np.concatenate([weights["queries"] + about, tokens])
        for layer in range(LAYERS):
            read = self._layer(read, f"layers.layers.{layer}.")
        read = self._normed(read[:QUERIES], "out")
        return (
            _softmax(self._linear(read[0], "act")),
            _softmax(self._linear(read[1:], "sign")),
        )

    def _layer(self, read: np.ndarray, name: str) -> np.ndarray:
        """Return the output of a transformer layer that normalises its input."""
        weights = self._weights
        mixed = self._normed(read, f"{name}norm1")
        parts = mixed @ weights[f"{name}self_attn.in_proj_weight"].T
        parts += weights[f"{name}self_attn.in_proj_bias"]
        query, key, value = (
            part.reshape(len(read), HEADS, -1).transpose(1, 0, 2) for part in np.split(parts, 3, 1)
        )
        attention = _softmax(query @ key.transpose(0, 2, 1) / np.sqrt(WIDTH // HEADS))
        heads = (attention @ value).transpose(1, 0, 2).reshape(len(read), WIDTH)
        read = read + self._linear(heads, f"{name}self_attn.out_proj")
        inner = _gelu(self._linear(self._normed(read, f"{name}norm2"), f"{name}linear1"))
        return read + self._linear(inner, f"{name}linear2")

    def _linear(self, values: np.ndarray, name: str) -> np.ndarray:
        product: np.ndarray = values @ self._weights[f"{name}.weight"].T
        return product + self._weights[f"{name}.bias"]

    def _normed(self, values: np.ndarray, name: str) -> np.ndarray:
        mean = values.mean(axis=-1, keepdims=True)
        spread = np.sqrt(values.var(axis=-1, keepdims=True) + 1e-5)
        normed: np.ndarray = (values - mean) / spread * self._weights[f"{name}.weight"]
        return normed + self._weights[f"{name}.bias"]


def said(text: str, emails: tuple[str, ...]) -> str:
    """Return a message as the network reads it: "@0" for the draft's address, "@1" for others."""

    def name(match: re.Match[str]) -> str:
        """Return the name of an address for the network."""
        return " @0 " if match.group() in emails else f" @{max(1, int(match[1]))} "

    return " ".join(_PLACEHOLDER.sub(name, text).split())


@lru_cache(maxsize=256)
def second_reading(text: str, context: Context) -> SecondReading:
    """Return the reading of the released classifier; policy and actions share it in a turn."""
    return default_classifier().read(text, context)


@cache
def default_classifier() -> WishClassifier:
    """Return the classifier of data/wishes, loaded once in a process."""
    return WishClassifier(default_encoder())


def _softmax(values: np.ndarray) -> np.ndarray:
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def _gelu(values: np.ndarray) -> np.ndarray:
    """Return the Gaussian error linear unit of values (Hendrycks and Gimpel 2016)."""
    # The error function by Abramowitz and Stegun, 7.1.26: exact to 1.5e-7.
    scaled = np.abs(values) / np.sqrt(2)
    t = 1 / (1 + 0.3275911 * scaled)
    polynomial = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    erf = np.sign(values) * (1 - polynomial * np.exp(-scaled * scaled))
    unit: np.ndarray = values * (1 + erf) / 2
    return unit
