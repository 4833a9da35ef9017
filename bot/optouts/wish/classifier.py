"""Second reading of a wish: a small network on the tokens of the sentence encoder.

It knows nothing of clauses and roles, so it errs elsewhere than ``reading``. It was trained on
messages of other people (data/wishes/train.py), and runs in plain numpy.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
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
DRAFT_ADDRESSES = 2  # that a message can point at: "only the first"
# One query for the act, one for each kind, one for each address of the draft.
QUERIES = 1 + len(OptOutKind) + DRAFT_ADDRESSES
_KINDS = slice(1, 1 + len(OptOutKind))
_POINTED = slice(1 + len(OptOutKind), QUERIES)
_PLACEHOLDER = re.compile(r"\[email-\d+\]")


@dataclass(frozen=True)
class AddressReading:
    """Reading of an address by the network.

    ``meant`` is None for an address of the draft that the message says nothing about. ``kinds``
    are those that are to be out for it.
    """

    meant: bool | None
    probability: float
    kinds: frozenset[OptOutKind] = frozenset()


@dataclass(frozen=True)
class SecondReading:
    """Reading by the network, with probabilities: the act, each kind's sign, what is out then.

    ``addresses`` has the placeholders that the message names, and those of the draft.
    """

    act: Act
    act_probability: float
    kinds: Mapping[OptOutKind, Sign]
    after: frozenset[OptOutKind]
    after_probability: float  # the least of all kinds
    addresses: Mapping[str, AddressReading]

    @property
    def sureness(self) -> float:
        """Return the probability of the act with its outcome; 0 if the parts do not fit."""
        if self.act not in (Act.OUT, Act.IN):
            return self.act_probability
        signs = self.kinds.items()
        if any((sign is Sign.STOP) is not (kind in self.after) for kind, sign in signs):
            return 0.0
        return min(self.act_probability, self.after_probability)


class WishClassifier:
    """Network that reads wishes."""

    def __init__(self, encoder: Encoder, weights: Path = WISHES_DIR / "classifier.npz") -> None:
        """Load the weights."""
        self._encoder = encoder
        with np.load(weights) as file:
            self._weights = {name: file[name].astype(np.float32) for name in file.files}

    def read(self, text: str, context: Context) -> SecondReading:
        """Return the second reading of a message in its context."""
        names = named(text, context.emails)
        tokens, states = self._encoder.token_states(said(text, names))
        read = self._forward(states, context)
        acts = _softmax(self._linear(read[0], "act"))
        signs = _softmax(self._linear(read[_KINDS], "sign")).argmax(axis=1)
        out = _softmax(self._linear(read[_KINDS], "after"))[:, 1]
        act = int(acts.argmax())
        return SecondReading(
            Act(ACTS[act]),
            float(acts[act]),
            {
                kind: sign
                for kind, place in zip(OptOutKind, signs, strict=True)
                if (sign := _SIGNS[place]) is not None
            },
            _over_half(out),
            float(np.maximum(out, 1 - out).min()),
            self._addresses(names, tokens, read, context),
        )

    def _addresses(
        self, names: Mapping[str, int], tokens: Sequence[str], read: np.ndarray, context: Context
    ) -> dict[str, AddressReading]:
        """Return the reading of each address that is typed, or pointed at in the draft."""
        places = places_of(tokens)
        found: dict[str, AddressReading] = {}
        for email, query in zip(context.emails, read[_POINTED], strict=False):
            found[email] = self._address(query)
        for email, name in names.items():
            if name in places:
                found[email] = self._address(read[QUERIES:][places[name]].mean(axis=0))
        return found

    def _address(self, state: np.ndarray) -> AddressReading:
        shares = _softmax(self._linear(state, "adr"))
        best = int(shares.argmax())
        kinds = _over_half(1 / (1 + np.exp(-self._linear(state, "adrkinds"))))
        return AddressReading((None, True, False)[best], float(shares[best]), kinds)

    def _forward(self, states: np.ndarray, context: Context) -> np.ndarray:
        """Return the last states of the queries and the tokens."""
        weights = self._weights
        tokens = self._normed(self._linear(states, "inp"), "norm")
        tokens = tokens + weights["position.weight"][: len(tokens)]
        draft = np.array([float(kind in context.kinds) for kind in OptOutKind], dtype=np.float32)
        if context.situation in (Situation.NONE, Situation.ASKED_KINDS):
            draft = np.zeros_like(draft)
        about = weights["situation.weight"][list(Situation).index(context.situation)]
        about = about + weights["draft.weight"] @ draft
        about = about + weights["drafts.weight"][min(DRAFT_ADDRESSES, len(context.emails))]
        read = np.concatenate([weights["queries"] + about, tokens])
        for layer in range(LAYERS):
            read = self._layer(read, f"layers.layers.{layer}.")
        return self._normed(read, "out")

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


def named(text: str, emails: tuple[str, ...]) -> dict[str, int]:
    """Return a number for each address: 0 and 1 in the draft, from 2 on the others of a text."""
    names = {email: number for number, email in enumerate(emails[:DRAFT_ADDRESSES])}
    others = dict.fromkeys(one for one in _PLACEHOLDER.findall(text) if one not in names)
    return names | {email: number for number, email in enumerate(others, start=DRAFT_ADDRESSES)}


def said(text: str, names: Mapping[str, int]) -> str:
    """Return a message as the network reads it: "@0" stands for the draft's address."""
    return " ".join(_PLACEHOLDER.sub(lambda match: f" @{names[match.group()]} ", text).split())


def places_of(tokens: Sequence[str]) -> dict[int, list[int]]:
    """Return the places of the tokens of each numbered address: "@" and its number."""
    places: dict[int, list[int]] = {}
    for place, (token, after) in enumerate(pairwise(tokens)):
        if token == "@" and after.isdigit():
            places.setdefault(int(after), []).extend((place, place + 1))
    return places


@lru_cache(maxsize=256)
def second_reading(text: str, context: Context) -> SecondReading:
    """Return the reading of the released classifier; policy and actions share it in a turn."""
    return default_classifier().read(text, context)


@cache
def default_classifier() -> WishClassifier:
    """Return the classifier of data/wishes, loaded once in a process."""
    return WishClassifier(default_encoder())


def _over_half(shares: np.ndarray) -> frozenset[OptOutKind]:
    return frozenset(kind for kind, share in zip(OptOutKind, shares, strict=True) if share > 0.5)


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
