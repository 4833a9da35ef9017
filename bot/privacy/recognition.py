"""Recognition of personal data in a message.

Types: e-mail, phone, card, social security number, IBAN, IP address, postal address, order number
and customer number. Patterns propose and checks decide: Luhn, ISO 7064, the areas of social
security numbers, valid IP addresses. Where two findings overlap, the one with a checksum wins.
The shop's own phone number and address are left alone, as are hours, dates, prices, sizes, product
codes and laws.
"""

import ipaddress
import re
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stdnum import iban, luhn

from bot.policy.facts import facts
from bot.privacy import patterns
from bot.privacy.emails import find_emails


@dataclass(frozen=True)
class Finding:
    """A piece of personal data; ``start`` and ``end`` count characters of the text."""

    type: str
    start: int
    end: int
    value: str


_CARD_DIGITS = (13, 19)

Finder = Callable[[str], Iterator[tuple[int, int]]]


def find(text: str) -> list[Finding]:
    """Return the personal data in ``text``, in order; no two findings overlap."""
    found: list[Finding] = []
    for kind, finder in _FINDERS.items():  # types with a checksum come first
        for start, end in finder(text):
            place = bisect(found, start, key=lambda finding: finding.start)
            before, after = found[place - 1 : place], found[place : place + 1]
            if not (before and before[0].end > start) and not (after and after[0].start < end):
                found.insert(place, Finding(kind, start, end, text[start:end]))
    return found


def _cards(text: str) -> Iterator[tuple[int, int]]:
    # A match may include a phone number before the card or an expiry date after it.
    for run in patterns.DIGITS.finditer(text):
        groups = [match.span() for match in re.finditer(r"\d+", run.group())]
        first = 0
        while first < len(groups):
            longest = min(len(groups), first + _CARD_DIGITS[1])
            last = next(
                (
                    last
                    for last in range(longest, first, -1)
                    if _is_card(run.group(), groups[first:last])
                ),
                None,
            )
            if last is None:
                first += 1
            else:
                yield run.start() + groups[first][0], run.start() + groups[last - 1][1]
                first = last


def _is_card(run: str, groups: list[tuple[int, int]]) -> bool:
    """Return whether groups of digits form a card number, with a valid Luhn check digit.

    Lengths and first digits are those that issuers use (ISO/IEC 7812).
    """
    digits = "".join(run[start:end] for start, end in groups)
    return (
        _CARD_DIGITS[0] <= len(digits) <= _CARD_DIGITS[1]
        and digits[0] in "23456"
        and len(set(digits)) > 1
        and bool(luhn.is_valid(digits))
    )


def _social_security_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in patterns.SSN.finditer(text):
        yield match.span()
    for pattern in (patterns.SSN_BARE, patterns.SSN_BEFORE_NAME):
        for match in pattern.finditer(text):
            yield match.span(1)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in patterns.IBAN.finditer(text):
        end = match.end()
        # The match may include words after the IBAN: shorten it until the checksum fits.
        while end - match.start() >= 15:
            if text[end - 1].isalnum() and iban.is_valid(
                text[match.start() : end], check_country=False
            ):
                yield match.start(), end
                break
            end -= 1


def _ip_addresses(text: str) -> Iterator[tuple[int, int]]:
    for match in patterns.IP.finditer(text):
        if patterns.VERSION_CUE.search(text, 0, match.start()) or match.group() == "::":
            continue
        try:
            ipaddress.ip_address(match.group())
        except ValueError:
            continue
        yield match.span()
    for match in patterns.IP_OBSCURED.finditer(text):
        yield match.span()


def _phones(text: str) -> Iterator[tuple[int, int]]:
    own = re.sub(r"\D", "", facts().by_name["support_phone"].text)[-10:]
    for pattern in (
        patterns.PHONE,
        patterns.PHONE_INTERNATIONAL,
        patterns.PHONE_SPACED,
        patterns.PHONE_WORDS,
    ):
        for match in pattern.finditer(text):
            if own not in re.sub(r"\D", "", match.group()):
                yield match.span()
    for match in patterns.PHONE_LOCAL.finditer(text):
        yield match.span(1)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    own = facts().by_name["mail_address"].text.lower()[:15]
    for pattern in (patterns.PO_BOX, patterns.STREET):
        for match in pattern.finditer(text):
            if not match.group().lower().startswith(own):
                yield match.start(), match.start() + len(match.group().rstrip(" ,;\n"))


def _numbers_after(cues: tuple[re.Pattern[str], ...]) -> Finder:
    def finder(text: str) -> Iterator[tuple[int, int]]:
        for cue in cues:
            for match in cue.finditer(text):
                yield match.span("number")

    return finder


_FINDERS: dict[str, Finder] = {
    "iban": _ibans,
    "card": _cards,
    "email": find_emails,
    "ssn": _social_security_numbers,
    "customer_number": _numbers_after(patterns.CUSTOMER_NUMBERS),
    "order_number": _numbers_after(patterns.ORDER_NUMBERS),
    "ip": _ip_addresses,
    "phone": _phones,
    "address": _addresses,
}
