"""Recognition of personal data in a message.

A text is read once (``bot.privacy.reading``); then recognisers propose, the surest ones first, and
where two findings overlap, the first one holds. ``docs/privacy.md`` lists the kinds and says what
is not recognised.
"""

from bisect import bisect
from collections.abc import Callable, Iterator

from bot.privacy import numbers
from bot.privacy.addresses import addresses, may_hold_address
from bot.privacy.codes import codes, parcels
from bot.privacy.emails import find_emails
from bot.privacy.finding import Finding, Found
from bot.privacy.names import names
from bot.privacy.networks import ibans, networks
from bot.privacy.reading import Reading
from bot.privacy.secrets import (
    birth_dates,
    may_name_password,
    may_name_user,
    passwords,
    usernames,
)

__all__ = ["Finding", "find"]

Recogniser = Callable[[Reading], Iterator[Found]]


def find(text: str) -> list[Finding]:
    """Return the personal data in ``text``, in order; no two findings overlap."""
    reading, found = Reading(text), list[Finding]()
    for recognise, needs in _RECOGNISERS:
        if not needs(reading):
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


def _always(_reading: Reading) -> bool:
    return True


def _digits(reading: Reading) -> bool:
    return reading.has_digits or bool(reading.groups)


# In order, the surest first, each with a cheap check of whether there can be anything to find.
_RECOGNISERS: tuple[tuple[Recogniser, Callable[[Reading], bool]], ...] = (
    (ibans, _digits),
    (numbers.cards, _digits),
    (numbers.long_runs, _digits),
    (_emails, _always),
    (parcels, _digits),
    (numbers.social_security_numbers, _digits),
    (birth_dates, _digits),
    (passwords, may_name_password),
    (networks, _digits),
    (numbers.cards_with_a_slip, _digits),
    (numbers.phones, _digits),
    (codes, _digits),
    (numbers.expiries, _digits),
    (numbers.cued_phones, _digits),
    (addresses, may_hold_address),
    (usernames, may_name_user),
    (names, _always),
)
