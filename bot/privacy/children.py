"""Recognises that whoever types is under 13, the age from which law (COPPA, 16 CFR 312) and policy let a site collect.

Someone else's age is not the visitor's: "my daughter is 9" is a parent. A number that is no age is told by what follows it.
When in doubt the answer is yes: to stop costs an adult a new conversation, to go on costs a child its privacy.
"""

import re
from datetime import UTC, datetime

from bot.privacy.child_patterns import NOT_MEANT, SHOWS_A_CHILD, SPELLED

_OLD_ENOUGH = 13
_BORN = re.compile(r"\bi (?:was|am|were) born (?:in |on )?(?:\w+ ){0,3}(20\d\d)\b", re.IGNORECASE)
_BREAKS_OFF = re.compile(r"(?:\bi['’]?\s?a?m|\bmy age is|\bi (?:just )?turned)\W*$", re.IGNORECASE)


def is_child(text: str) -> bool:
    """Return whether a message shows that the person typing it is under 13."""
    return any(_meant(match) for pattern in SHOWS_A_CHILD for match in pattern.finditer(text)) or _born_lately(text)


def begins_an_age(text: str) -> bool:
    """Return whether a message breaks off where an age would follow: ``i am``."""
    return bool(_BREAKS_OFF.search(text))


def _meant(match: re.Match[str]) -> bool:
    if NOT_MEANT.search(match.string, 0, match.start()):
        return False
    stated = match.groupdict().get("age")
    if stated is None or match.groupdict().get("soon") is not None:  # who will be 13 is still 12
        return True
    # what is neither spelled as we know it nor a number differs in a letter that looks the same: not 13 in any case
    years = SPELLED.get(stated.lower()) or (int(stated) if stated.isdecimal() else 0)
    return years < _OLD_ENOUGH


def _born_lately(text: str) -> bool:
    this_year = datetime.now(UTC).year
    return any(this_year - int(year) < _OLD_ENOUGH for year in _BORN.findall(text))
