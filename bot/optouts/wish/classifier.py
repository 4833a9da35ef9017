"""Second reading of a wish: the upper layers of the sentence encoder, trained to read wishes.

It knows nothing of clauses and roles, so it errs elsewhere than ``reading``. It was trained on
messages of other people (data/wishes/train.py).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from bot.nlu.models.encoder import DIMENSIONS, Encoder, default_encoder, open_session
from bot.optouts.model import OptOutKind
from bot.optouts.wish.model import Act, Context, Sign, Situation
from bot.paths import WISHES_DIR

# The acts that the labels of the training messages tell apart.
ACTS = ("out", "none", "in", "undo", "status", "yes", "no", "unclear")
SIGNS = (None, Sign.STOP, Sign.KEEP)
DRAFT_ADDRESSES = 2  # that a message can point at: "only the first"
# One query for the act, one for each kind, one for each address of the draft.
QUERIES = 1 + len(OptOutKind) + DRAFT_ADDRESSES
# Of the token states, those after the third layer: the network goes on from there.
LOWER = slice(DIMENSIONS, 2 * DIMENSIONS)
_PLACEHOLDER = re.compile(r"\[email-\d+\]")


@dataclass(frozen=True)
class AddressReading:
    """Reading of an address by the network.

    ``meant`` is None for an address of the draft that the message says nothing about. ``kinds``
    are those that are to be out for it, with the least of their probabilities.
    """

    meant: bool | None
    probability: float
    kinds: frozenset[OptOutKind] = frozenset()
    kinds_probability: float = 0.0


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

    def __init__(self, encoder: Encoder, model: Path = WISHES_DIR / "classifier.onnx") -> None:
        """Load the network."""
        self._encoder = encoder
        self._session = open_session(model)

    def read(self, text: str, context: Context) -> SecondReading:
        """Return the second reading of a message in its context."""
        names = named(text, context.emails)
        tokens, states = self._encoder.token_states(said(text, names))
        scores = self._session.run(None, _feed(states, context))
        acts, signs, after = (_softmax(scored[0]) for scored in scores[:3])
        out, act = after[:, 1], int(acts.argmax())
        return SecondReading(
            Act(ACTS[act]),
            float(acts[act]),
            {
                kind: sign
                for kind, place in zip(OptOutKind, signs.argmax(axis=1), strict=True)
                if (sign := SIGNS[place]) is not None
            },
            _over_half(out),
            float(np.maximum(out, 1 - out).min()),
            _addresses(names, tokens, scores[3][0], scores[4][0], context),
        )


def _feed(states: np.ndarray, context: Context) -> dict[str, np.ndarray]:
    """Return the input of the network for a message and its context."""
    has_draft = context.situation not in (Situation.NONE, Situation.ASKED_KINDS)
    draft = [float(has_draft and kind in context.kinds) for kind in OptOutKind]
    return {
        "states": states[None, :, LOWER],
        "situation": np.array([list(Situation).index(context.situation)]),
        "draft": np.array([draft], dtype=np.float32),
        "drafts": np.array([min(DRAFT_ADDRESSES, len(context.emails))]),
    }


def _addresses(
    names: Mapping[str, int],
    tokens: Sequence[str],
    meant: np.ndarray,
    kinds: np.ndarray,
    context: Context,
) -> dict[str, AddressReading]:
    """Return the reading of each address that is typed, or pointed at in the draft.

    ``meant`` and ``kinds`` are the scores of the draft's addresses, then of each token.
    """
    places = places_of(tokens)
    found: dict[str, AddressReading] = {}
    for place, email in enumerate(context.emails[:DRAFT_ADDRESSES]):
        found[email] = _address(meant[place], kinds[place])
    for email, name in names.items():
        if name in places:
            spots = [DRAFT_ADDRESSES + place for place in places[name]]
            found[email] = _address(meant[spots].mean(axis=0), kinds[spots].mean(axis=0))
    return found


def _address(meant: np.ndarray, kinds: np.ndarray) -> AddressReading:
    shares, out = _softmax(meant), 1 / (1 + np.exp(-kinds))
    best = int(shares.argmax())
    return AddressReading(
        (None, True, False)[best],
        float(shares[best]),
        _over_half(out),
        float(np.maximum(out, 1 - out).min()),
    )


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
