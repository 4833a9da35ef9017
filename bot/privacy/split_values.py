"""Recognition of personal data split over several messages.

An example is ``my card is 4111 1111`` and then ``1111 1111``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stdnum import luhn

from bot.privacy.finding import Finding
from bot.privacy.kinds import KINDS
from bot.privacy.recognition import find

MESSAGES = 3  # earlier messages that may hold the beginning of a value
# Types that are recognised by their own form, even across a gap …
_FORMED = frozenset({"email", "phone", "card", "ssn", "iban", "ip", "address"})
# … and types that are recognised by the words before them: "my order number is", then the number.
_CUED = frozenset(KINDS) - {"email", "iban", "ip", "address"}
_GLUES = ("", " ", "-")
# Without one of these nothing is recognised by its own form, and the glue makes no difference.
_FORMS = re.compile(
    r"[\d@]|%40|&#64;|[_-]at[_-]|gmail|yahoo|hotmail|outlook|icloud|=40|\b(?:at|dot|aol|com|net|org|zero"
    r"|cero|oh?|one|uno|two|dos|tres|three|cuatro|four|cinco|five|six|seis|seven|siete|ocho|eight"
    r"|nueve|nine|ten|eleven|twelve|\w+teen|double|triple|comcast|msn|ymail|protonmail|verizon|live)\b",
    re.IGNORECASE,
)
_SHORTEST_CARD = 12  # digits
_USUAL_CARD = 16
_NEAR = 120  # characters of a text beside the next one that may belong to a value
# Words before the rest of a value: "rest is", "and then", "second half".
_REST = re.compile(
    r"(?:\W|\b(?:and|then|rest|is|the|second|half|continued|continue|last|part|it|got|cut|off|sorry|yes|oops|remaining"
    r"|other|of|its|ok|hit|enter|name|address|ends|with|here|comes|thats|that|s)\b)*",
    re.IGNORECASE,
)
_ENDS_WITH = re.compile(r"\[(card|ssn|iban|phone|email|answer)-\d+\]\W*$")
_ANY_ANSWER = ("email", "answer")  # what the bot was answered with may be half of anything
_FEWEST_OF_ANSWER = 4  # digits
_MORE_DIGITS = re.compile(r"\d[\d -]{0,14}\d|\d")
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
    texts, before = _near(texts)
    alone: dict[int, list[Finding]] = {}  # read when first needed

    def found_alone(message: int) -> list[Finding]:
        """Return what one message shows alone."""
        if message not in alone:
            alone[message] = find(texts[message])
        return alone[message]

    glues = _GLUES if any(map(_FORMS.search, texts)) else (" ",)
    found: list[SplitFinding] = list(_rest_of_masked(texts))
    rest = _end_of_lead(texts[last])
    for numbers in dict.fromkeys(
        [tuple(range(len(texts))), *((number, last) for number in range(last))]
    ):
        for glue, skip in (
            *((glue, 0) for glue in glues),
            *((glue, rest) for glue in glues if rest and glue),
        ):
            for candidate in _across(texts, numbers, glue, skip):
                whole = any(
                    piece.start < other.end
                    and other.start < piece.end
                    and not (len(candidate.pieces) > 1 and _is_half(other))
                    for piece in candidate.pieces
                    for other in found_alone(piece.message)
                )
                known = any(
                    piece.message == other.message
                    and piece.start < other.end
                    and other.start < piece.end
                    for piece in candidate.pieces
                    for one in found
                    for other in one.pieces
                )
                if not whole and not known:
                    found.append(candidate)
    return [_moved(one, before) for one in found]


def _end_of_lead(text: str) -> int:
    """Return where words like "the rest is" end at the beginning of a text."""
    lead = _REST.match(text)
    return lead.end() if lead else 0


def _is_half(finding: Finding) -> bool:
    """Return whether a finding may be the first half of a card number."""
    digits = "".join(filter(str.isdigit, finding.value))
    whole = len(digits) >= _SHORTEST_CARD and (len(digits) >= _USUAL_CARD or luhn.is_valid(digits))
    return finding.type == "card" and not whole


def _near(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the ends of the earlier texts and the beginning of the last, and where each begins.

    A value that is split stands there. They are cut between words, so that no number is.
    """
    near, before = [], []
    for text in texts[:-1]:
        cut = max(0, len(text) - _NEAR)
        if cut:
            cut = next((at + 1 for at in range(cut, len(text)) if text[at].isspace()), cut)
        near.append(text[cut:])
        before.append(cut)
    text = texts[-1]
    end = len(text)
    if end > _NEAR:
        end = next((at for at in range(_NEAR, 0, -1) if text[at].isspace()), _NEAR)
    return [*near, text[:end]], [*before, 0]


def _moved(found: SplitFinding, before: Sequence[int]) -> SplitFinding:
    pieces = tuple(
        Piece(piece.message, piece.start + before[piece.message], piece.end + before[piece.message])
        for piece in found.pieces
    )
    return SplitFinding(found.finding, pieces)


def _rest_of_masked(texts: Sequence[str]) -> Iterator[SplitFinding]:
    """Yield the digits that go on with a value at the end of the text before, masked already."""
    if len(texts) < 2 or not (masked := _ENDS_WITH.search(texts[-2])):
        return
    said, start = texts[-1], _end_of_lead(texts[-1])
    digits = _MORE_DIGITS.match(said, start)
    if not digits:
        return
    kind, alone = masked[1], not re.search(r"[^\W\d_]", said)
    if kind in _ANY_ANSWER:
        kind, goes_on = "answer", alone and len(digits.group()) >= _FEWEST_OF_ANSWER
    else:
        goes_on = alone or start > 0
    if goes_on:
        finding = Finding(kind, *digits.span(), digits.group())
        yield SplitFinding(finding, (Piece(len(texts) - 1, *digits.span()),))


def _across(
    texts: Sequence[str], numbers: Sequence[int], glue: str, skip: int = 0
) -> Iterator[SplitFinding]:
    """Yield what the texts show together; ``skip`` characters of the last one are left out."""
    starts, length = [], 0
    for number in numbers:
        length -= skip if number == numbers[-1] else 0
        starts.append(length)
        length += len(texts[number]) + len(glue)
    joined = glue.join(texts[number][skip if number == numbers[-1] else 0 :] for number in numbers)
    for finding in find(joined):
        pieces = tuple(
            Piece(
                number,
                max(finding.start - start, skip if number == numbers[-1] else 0),
                min(finding.end - start, len(texts[number])),
            )
            for number, start in zip(numbers, starts, strict=True)
            if finding.start < start + len(texts[number])
            and start + (skip if number == numbers[-1] else 0) < finding.end
        )
        if finding.type == "email" and "." not in finding.value:  # "@shopname" is a company
            continue
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
