"""Recognition of shoppers under 13.

The law (COPPA, 16 CFR 312) and the policy let a site collect data only from this age on. Only the
shopper's own age counts: "my daughter is 9" is a parent. The words after a number show whether it
is an age. In doubt the answer is yes: stopping costs an adult a new conversation, going on costs a
child its privacy.
"""

import re
from datetime import UTC, datetime

from bot.privacy.child_patterns import NOT_MEANT, SHOWS_A_CHILD, SPELLED

_MINIMUM_AGE = 13
_BORN = re.compile(r"\bi (?:was|am|were) born (?:in |on )?(?:\w+ ){0,3}(20\d\d)\b", re.IGNORECASE)
_ENDS_BEFORE_AGE = re.compile(
    r"(?:\bi['’]?\s?a?m|\bmy age is|\bi (?:just )?turned)\W*$", re.IGNORECASE
)


def is_child(text: str) -> bool:
    """Return whether a message shows that the person typing it is under 13."""
    return any(
        _shows_a_child(match) for pattern in SHOWS_A_CHILD for match in pattern.finditer(text)
    ) or _born_too_late(text)


def begins_an_age(text: str) -> bool:
    """Return whether a message stops before an age: ``i am``."""
    return bool(_ENDS_BEFORE_AGE.search(text))


def _shows_a_child(match: re.Match[str]) -> bool:
    if NOT_MEANT.search(match.string, 0, match.start()):
        return False
    stated = match.groupdict().get("age")
    if stated is None or match.groupdict().get("soon") is not None:  # "I turn 13 soon" is 12
        return True
    # A word that is neither in SPELLED nor a number holds a look-alike letter: count it as a child
    years = SPELLED.get(stated.lower()) or (int(stated) if stated.isdecimal() else 0)
    return years < _MINIMUM_AGE


def _born_too_late(text: str) -> bool:
    this_year = datetime.now(UTC).year
    return any(this_year - int(year) < _MINIMUM_AGE for year in _BORN.findall(text))
