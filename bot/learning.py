"""What real shoppers asked and were not answered: from the stored conversations, grouped by meaning, to be labelled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from bot.nlu.models.encoder import default_encoder, meanings

UNLABELLED = "?"  # where whoever labels puts the intent
_ALIKE = 0.5  # mean similarity in meaning within a group
GUESSES = 3  # topics that a message may have been about


@dataclass(frozen=True)
class Missed:
    """A message that was asked back or refused: its text, with placeholders for personal data, and what it was likely about."""

    text: str
    taken_for: str
    likely: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Messages that mean about the same, the most frequent first, each with how often it was said."""

    messages: tuple[tuple[str, int], ...]
    taken_for: tuple[str, ...]
    likely: tuple[str, ...]

    @property
    def times(self) -> int:
        """How often any of them was said."""
        return sum(times for _, times in self.messages)


def grouped(missed: Iterable[Missed]) -> list[Group]:
    """Group messages by meaning, the group that was said most often first."""
    said: dict[str, list[Missed]] = {}
    for message in missed:
        said.setdefault(" ".join(message.text.split()), []).append(message)
    texts = [text for text in said if text]
    if not texts:
        return []
    from sklearn.cluster import AgglomerativeClustering  # here, because the server imports this module and does not group

    places = [0]
    if len(texts) > 1:
        clustering = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - _ALIKE)
        places = clustering.fit_predict(meanings(default_encoder().encode(texts))).tolist()
    groups = [_group([text for text, its in zip(texts, places, strict=True) if its == place], said) for place in set(places)]
    return sorted(groups, key=lambda group: (-group.times, group.messages))


def as_nlu(groups: Iterable[Group]) -> str:
    """Return groups as a Rasa NLU file without intents: label each, or move its lines, and it is training data."""
    entries = [
        {
            "intent": UNLABELLED,
            "metadata": {"times": group.times, "taken_for": list(group.taken_for), "likely": list(group.likely)},
            "examples": "".join(f"- {text}\n" for text, _ in group.messages),
        }
        for group in groups
    ]
    return yaml.dump({"version": "3.1", "nlu": entries}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**16)


def _group(texts: list[str], said: dict[str, list[Missed]]) -> Group:
    messages = [message for text in texts for message in said[text]]
    likely = Counter(guess for message in messages for guess in message.likely)
    return Group(
        messages=tuple(sorted(((text, len(said[text])) for text in texts), key=lambda entry: (-entry[1], entry[0]))),
        taken_for=tuple(sorted({message.taken_for for message in messages})),
        likely=tuple(name for name, _ in likely.most_common(GUESSES)),
    )


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as Rasa's files have it: line by line."""


def _as_lines(dumper: yaml.SafeDumper, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _as_lines)
