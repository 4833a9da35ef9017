"""Finds personal data that was typed over several messages: ``my card is 4111 1111`` and then ``1111 1111``."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.privacy.recognition import Finding, find

# As far back as one piece of data is typed in pieces.
MESSAGES = 3
# Only what has a form of its own also across a gap; order numbers and addresses are told by the words around them.
_KINDS = frozenset({"email", "phone", "card", "ssn", "iban"})
_GLUES = ("", " ", "-")
_FRAGMENT = re.compile(r"\d|@|\bdot\b|\.(?:com|net|org|edu|gov|us)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A part of a finding: in which message, and where in it, in characters."""

    message: int
    start: int
    end: int


@dataclass(frozen=True)
class SplitFinding:
    """Personal data that only several messages together show; the last piece is in the last message."""

    finding: Finding
    pieces: tuple[Piece, ...]


def may_continue(text: str) -> bool:
    """Return whether a text could be the end of something that an earlier message began; cheap."""
    return bool(_FRAGMENT.search(text))


def find_split(texts: Sequence[str]) -> list[SplitFinding]:
    """Return what begins in an earlier one of ``texts`` and ends in the last; nothing that a message shows alone."""
    alone = [find(text) for text in texts]
    found: list[SplitFinding] = []
    for glue in _GLUES:
        for candidate in _across(texts, glue):
            whole = any(
                piece.start < other.end and other.start < piece.end
                for piece in candidate.pieces
                for other in alone[piece.message]
            )
            known = any(set(candidate.pieces) & set(other.pieces) for other in found)
            if not whole and not known:
                found.append(candidate)
    return found


def _across(texts: Sequence[str], glue: str) -> Iterator[SplitFinding]:
    starts, length = [], 0
    for text in texts:
        starts.append(length)
        length += len(text) + len(glue)
    for finding in find(glue.join(texts)):
        if finding.type not in _KINDS:
            continue
        pieces = tuple(
            Piece(number, max(finding.start - start, 0), min(finding.end - start, len(text)))
            for number, (start, text) in enumerate(zip(starts, texts, strict=True))
            if finding.start < start + len(text) and start < finding.end
        )
        if len(pieces) > 1 and pieces[-1].message == len(texts) - 1 and (glue == " " or not _joins_words(texts, pieces)):
            yield SplitFinding(finding, pieces)


def _joins_words(texts: Sequence[str], pieces: Sequence[Piece]) -> bool:
    """Return whether two words were run together that nobody wrote as one."""
    return any(
        texts[first.message][-1:].isalpha() and texts[second.message][:1].isalpha() for first, second in pairwise(pieces)
    )
