"""What a message means that makes sense only after the answer before it: "and by mail?", "for how long?", "who?"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_WORDS = 8  # a longer message says what it is about
_FEW_WORDS = 5
_SAME = ""  # the topic that was answered before

_OPENS = re.compile(
    r"^\W*(?:(?:ok|okay|hm+|oh|so|but|no|i mean)\W+)*(?:and|n|nd|also|plus|or|even|not even|only|just|what about|how about"
    r"|what if|like|by|to|for|from|with|without|on|at|until|till|since|which|who|whom|whose|where|when|why|how|what"
    r"|is (?:that|it|there)|are (?:they|those|these)|do (?:they|those)|can (?:they|it|that|this)|can i|could i|will i|would i"
    r"|promise|really|seriously)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|that|this|them|they|those|these|there|one|ones|mine|list|old one|then|more|either|next time|too|as well)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Turn:
    """After one of some topics, words that lead to another; no topics means after any."""

    words: re.Pattern[str]
    topic: str
    after: frozenset[str] = frozenset()


def _turn(words: str, topic: str, *after: str) -> _Turn:
    return _Turn(re.compile(rf"\b(?:{words})\b", re.IGNORECASE), topic, frozenset(after))


_HELD = ("collection", "use", "sharing", "location_device", "tracking", "security", "access_or_delete")  # about what is kept
# The first that fits counts. A word that is a matter of its own ("cookies", "gps") is understood without the answer before.
_TURNS = (
    _turn("e-?mail|mail|post|letter|write|fax|phone|call|number|address|where|website", _SAME, "contact"),
    _turn(
        "monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekends?|weekdays?|holidays?|tomorrow|today|tonight|now"
        "|morning|evening|night|late|time ?zone|open|close",
        _SAME,
        "support_hours",
        "phone_order",
    ),
    _turn("does that|did that|did it|go through|kicks? in|check|confirm", "opt_out_status", "opt_out", "opt_out_status"),
    _turn("sell|sold|selling|money", "selling"),
    _turn(
        "stop|opt out|(?:turn|turned|shut|switch) .{0,12}off|get out of|do about",
        "opt_out",
        *("tracking", "email_marketing", "selling", "sharing"),
    ),
    _turn(
        "delete|erase|wiped?|get rid|remove|fix|correct|change it|see mine|(?:^|i |me |to )see (?:it|them)|copy",
        "access_or_delete",
    ),
    _turn("what times?|what hours|which hours|when", "support_hours", "human", "contact"),
    _turn("why|what for|for what", "use", "collection", "location_device"),
    _turn("how long|until when|till when|till|since when|for ?ever|years?", "retention", *_HELD),
    _turn("share|shared|pass|give|gets?", "sharing", "collection", "use", "security", "location_device"),
    _turn("encrypted|scrambled|on the way", "encryption", "collection", "security", "phone_order", "encryption"),
    _turn("who|whom|which (?:companies|firms)|outside people|anyone else", "sharing", *_HELD, "retention"),
)


def follows(text: str) -> bool:
    """Say whether a message has the form of one that goes on from the answer before it."""
    return len(text.split()) <= MAX_WORDS and bool(_OPENS.match(text) or _POINTS_BACK.search(text))


def followed_by(topic: str, text: str) -> str | None:
    """Return the topic that a message turns to after the answer about ``topic``; None if its words do not say."""
    return next((turn.topic or topic for turn in _fitting(topic, text)), None)


def stays(topic: str, text: str) -> bool:
    """Say whether a few words ask on about ``topic``, whatever they would mean alone: "on saturday too?", "and by mail?"."""
    first = next(iter(_fitting(topic, text)), None)
    return first is not None and first.topic == _SAME and len(text.split()) <= _FEW_WORDS


def _fitting(topic: str, text: str) -> Iterator[_Turn]:
    return (turn for turn in _TURNS if (not turn.after or topic in turn.after) and turn.words.search(text))
