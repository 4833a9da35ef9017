"""Splitter of text into sentences."""

import re
from collections.abc import Iterator

# A sentence ends at a full stop, then perhaps closing quotes, before a word that begins one.
# "analytics.Please": a space was forgotten.
_END = re.compile(
    r"[.!?…]+[\"'”’)\]*_]*\s+(?=[\"'“‘(\[*_<]*[A-ZÀ-Þ]|\d)|(?<=[a-z0-9]{3}\.)(?=[A-Z][a-z]+ [a-z])"
)
_NEVER_LAST = re.compile(  # abbreviations that never end a sentence
    r"(?:\b(?:e\.g|i\.e|U\.S|U\.K|E\.U|C\.F\.R|P\.O|No|Nos|Dept|St|Mr|Mrs|Ms|Dr|vs|Sec|Art|approx|ext|tel|a\.m|p\.m|Jan|Feb|Apr|Aug|Sept?|Oct|Nov|Dec)"
    r"|\b[A-Z])\.$",
)
_SELDOM_LAST = re.compile(r"\b(?:Inc|Corp|Co|Ltd|LLC|etc)\.$")  # a bracket goes on with these


def sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence of ``text[start:end]``, without spaces around it."""
    begin = start
    for match in _END.finditer(text, start, end):
        before = text[begin : match.end()].rstrip()
        following = text[match.end() : match.end() + 1]
        if _NEVER_LAST.search(before) or (_SELDOM_LAST.search(before) and following in "(“"):
            continue
        if before:
            yield begin, begin + len(before)
        begin = match.end()
    rest = text[begin:end].rstrip()
    if rest:
        yield begin, begin + len(rest)
