"""Completion of a part of a message with words from before it: a beginning, a verb or a noun."""

import re

# Two parts may share a beginning that is written once: "do you keep my name and then sell it".
_BEGINNING = re.compile(
    r"(?:do|did|can|could|will|would|should|may)\s+"
    r"(?:you|u|ya|yall|i|we|they|the (?:other )?store)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?!(?:i|it|you|with|from|by|to)\b)\w+\s+(?:it|them|that|this|my|any\w+|with|to)\b",
    re.IGNORECASE,
)
# They may share a verb: "can you erase this chat and also my account".
_VERB = re.compile(
    rf"(?:{_BEGINNING.pattern}\s+)?(?:please\s+)?\w+\s+(?=(?:my|the|your|this|all)\b)",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"(?:my|the|your|this|all)\s+[\w'’-]+(?:\s+[\w'’-]+)?\W*$", re.IGNORECASE)
_PRONOUN = r"(?P<pronoun>it|them|they|those|these|that)\b"
_MY = r"\b(?:(?:my|the|this|your|our|ur)\s+)?"
# Requests with a pronoun, each with the nouns that the pronoun may stand for: "do you use cookies
# and can i turn them off", "is this chat private? delete it".
_POINTS_BACK = (
    (
        r"\b(?:what\s+(?:are|do)|where\s+(?:are|do)|how\s+long\s+do|why\s+do\s+(?:you|u)\s+\w+)"
        rf"\s+{_PRONOUN}",
        rf"{_MY}cookies\b",
    ),
    (
        rf"\b(?:turn|switch|shut|block|disable|refuse|reject)\s+(?:off\s+)?{_PRONOUN}",
        rf"{_MY}(?:cookies|location|gps)\b",
    ),
    (
        rf"\b(?:stop|cancel|end|quit|turn\s+off|get\s+rid\s+of)\s+{_PRONOUN}",
        rf"{_MY}(?:e-?mails?|newsletters?|texts|catalogs?|calls|deals|offers|promotions|ads)\b",
    ),
    (
        r"\b(?:delete|erase|remove|wipe|scrub|clear|destroy|get\s+rid\s+of)\s+"
        rf"(?:out\s+)?{_PRONOUN}",
        rf"{_MY}(?:cookies|account|profile|chat|conversation|history|data|info|information"
        r"|everything\s+(?:you|u|on)\s+\w+)\b",
    ),
)
# Words that only introduce a list of names.
_ASKS_ABOUT = re.compile(
    r"(?:[\w'’]+\s+){0,4}?(?:tell|info|information|ask|asking|know|questions?|read|explain|policy)"
    r"\s+(?:me\s+)?(?:more\s+)?(?:about|on)\s+"
    r"|(?:(?:can|could|would|will)\s+(?:you|u|i)\s+)?(?:please\s+)?"
    r"(?:give|send|show|tell|get|have|need|want)\s+(?:me\s+)?(?=(?:your|ur|the)\b)"
    r"|what(?:'?s|\s+is|\s+are)\s+(?=(?:your|ur|the)\b)",
    re.IGNORECASE,
)


def begun(whole: str, part: str) -> str | None:
    """Return ``part`` with the beginning that it shares with ``whole``, or None without one.

    ``part`` is a later part of ``whole``.
    """
    if _GOES_ON.match(part) and (beginning := _BEGINNING.match(whole)):
        return f"{beginning.group()} {part}"
    if _OBJECT.match(part) and (verb := _VERB.match(whole)):
        return f"{verb.group()}{part}"
    return None


def named(before: str, part: str) -> str:
    """Return ``part`` with a noun for its pronoun: the last fitting noun of ``before``.

    Without a fitting noun ``part`` is returned as it is.
    """
    for points_back, name in _POINTS_BACK:
        pronoun, names = (
            re.search(points_back, part, re.IGNORECASE),
            re.findall(name, before, re.IGNORECASE),
        )
        if pronoun and names:
            return part[: pronoun.start("pronoun")] + names[-1] + part[pronoun.end("pronoun") :]
    return part


def bare(part: str) -> str:
    """Return ``part`` without an introduction: "tell me about cookies" gives "cookies"."""
    asks = _ASKS_ABOUT.match(part)
    return part[asks.end() :] if asks else part
