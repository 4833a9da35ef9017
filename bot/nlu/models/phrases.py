"""Search for kinds of data and aspects of a topic in a text, with spaCy rules and word lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from bot.policy.aspects import load_aspects
from bot.policy.kinds import load_data_kinds

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
