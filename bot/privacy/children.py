"""Recognises that whoever types is under 13, the age from which law (COPPA, 16 CFR 312) and policy let a site collect.

Someone else's age is not the visitor's: "my daughter is 9" is a parent. A number that is no age is told by what follows it.
When in doubt the answer is yes: to stop costs an adult a new conversation, to go on costs a child its privacy.
"""

import re

from bot.privacy.child_patterns import NOT_MEANT, SHOWS_A_CHILD, SPELLED

_OLD_ENOUGH = 13


def is_child(text: str) -> bool:
    """Return whether a message shows that the person typing it is under 13."""
    return any(_meant(match) for pattern in SHOWS_A_CHILD for match in pattern.finditer(text))


def _meant(match: re.Match[str]) -> bool:
    if NOT_MEANT.search(match.string, 0, match.start()):
        return False
    stated = match.groupdict().get("age")
    if stated is None or match.groupdict().get("soon") is not None:  # who will be 13 is still 12
        return True
    return (SPELLED.get(stated.lower()) or int(stated)) < _OLD_ENOUGH
