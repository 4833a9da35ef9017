"""Complaints and threats of legal action: a person should look at them."""

import re

_COMPLAINS = re.compile(
    r"\b(?:(?:my|a|our) (?:lawyers?|attorneys?) will|(?:hear|talk to|call(?:ing)?|contact(?:ing)?) (?:from )?(?:my|a|our) (?:lawyers?|attorneys?)"
    r"|(?:will|'ll|going to|gonna|could|can) sue|suing you|lawsuit against|(?:take|taking) legal action|(?:take|taking) you to court|see you in court"
    r"|file (?:a|an) complaint|(?:formal |official )?complaint (?:about|against)|(?:want|like|going) to complain"
    r"|(?:will|'ll|going to|gonna) report (?:you|this|it) to|class action)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:person|human|agent|someone|somebody|representative|rep|manager|supervisor|talk|speak|connect|transfer)\b", re.I
)


def only_complains(text: str) -> bool:
    """Return whether a message complains and does not ask for anybody: then a person is offered, and not called."""
    return complains(text) and not _ASKS.search(text)


def complains(text: str) -> bool:
    """Return whether a message complains of the store, or threatens it."""
    return bool(_COMPLAINS.search(text))
