"""Rules that take placeholders of personal data out of a message, so that its question is left."""

import re

from bot.privacy.kinds import KINDS
from bot.privacy.masking import PLACEHOLDER

_PLACED = r"\(?\[[a-z_]+-\d+\]\)?"
_NOUN = (
    r"(?:e-?mail|mail|address|phone|cell|mobile|telephone|tel|number|card|credit card|debit card|visa|mastercard|amex|ssn|social|social security|ip|order|confirmation"
    r"|customer|account|acct|iban|bank account|contact|name|full name|birthday|date of birth|dob|password|pw|pin|cvv|passport|license|licence|tracking|username)(?:\s+(?:address|number|no|nr|num|id|#)\.?)*"
)
_CLAUSE = r"(?:^|(?<=[.,;:!?\n])|\band\b|\bso\b|\bbut\b|\bbtw\b)"
# "My email is …", "order number …", "I live at …": about the shopper, not the question.
_INTRODUCTION = re.compile(
    rf"{_CLAUSE}\s*(?:hi+|hello|hey+)?[\s,]*(?:(?:this is|here is|here['’]?s|it['’]?s|its)\s+)?(?:(?:(?:my|our|the)\s+)?(?:\w+\s+)?{_NOUN}|i(?:['’]m| am| live)|we live)?"
    rf"\s*(?:is|are|was|[:=#]|at|on)?\s*{_PLACED}(?:\s*(?:,|and|or)\s*{_PLACED})*\s*(?=[.,;:!?)\n]|$|\band\b|\bbut\b|\bso\b)[.,;:]?",
    re.IGNORECASE,
)
# "… my phone number is …" after the question.
_AFTERTHOUGHT = re.compile(
    rf"(?:^|\s)(?:(?:its|it['’]?s|this is)\s+)?my\s+(?:\w+\s+)?{_NOUN}\s+(?:is|was|[:=])\s*{_PLACED}",
    re.IGNORECASE,
)
_ACTED_ON = re.compile(
    r"\b(?:keep|have|has|had|hold|store|save|delete|erase|remove|sell|sold|share|shared|know|about|get|got|find|see|use|give|gave|change|update|correct|with|collect|need|take|on)\s+$",
    re.IGNORECASE,
)


def read_over(text: str) -> str:
    """Return a message without introductions, and with its placeholders named or left out.

    A message of nothing else stays as it is.
    """
    if not PLACEHOLDER.search(text) or text.startswith("/"):  # the payload of a choice
        return text
    read = _AFTERTHOUGHT.sub(" ", _INTRODUCTION.sub(" ", text))
    read = PLACEHOLDER.sub(
        lambda match: _said(match[1]) if _ACTED_ON.search(read, 0, match.start()) else "",
        read,
    )
    read = re.sub(r"\(\s*\)", " ", read)
    read = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(read.split())).strip(" ,;:.")
    return read if re.search(r"[^\W\d_]{2}", read) else text


def _said(kind: str) -> str:
    return KINDS[kind].said if kind in KINDS else ""
