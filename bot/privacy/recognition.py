"""Recognition of personal data in a message.

A text is read once (``bot.privacy.reading``); then recognisers propose, the surest ones first, and
where two findings overlap, the first one holds. ``docs/privacy.md`` lists the kinds and says what
is not recognised.
"""

from bisect import bisect
from collections.abc import Callable, Iterator

from bot.privacy import numbers
from bot.privacy.addresses import addresses
from bot.privacy.codes import codes
from bot.privacy.emails import find_emails
from bot.privacy.finding import Finding, Found
from bot.privacy.names import names
from bot.privacy.networks import ibans, networks
from bot.privacy.reading import Reading
from bot.privacy.secrets import birth_dates, passwords, usernames

__all__ = ["Finding", "find"]

Recogniser = Callable[[Reading], Iterator[Found]]


def find(text: str) -> list[Finding]:
    """Return the personal data in ``text``, in order; no two findings overlap."""
    reading, found = Reading(text), list[Finding]()
    for recognise, of_digits in _RECOGNISERS:
        if of_digits and not reading.groups and not reading.has_digits:
            continue
        for kind, start, end in recognise(reading):
            place = bisect(found, start, key=lambda finding: finding.start)
            before, after = found[place - 1 : place], found[place : place + 1]
            if not (before and before[0].end > start) and not (after and after[0].start < end):
                found.insert(place, Finding(kind, start, end, text[start:end]))
    return found


def _emails(reading: Reading) -> Iterator[Found]:
    for start, end in find_emails(reading.original):
        yield "email", start, end


# In order, the surest first; True for those that find nothing in a text without digits.
_RECOGNISERS: tuple[tuple[Recogniser, bool], ...] = (
    (ibans, True),
    (numbers.cards, True),
    (_emails, False),
    (numbers.social_security_numbers, True),
    (birth_dates, True),
    (passwords, False),
    (networks, True),
    (numbers.cards_with_a_slip, True),
    (numbers.phones, True),
    (codes, True),
    (numbers.expiries, True),
    (numbers.cued_phones, True),
    (addresses, False),
    (usernames, False),
    (names, False),
)
