"""Rules for messages that need the answer before them: "and by mail?", "for how long?", "who?"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.policy.questions import JUST_WHO

MAX_WORDS = 8  # a longer message names its own topic
_FEW_WORDS = 5
_SAME = ""  # stands for the topic of the answer before

_OPENS = re.compile(
    r"^\W*(?:(?:ok|okay|hm+|oh|so|but|no|i mean)\W+)*"
    r"(?:and|n|nd|also|plus|or|even|not even|only|just|what about|how about"
    r"|what if|like|by|to|for|from|with|without|on|at|until|till|since"
    r"|which|who|whom|whose|where|when|why|how|what"
    r"|is (?:that|it|there)|are (?:they|those|these)|do (?:they|those)"
    r"|can (?:they|it|that|this)|can i|could i|will i|would i"
    r"|promise|really|seriously)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|that|this|them|they|those|these|there|one|ones|mine|list|old one"
    r"|then|more|either|next time|too|as well)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Rule:
    """Words that lead to ``topic`` after an answer about a topic in ``after``, or any if empty."""

    words: re.Pattern[str]
    topic: str
    after: frozenset[str] = frozenset()


def _rule(words: str, topic: str, *after: str) -> _Rule:
    return _Rule(re.compile(rf"\b(?:{words})\b", re.IGNORECASE), topic, frozenset(after))


# Topics about stored data.
_HELD = (
    "collection",
    "use",
    "sharing",
    "location_device",
    "tracking",
    "security",
    "access_or_delete",
)
# The first that fits counts. Words that are a topic by themselves ("cookies", "gps") are not here:
# they are understood without the answer before.
_RULES = (
    _rule(
        "e-?mail|mail|post|letter|write|fax|phone|call|number|address|where|website",
        _SAME,
        "contact",
    ),
    _rule(
        "christmas|xmas|thanksgiving|easter|new year\\W?s?|hours?|minutes?|pm|am|noon"
        "|january|february|march|april|june|july|august|september|october|november|december|\\d+/\\d+"
        "|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekends?|weekdays?|holidays?"
        "|tomorrow|today|tonight|now"
        "|morning|evening|night|late|time ?zone|open|close",
        _SAME,
        "support_hours",
        "phone_order",
    ),
    _rule(
        "does that|did that|did it|go through|kicks? in|check|confirm",
        "opt_out_status",
        "opt_out",
        "opt_out_status",
    ),
    _rule("sell|sold|selling|money", "selling"),
    _rule(
        "stop|opt out|(?:turn|turned|shut|switch) .{0,12}off|get out of|do about",
        "opt_out",
        *("tracking", "email_marketing", "selling", "sharing"),
    ),
    _rule(
        "delete|erase|wiped?|get rid|remove|fix|correct|change it|see mine"
        "|(?:^|i |me |to )see (?:it|them)|copy",
        "access_or_delete",
    ),
    _rule("what times?|what hours|which hours|when", "support_hours", "human", "contact"),
    _rule("why|what for|for what", "use", "collection", "location_device"),
    _rule("how long|until when|till when|till|since when|for ?ever|years?", "retention", *_HELD),
    _rule(
        "share|shared|pass|give|gets?",
        "sharing",
        "collection",
        "use",
        "security",
        "location_device",
    ),
    _rule(
        "encrypted|scrambled|on the way",
        "encryption",
        "collection",
        "security",
        "phone_order",
        "encryption",
    ),
    # "Who gets my address?" names another topic than "who?".
    _Rule(JUST_WHO, _SAME, frozenset({"tracking", "cookies", "selling"})),
    _rule(
        "who|whom|which (?:companies|firms)|outside people|anyone else",
        "sharing",
        *_HELD,
        "retention",
    ),
)


def follows(text: str) -> bool:
    """Return True for a message with the form of a follow-up to the answer before it."""
    return len(text.split()) <= MAX_WORDS and bool(_OPENS.match(text) or _POINTS_BACK.search(text))


def followed_by(topic: str, text: str) -> str | None:
    """Return the topic of a follow-up to an answer about ``topic``; None if its words name none."""
    return next((rule.topic or topic for rule in _fitting(topic, text)), None)


def stays(topic: str, text: str) -> bool:
    """Return True for a few words that ask more about ``topic``, whatever they would mean alone.

    Examples are "on saturday too?" and "and by mail?".
    """
    first = next(iter(_fitting(topic, text)), None)
    return first is not None and first.topic == _SAME and len(text.split()) <= _FEW_WORDS


def _fitting(topic: str, text: str) -> Iterator[_Rule]:
    return (
        rule
        for rule in _RULES
        if (not rule.after or topic in rule.after) and rule.words.search(text)
    )
