"""Recognition of personal data split over several messages.

An example is ``my card is 4111 1111`` and then ``1111 1111``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.privacy.recognition import Finding, find

MESSAGES = 3  # earlier messages that may hold the beginning of a value
# Types that are recognised by their own form, even across a gap …
_FORMED = frozenset({"email", "phone", "card", "ssn", "iban", "ip"})
# … and types that are recognised by the words before them: "my order number is", then the number.
_CUED = frozenset({"phone", "ssn", "order_number", "customer_number"})
_GLUES = ("", " ", "-")
_FRAGMENT = re.compile(r"\d|@|\bdot\b|\.(?:com|net|org|edu|gov|us)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A part of a finding: the index of its message, and its place there in characters."""

    message: int
    start: int
    end: int


@dataclass(frozen=True)
class SplitFinding:
    """Personal data that only several messages together show.

    The last piece, or the whole value, is in the last message.
    """

    finding: Finding
    pieces: tuple[Piece, ...]


def may_continue(text: str) -> bool:
    """Return whether a text could complete a value of an earlier message; a cheap first check."""
    return bool(_FRAGMENT.search(text))


def find_split(texts: Sequence[str]) -> list[SplitFinding]:
    """Return the personal data that the last of ``texts`` shows only together with earlier ones.

    The shopper may have written something else between two pieces, so the last text is also read
    after each earlier one alone. Data that one message shows alone is left out.
    """
    last = len(texts) - 1
    alone = [find(text) for text in texts]
    found: list[SplitFinding] = []
    for numbers in dict.fromkeys(
        [tuple(range(len(texts))), *((number, last) for number in range(last))]
    ):
        for glue in _GLUES:
            for candidate in _across(texts, numbers, glue):
                whole = any(
                    piece.start < other.end and other.start < piece.end
                    for piece in candidate.pieces
                    for other in alone[piece.message]
                )
                known = any(set(candidate.pieces) & set(other.pieces) for other in found)
                if not whole and not known:
                    found.append(candidate)
    return found


def _across(texts: Sequence[str], numbers: Sequence[int], glue: str) -> Iterator[SplitFinding]:
    starts, length = [], 0
    for number in numbers:
        starts.append(length)
        length += len(texts[number]) + len(glue)
    for finding in find(glue.join(texts[number] for number in numbers)):
        pieces = tuple(
            Piece(
                number, max(finding.start - start, 0), min(finding.end - start, len(texts[number]))
            )
            for number, start in zip(numbers, starts, strict=True)
            if finding.start < start + len(texts[number]) and start < finding.end
        )
        if not pieces or pieces[-1].message != numbers[-1]:
            continue
        if len(pieces) == 1:
            if glue == " " and finding.type in _CUED:
                yield SplitFinding(finding, pieces)
        elif finding.type in _FORMED and (glue == " " or not _joins_words(texts, pieces)):
            yield SplitFinding(finding, pieces)


def _joins_words(texts: Sequence[str], pieces: Sequence[Piece]) -> bool:
    """Return whether joining the texts made one word out of two.

    An unfinished e-mail address does not count: its domain may go on in the next message.
    """
    return any(
        "@" not in texts[first.message]
        and texts[first.message][-1:].isalpha()
        and texts[second.message][:1].isalpha()
        for first, second in pairwise(pieces)
    )
