"""Answers to the bot's own question for an address or number: masked, valid or not.

Nothing in "jo at home" or "555-01" shows that it is personal data, only the question before it
does. What is no answer stays: a question, a yes or no, a wish in everyday words.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from rapidfuzz import fuzz, process

from bot.phrases import agrees, cancels
from bot.privacy.finding import Finding
from bot.privacy.words import is_first_name, is_last_name, is_word
from bot.references import find_reference, looks_like_reference


class Asked(StrEnum):
    """What the bot asked for in its last turn."""

    EMAIL = "email"
    CONTACT = "contact"  # an address or a phone number
    REFERENCE = "reference"


_FITTING = {
    Asked.EMAIL: {"email"},
    Asked.CONTACT: {"email", "phone"},
    Asked.REFERENCE: {"order_number", "customer_number"},
}
# A bad address is counted as one by the form; a bad number must not be taken for a contact.
_KINDS = {Asked.EMAIL: "email", Asked.CONTACT: "answer", Asked.REFERENCE: "answer"}
_TOKEN = re.compile(r"\S+")
_JOINS = frozenset(
    """
        at dot @ . underscore dash hyphen plus point - _ the
    """.split()
)
_EDGES = " \t\n.,;:!?()[]{}<>\"'“”"
# Words of wishes: one with a slip in it is still a wish, and no address.
_WISHES = """
        unsubscribe unsubscribed everything nothing cancel nevermind emails email marketing
        advertising sharing selling privacy delete person human agent stop later skip please
        thanks address
    """.split()
_SIMILAR = 80  # of 100, as rapidfuzz measures it
_LONG = 12  # words; in a longer text only what has digits or an @ is the answer


def answers(asked: Asked, text: str, found: Sequence[Finding]) -> list[Finding]:
    """Return the parts of a text that answer the question, if nothing in it is recognised."""
    if any(finding.type in _FITTING[asked] for finding in found) or cancels(text) or agrees(text):
        return []
    tokens = [
        token
        for token in _TOKEN.finditer(text)
        if not any(one.start < token.end() and token.start() < one.end for one in found)
    ]
    if asked is Asked.REFERENCE:
        named = find_reference(text) or looks_like_reference(text)
        odd = [] if named else [t for t in tokens if _digits(t.group()) >= 4]
    else:
        odd = [token for token in tokens if _is_odd(token.group(), len(tokens) > _LONG)]
    return [
        Finding(_KINDS[asked], start, end, text[start:end])
        for start, end in _joined(tokens, odd)
        if end > start
    ]


def _is_odd(token: str, in_long_text: bool) -> bool:
    """Return whether a token is no everyday word."""
    bare = token.strip(_EDGES).lower()
    digits = _digits(bare)
    if "@" in bare or digits >= 3 or (digits and re.search(r"[^\W\d]", bare)):
        return True
    if in_long_text or not bare or bare.isdigit():
        return digits >= 2 and not in_long_text
    parts = [part for part in re.split(r"[^\w]|_", bare.replace("'", "")) if part]
    if "." in bare and len(parts) > 1:
        return True
    return any(_is_unknown(part) for part in parts if len(part) > 1)


def _is_unknown(word: str) -> bool:
    if is_word(word):
        return False
    if is_first_name(word) or is_last_name(word):
        return True
    return process.extractOne(word, _WISHES, scorer=fuzz.ratio, score_cutoff=_SIMILAR) is None


def _joined(tokens: Sequence[re.Match[str]], odd: Sequence[re.Match[str]]) -> list[tuple[int, int]]:
    """Return the places of odd tokens, with what words such as "at" and "dot" join to them."""
    spans: list[tuple[int, int]] = []
    wanted = {token.start() for token in odd}
    place = 0
    while place < len(tokens):
        if tokens[place].start() not in wanted:
            place += 1
            continue
        first = last = place
        while last + 1 < len(tokens) and (
            tokens[last + 1].start() in wanted
            or tokens[last + 1].group().lower() in _JOINS
            or tokens[last].group().lower() in _JOINS
        ):
            last += 1
        if tokens[first].group().lower() in _JOINS and first:
            first -= 1
        spans.append(_stripped(tokens[first], tokens[last]))
        place = last + 1
    return spans


def _stripped(first: re.Match[str], last: re.Match[str]) -> tuple[int, int]:
    lead = len(first.group()) - len(first.group().lstrip(_EDGES))
    trail = len(last.group()) - len(last.group().rstrip(_EDGES))
    return first.start() + lead, last.end() - trail


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
