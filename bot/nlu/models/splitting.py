"""Where one message may hold several questions: proposes pieces, by punctuation and by connecting words."""

import re
from dataclasses import dataclass

MAX_PIECES = 6

_SENTENCE_END = re.compile(r"(?<=[?!.;])\s+|\n+|(?<=[a-z])\?(?=[a-z])", re.IGNORECASE)
_QUESTION_START = (
    r"(?:till|until|at what|to whom|for how|since when|"
    r"do|does|did|is|are|am|can|could|will|would|have|has|should|must|may|what|whats|what's|wat|who|whos|who's|when|where|why|"
    r"which|how|hows|how's|whose|if|tell|show|explain|stop|unsubscribe|opt|take|delete|remove|give|i want|i'd|id like|i wanna|"
    r"let me|u|r|are u|do u|will u|can u|dont|don't|please)"
)
_CONNECTION = re.compile(
    rf"(?:\s*,\s*|\s+)(?:and\s+also|and\s+then|and|also|plus|oh\s+and|but|nd|n|&)\s+(?={_QUESTION_START}\b)|\s*,\s*(?={_QUESTION_START}\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(rf"{_QUESTION_START}\b", re.IGNORECASE)
_KEYWORDS = 3  # so few words are a search, not a story
_LEADING_CONNECTION = re.compile(r"^(?:(?:and|also|plus|oh|btw|ok|okay|so|but|then|nd|n)\b[\s,]*)+", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A part of a message: its text without connecting words, its place in characters, and whether it asks for something."""

    text: str
    start: int
    end: int
    asks: bool


def pieces(text: str) -> list[Piece]:
    """Return the parts of ``text`` that might each be a question, in order; one part or none means nothing to split.

    These are proposals: only their meaning decides whether they are questions of their own.
    """
    found: list[Piece] = []
    for start, end in _spans(text, _SENTENCE_END):
        found += [_piece(text, start + a, start + b) for a, b in _spans(text[start:end], _CONNECTION)]
    found = [piece for piece in found if re.search(r"\w", piece.text)]
    return found if len(found) <= MAX_PIECES else []


def _spans(text: str, separator: re.Pattern[str]) -> list[tuple[int, int]]:
    bounds, start = [], 0
    for match in separator.finditer(text):
        bounds.append((start, match.start() + (1 if match.group().startswith("?") else 0)))
        start = match.end()
    return [*bounds, (start, len(text))]


def _piece(text: str, start: int, end: int) -> Piece:
    raw = text[start:end]
    stripped = _LEADING_CONNECTION.sub("", raw.strip())
    text_of_piece = stripped or raw.strip()
    asks = "?" in text_of_piece or bool(_ASKS.match(text_of_piece)) or len(text_of_piece.split()) <= _KEYWORDS
    return Piece(text_of_piece, start, end, asks)
