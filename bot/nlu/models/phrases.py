"""Search for kinds of data and aspects of a topic in a text, with spaCy rules and word lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import spacy
import yaml
from spacy.language import Language
from spacy.tokens import Doc

from bot.paths import POLICY_DIR
from bot.policy.kinds import load_data_kinds

ASPECTS_FILE = POLICY_DIR / "aspects.yml"
KIND = "data_kind"
ASPECT = "aspect"
_SPANS = "named"


@dataclass(frozen=True)
class Named:
    """Mention in a text: its ``entity`` (``data_kind`` or ``aspect``), value, and characters."""

    entity: str
    value: str
    start: int
    end: int
    text: str


def load_aspects() -> dict[str, list[str]]:
    """Return the words of each aspect."""
    loaded: dict[str, list[object]] = yaml.safe_load(ASPECTS_FILE.read_text(encoding="utf-8"))
    # YAML 1.1 reads a bare `off`, `on`, `yes` or `no` as a truth value, and 128 as a number.
    return {aspect: [_word(word) for word in words] for aspect, words in loaded.items()}


def _word(word: object) -> str:
    if isinstance(word, bool):
        return "on" if word else "off"
    return str(word)


@cache
def language() -> Language:
    """Return the store's spaCy pipeline.

    It has English tokens, sentences by punctuation, and spans for kinds of data and aspects.
    """
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler: Any = nlp.add_pipe(
        "span_ruler", config={"spans_key": _SPANS, "phrase_matcher_attr": "LOWER"}
    )
    patterns = [
        {"label": f"{KIND}:{kind.id}", "pattern": word}
        for kind in load_data_kinds().values()
        for word in kind.words
    ]
    patterns += [
        {"label": f"{ASPECT}:{aspect}", "pattern": word}
        for aspect, words in load_aspects().items()
        for word in words
    ]
    ruler.add_patterns(patterns)
    return nlp


def named(doc: Doc) -> list[Named]:
    """Return the mentions in a doc of this pipeline, in order.

    Of overlapping mentions of one entity only the longest stays.
    """
    found: list[Named] = []
    for span in sorted(
        doc.spans.get(_SPANS, ()),
        key=lambda span: (span.start_char - span.end_char, span.start_char),
    ):
        entity, _, value = span.label_.partition(":")
        mention = Named(entity, value, span.start_char, span.end_char, span.text)
        if not _covered(mention, found):
            found.append(mention)
    return sorted(found, key=lambda mention: (mention.start, mention.end))


def _covered(mention: Named, longer: Iterable[Named]) -> bool:
    return any(
        mention.start < other.end and other.start < mention.end
        for other in longer
        if other.entity == mention.entity
        and (mention.entity == KIND or other.value == mention.value)
    )
