"""Split of a message into pieces that may be questions, by punctuation and connecting words.

A piece ends with a sentence, or at a connecting word before the beginning of a question. Elsewhere
("cookies and opening times", "do you sell it who sees it") a split is only possible: there a piece
has finer parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.nlu.models.completing import bare, begun, named

MAX_PIECES = 6

_QUESTION_START = (
    r"(?:"
    r"till|until|at what|to whom|with whom|by whom|for how|for what|for which|since when|"
    r"do|does|did|is|are|am|can|could|will|would|have|has|should|must|may|"
    r"what|whats|what's|wat|who|whos|who's|when|where|why|which|how|hows|how's|whose|"
    r"whether|whatcha|watcha|where's|when's|if|tell|show|explain|stop|unsubscribe|opt|"
    r"take|delete|remove|give|get|close|cancel|wipe|erase|scrub|clear|quit|forget|put|sign|"
    r"change|update|correct|confirm|call|connect|send|i want|i don'?t want|i'd|id like|"
    r"i wanna|wanna|want to|i wish|i would|i need|let me|you|u|r|are u|do u|will u|can u|"
    r"dont|don't|please"
    r")"
)
_MARK = r"(?:\(?[1-4a-d]\)|[1-4]\s?[-.:])"  # of a numbered list
_SENTENCE_END = re.compile(
    r"(?<=[?!.;])\s+|\n+|(?<=[a-z])\?(?=[a-z])|\s+/\s+"
    rf"|(?:^|[\s,;]+){_MARK}\s+(?!\d)|:\s+(?={_QUESTION_START}\b)",
    re.IGNORECASE,
)
_CONNECTION = re.compile(
    r"(?:\s*,\s*|\s+)(?:and\s+also|and\s+then|and|also|then|plus|oh\s+and|but|nd|n|&)\s+"
    rf"(?={_QUESTION_START}\b)"
    rf"|\s*,\s*(?={_QUESTION_START}\b)",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(
    r"\s*[,;]\s*(?:(?:and|also|then|plus)\s+)*|\s*[&+/]\s*"
    r"|\s+(?:and|or|also|plus|then|nd|n|as well as|along with)\s+(?:also\s+|then\s+|better\s+)*",
    re.IGNORECASE,
)
# A question begins without punctuation before it: "do you sell it who sees it".
_RUN_ON = re.compile(
    r"\s+(?=(?:do|does|can|could|will|would|are|did|is)\s+"
    r"(?:you|u|ya|my|i|it|this|the|yall)\b"
    r"|who\s+(?:sees?|gets?|has|else|can|do|are)\b|how\s+(?:long|do|can|is|safe|secure)\b"
    r"|what\s+(?:are|is|do|hours|time|cookies)\b"
    r"|whats\b|hows\b|where\s+(?:are|do|is)\b|when\s+(?:are|do|is)\b)",
    re.IGNORECASE,
)
# After these words, a seeming beginning of a question is the rest of one.
_GOES_ON = re.compile(
    r"(?:\b(?:what|which|how|whose)\s+[\w'’]+"
    r"|\b(?:what|whats|how|why|when|where|who|whom|whose|which|if|whether|and|or|but|so|that"
    r"|me|know|see|to|of|about|with|for|than|then|as|not|till|until|since|at|from"
    r"|wonder|wondering|sure|explain|ask|say|says|think|guess"
    r"|hi|hello|hey|ok|okay|um|yo|please|pls|plz))$",
    re.IGNORECASE,
)
# A condition belongs to the question after it. So does a noun that the pronoun of the question
# stands for: "data brokers, do you use them".
_CONDITION = re.compile(
    r"\W*(?:and\s+|also\s+|so\s+|but\s+)?(?:how\s+(?:long|soon)\s+)?(?:if|when|once|after)\s+"
    r"(?:i|you|u|ya|we|they|he|she|it|my|your|ur|the|a|an|some\w+)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"\b(?:it|they|them|those|these|that)\b", re.IGNORECASE)
# A question without a topic of its own: "i hate being tracked. do you do that?"
_ONLY_POINTS_BACK = re.compile(
    r"(?:do|does|did|is|are|was|will)\s+(?:you|u|that|this|it|they)"
    r"(?:\s+(?:do|guys|all|really|still|ever|also))*"
    r"(?:\s+(?:it|that|this|them|so|true|right|you|ok|okay|normal|allowed|legal))?\W*$",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"\W*(?:about|your|the|my|ur)?\s*(?:[\w'’-]+\s+){0,2}[\w'’-]+\W*$", re.IGNORECASE
)
_ASKS = re.compile(rf"{_QUESTION_START}\b", re.IGNORECASE)
_ASKS_WITHIN = re.compile(
    r"\b(?:do|does|did|is|are|was|were|can|could|will|would|what|who|when|where|why|which|how)\b",
    re.IGNORECASE,
)
_KEYWORDS = 3  # words up to which a message is a search, not a story
_LEADING_CONNECTION = re.compile(
    r"^(?:(?:and|also|plus|oh|btw|ok|okay|so|but|then|nd|n)\b[\s,]*"
    r"|(?:hi|hello|hey|hiya|sir|madam|kindly|well|um+|first|second|third|next|lastly|finally)\b"
    rf"[\s,:]+(?={_QUESTION_START}\b))+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """Part of a message, with its place in the message."""

    text: str  # without connecting words
    start: int  # in characters of the message
    end: int
    asks: bool  # True for the form of a question or a request
    parts: tuple[Piece, ...] = ()  # possible finer parts: two or more, or none


def pieces(text: str) -> list[Piece]:
    """Return the parts of ``text`` that may each be a question, in order.

    One part or none means that there is nothing to split. The parts are proposals: only their
    meaning decides which of them are questions.
    """
    found: list[Piece] = []
    for start, end in _spans(text, _SENTENCE_END):
        found += [
            _piece(text, start + a, start + b) for a, b in _spans(text[start:end], _CONNECTION)
        ]
    found = [piece for piece in found if re.search(r"\w", piece.text)]
    found = [
        replace(_whole(text, piece), parts=_parts(text, piece)) for piece in _joined(text, found)
    ]
    return found if len(found) <= MAX_PIECES else []


def _parts(text: str, piece: Piece) -> tuple[Piece, ...]:
    """Return the finer parts of a piece that can stand alone.

    Either each begins like a question, or all are only names of things. A part gets the beginning
    that it shares with the first part ("… and then sell it").
    """
    within = text[piece.start : piece.end]
    parts = []
    for start, end in _spans(within, _POSSIBLE):
        parts += [
            _piece(text, piece.start + start + a, piece.start + start + b)
            for a, b in _run_on(within[start:end])
        ]
    parts = _joined(text, [part for part in parts if re.search(r"\w", part.text)])
    names = [replace(part, text=bare(part.text)) for part in parts]
    if all(_NAMES.match(part.text) and not _begins(part.text) for part in names):
        stand = names
    else:
        texts = [
            part.text if place == 0 or _begins(part.text) else begun(piece.text, part.text)
            for place, part in enumerate(parts)
        ]
        stand = [
            replace(part, text=found, asks=part.asks or found != part.text)
            for part, found in zip(parts, texts, strict=True)
            if found is not None
        ]
    return tuple(_whole(text, part) for part in stand) if 1 < len(stand) <= MAX_PIECES else ()


def _whole(text: str, piece: Piece) -> Piece:
    """Return the piece with the noun that its pronoun stands for."""
    return replace(piece, text=named(text[: piece.start], piece.text))


def _joined(text: str, found: list[Piece]) -> list[Piece]:
    """Return the pieces, with those joined that only make sense together."""
    joined: list[Piece] = []
    for piece in found:
        if joined and _belong_together(
            text[joined[-1].start : joined[-1].end], text[joined[-1].end : piece.start], piece.text
        ):
            piece = _piece(text, joined.pop().start, piece.end)
        joined.append(piece)
    return joined


def _belong_together(before: str, between: str, after: str) -> bool:
    condition = _CONDITION.match(before)
    # The text before asks something itself.
    if "?" in before or _ASKS_WITHIN.search(before, condition.end() if condition else 0):
        return False
    if _ONLY_POINTS_BACK.match(after):
        return True
    apart = re.search(r"[\w&+:/]", between) or re.search(r"(?<!\.)[.!;]\s*$", before)
    points_back = not apart and _ASKS.match(after) and _POINTS_BACK.search(after)
    return bool(condition or points_back)


def _begins(text: str) -> bool:
    return bool(_ASKS.match(text)) or text.lower().startswith("about ")


def _run_on(text: str) -> list[tuple[int, int]]:
    bounds, start = [], 0
    for match in _RUN_ON.finditer(text) if not _CONDITION.match(text) else ():
        if (
            not _GOES_ON.search(text[start : match.start()].rstrip(" ,"))
            and text[start : match.start()].strip()
        ):
            bounds.append((start, match.start()))
            start = match.end()
    return [*bounds, (start, len(text))]


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
    asks = (
        "?" in text_of_piece
        or bool(_ASKS.match(text_of_piece))
        or len(text_of_piece.split()) <= _KEYWORDS
    )
    return Piece(text_of_piece, start, end, asks)
