"""Groups of messages that the bot could not answer, to be labelled as training data.

The messages come from the stored conversations, and are grouped by meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from bot.nlu.models.encoder import default_encoder, meanings

if TYPE_CHECKING:
    from bot.assistant.tracker_store import Missed

UNLABELLED = "?"  # stands for the intent until somebody labels the group
_ALIKE = 0.5  # mean similarity in meaning within a group
_GUESSES = 3  # likely topics that are given for a group


@dataclass(frozen=True)
class Group:
    """Messages with about the same meaning, each with its count, the most frequent first."""

    messages: tuple[tuple[str, int], ...]
    taken_for: tuple[str, ...]
    likely: tuple[str, ...]

    @property
    def times(self) -> int:
        """Count of all messages of the group."""
        return sum(times for _, times in self.messages)


def grouped(missed: Iterable[Missed]) -> list[Group]:
    """Return messages grouped by meaning, the most frequent group first."""
    by_text: dict[str, list[Missed]] = {}
    for message in missed:
        by_text.setdefault(" ".join(message.text.split()), []).append(message)
    texts = [text for text in by_text if text]
    if not texts:
        return []
    # Imported only when there is something to group, because it is slow to load.
    from sklearn.cluster import AgglomerativeClustering

    clusters = [0]
    if len(texts) > 1:
        clustering = AgglomerativeClustering(
            n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - _ALIKE
        )
        clusters = clustering.fit_predict(meanings(default_encoder().encode(texts))).tolist()
    groups = [
        _group([text for text, its in zip(texts, clusters, strict=True) if its == cluster], by_text)
        for cluster in set(clusters)
    ]
    return sorted(groups, key=lambda group: (-group.times, group.messages))


def as_nlu(groups: Iterable[Group]) -> str:
    """Return groups as a Rasa NLU file without intents.

    It becomes training data when each group gets an intent, or its lines move to another one.
    """
    entries = [
        {
            "intent": UNLABELLED,
            "metadata": {
                "times": group.times,
                "taken_for": list(group.taken_for),
                "likely": list(group.likely),
            },
            "examples": "".join(f"- {text}\n" for text, _ in group.messages),
        }
        for group in groups
    ]
    return yaml.dump(
        {"version": "3.1", "nlu": entries},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=2**16,
    )


def _group(texts: list[str], by_text: dict[str, list[Missed]]) -> Group:
    messages = [message for text in texts for message in by_text[text]]
    likely = Counter(guess for message in messages for guess in message.likely)
    return Group(
        messages=tuple(
            sorted(
                ((text, len(by_text[text])) for text in texts),
                key=lambda entry: (-entry[1], entry[0]),
            )
        ),
        taken_for=tuple(sorted({message.taken_for for message in messages})),
        likely=tuple(name for name, _ in likely.most_common(_GUESSES)),
    )


class _Dumper(yaml.SafeDumper):
    """YAML dumper that writes text of several lines as a block, as in Rasa's files."""


def _as_lines(dumper: yaml.SafeDumper, text: str) -> Any:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _as_lines)
