"""Numbers that are recognised by their digits: payment cards, social security numbers, phones.

A run of groups of digits is searched for parts of the right length and grouping. A cue beside a
part lets more of them count, and the name of something else, such as an article, fewer.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from stdnum import ean

from bot.policy.facts import facts
from bot.privacy.cues import UNITS
from bot.privacy.finding import Found, Span
from bot.privacy.reading import Group, Reading

_CARD = (12, 19)  # digits of a card number, ISO/IEC 7812
_CUED_CARD = (11, 20)
_USUAL_CARD = 16
_HALF_A_CARD = (6, 10)  # digits of a card that is typed over two messages
_SSN = (7, 10)
_PHONE = (7, 15)  # digits of a phone number, E.164
_NEAR = 7  # atoms between a cue and its number
_BESIDE = 2  # atoms between the name of something else and its number
_MONEY = frozenset("$£€¥₹")
_MAX_GROUPS = 20
_EXPIRY = re.compile(
    r"(?:\b(?:exp|expiry|expires|expired|expiring|expiration|valid thru"
    r"|valid through|good thru|mm/yy)\b(?:\W{0,3}(?:date|is|on|of)){0,3}[\s.:(,-]{0,4}"
    r"(?P<date>(?:0?[1-9]|1[0-2])\s?[/ -]?\s?(?:20)?[2-4]\d)(?![\d/-])"
    r"|(?<=\d\d\d)[\s,/]{1,3}(?P<beside>(?:0?[1-9]|1[0-2])\s?[/-]\s?(?:20)?[2-4]\d)(?![\d-]))",
    re.IGNORECASE,
)
_JOINED_BY_X = re.compile(r"(?<!\w)\d{4}(?:[xX]\d{4}){3}(?!\w)")


@dataclass
class Part:
    """Neighbouring groups of a run that may be one number."""

    reading: Reading
    groups: list[Group]
    digits: str
    run: list[Group]
    first: int  # its place in the run

    @property
    def span(self) -> Span:
        """Return its place in the text."""
        return self.groups[0].start, self.groups[-1].end

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Return the number of digits of each group."""
        return tuple(len(group.digits) for group in self.groups)

    @cached_property
    def gaps(self) -> list[str]:
        """Return what stands between the groups."""
        text, groups = self.reading.text, self.groups
        return [
            text[first.end : second.start]
            for first, second in zip(groups, groups[1:], strict=False)
        ]

    @cached_property
    def before(self) -> str:
        """Return the two characters before it."""
        return self.reading.text[max(0, self.groups[0].start - 2) : self.groups[0].start]

    def labels(self) -> set[str]:
        """Return what the nearest cues before and after it call it."""
        reading, named = self.reading, set()
        beside = False
        if found := reading.cue_before(self.groups[0].first):
            cue, between = found
            if between <= (_BESIDE if cue.label == "other" else _NEAR):
                named.add(cue.label)
                beside = between <= _BESIDE
        after = reading.cue_after(self.groups[-1].last)
        if after and not (beside and after.label == "other"):  # "ssn 318229047 for the store"
            named.add(after.label)
        return named

    def is_years(self) -> bool:
        """Return whether each group is a year: ``2019 2020 2021``, ``1907/2006``."""
        return all(re.fullmatch(r"(?:19|20)\d\d", group.digits) for group in self.groups)

    def is_fragment(self) -> bool:
        """Return whether the same mark that joins its groups also joins more of the run to it."""
        marks = {gap.strip() for gap in self.gaps}
        text, run, after = self.reading.text, self.run, self.first + len(self.groups)
        around = (
            text[run[self.first - 1].end : self.groups[0].start] if self.first else "",
            text[self.groups[-1].end : run[after].start] if after < len(run) else "",
        )
        return any(
            gap.strip() and (gap.strip() in marks or (not marks and gap.strip() == gap))
            for gap in around
        )

    def counts(self) -> bool:
        """Return whether it is a price, a size or a count: ``$4111.00``, ``2,500 dollars``."""
        after = self.reading.word(self.groups[-1].last + 1)
        gap = self.reading.gap(self.groups[-1].last + 1)
        return (
            bool(set(self.before) & _MONEY and self.before[-1:] != " ")
            or (gap[:1] == "%")
            or (len(self.digits) < _PHONE[0] and after in UNITS and not gap.strip(" -"))
        )


def cards(reading: Reading) -> Iterator[Found]:
    """Yield numbers with a valid check digit, of a length and a first digit that issuers use."""
    for run in reading.runs:
        yield from _parts("card", reading, run, _CARD, _is_card, _could_be_a_card)


def long_runs(reading: Reading) -> Iterator[Found]:
    """Yield runs of more groups than any number has: a card number may hide in one."""
    for run in reading.long_runs:
        yield "card", run[0].start, run[-1].end


def cards_with_a_slip(reading: Reading) -> Iterator[Found]:
    """Yield numbers that only look like a card: a digit is wrong or missing, or a cue says so."""
    for run in reading.runs:
        yield from _parts("card", reading, run, _CUED_CARD, _is_almost_a_card)
        yield from _parts("card", reading, run, _HALF_A_CARD, _is_half_a_card)
    for match in _JOINED_BY_X.finditer(reading.text):
        yield "card", *match.span()


def expiries(reading: Reading) -> Iterator[Found]:
    """Yield the dates to which a card is valid, in a text that speaks of a card."""
    if any(sum(len(group.digits) for group in run) >= _CARD[0] for run in reading.runs) or any(
        cue.label == "card" for cue in reading.cues
    ):
        for match in _EXPIRY.finditer(reading.text):
            yield "card", *match.span("date" if match["date"] else "beside")


def social_security_numbers(reading: Reading) -> Iterator[Found]:
    """Yield numbers grouped like those of the United States, and others that a cue names."""
    for run in reading.runs:
        yield from _parts("ssn", reading, run, _SSN, _is_ssn)


def phones(reading: Reading) -> Iterator[Found]:
    """Yield numbers that are phone numbers by their form, wherever they stand."""
    for run in reading.runs:
        yield from _extended(reading, _parts("phone", reading, run, _PHONE, _is_phone))


def cued_phones(reading: Reading) -> Iterator[Found]:
    """Yield any seven digits and more that a cue calls a phone number."""
    for run in reading.runs:
        yield from _extended(reading, _parts("phone", reading, run, _PHONE, _is_cued_phone))


def _parts(
    kind: str,
    reading: Reading,
    run: list[Group],
    lengths: tuple[int, int],
    accepts: Callable[[Part], bool],
    could_be: Callable[[str], bool] | None = None,
) -> Iterator[Found]:
    """Yield the longest parts of a run that are accepted, of so many digits at least and most."""
    fewest, most = lengths
    first = 0
    while first < len(run):
        last, total, possible = first, 0, []
        while last < min(len(run), first + _MAX_GROUPS):
            total += len(run[last].digits)
            last += 1
            if total > most:
                break
            if total >= fewest:
                possible.append((last, total))
        if total < fewest:  # nor do the groups after this one have enough digits
            break
        if possible:
            digits = "".join(group.digits for group in run[first : possible[-1][0]])
            own = next((last for last, length in possible if is_own(digits[:length])), None)
            if own:
                first, possible = own - 1, []
            for last, length in reversed(possible):
                if could_be is not None and not could_be(digits[:length]):
                    continue
                part = Part(reading, run[first:last], digits[:length], run, first)
                if accepts(part):
                    yield kind, *part.span
                    first = last - 1
                    break
        first += 1


def _is_card(part: Part) -> bool:
    return "other" not in part.labels() and not _is_imei(part)


def _could_be_a_card(digits: str) -> bool:
    if digits[0] not in "23456" and digits[:4] not in ("1800", "2131"):
        return False
    if len(digits) == 12 and digits[0] not in "56":
        return False
    return len(set(digits)) > 1 and _passes_luhn(digits)


def _is_almost_a_card(part: Part) -> bool:
    digits, labels = part.digits, part.labels()
    in_fours = set(part.sizes[:-1]) == {4} or part.sizes == (4, 6, 5)
    named_other = "other" in labels and not (in_fours and len(digits) == _USUAL_CARD)
    if named_other or part.counts() or _goes_on(part) or part.is_years():
        return False
    if labels & {"card", "cvv"} and not _is_north_american(digits):
        return True
    if len(digits) < _CUED_CARD[0] or all(group.digits.endswith("00") for group in part.groups):
        return False
    if labels & {"order_number", "customer_number", "tracking_number"}:
        return False
    if part.sizes == (4, 4, 4):
        return digits[0] in "056" and not all(group.digits[-1] == "0" for group in part.groups)
    if len(digits) < 13:
        return False
    if any("\n" in gap for gap in part.gaps):
        return False
    issued = digits[:2] in ("34", "37", "36", "38", "30") or digits[0] in "2456" or in_fours
    almost = len(part.groups) > 2 and set(part.sizes) <= {3, 4, 5} and part.sizes.count(4) > 1
    whole = in_fours or almost or len(part.groups) == 1 or max(part.sizes) == 1
    if "phone" in labels and not (in_fours or almost):
        return False
    if not labels and len(part.groups) == 1 and ean.is_valid(digits):
        return False
    begins = digits[0] in "23456" or digits[:4] in ("1800", "2131")
    return issued and whole and begins and not _is_imei(part)


def _is_half_a_card(part: Part) -> bool:
    """Return whether a card is named right before six digits or more, and nothing else is."""
    return part.labels() == {"card"} and not (
        part.counts() or _is_north_american(part.digits) or _goes_on(part)
    )


def _goes_on(part: Part) -> bool:
    """Return whether a mark joins more digits and letters to it: ``2700-3000-5000K``."""
    return bool(re.match(r"[-/]\w", part.reading.text[part.span[1] : part.span[1] + 2]))


def _is_imei(part: Part) -> bool:
    """Return whether it may be the number of a device, which no card number looks like."""
    return (
        len(part.groups) == 1 and len(part.digits) == 15 and part.digits[:2] in ("35", "86", "01")
    )


def _is_ssn(part: Part) -> bool:
    labels = part.labels()
    if part.sizes == (3, 2, 4) and len({gap.strip() for gap in part.gaps}) == 1:
        named = part.reading.cue_before(part.groups[0].first)
        if set(part.gaps) == {"-"} and named and named[0].label == "other" and named[1]:
            labels.discard("other")  # "why would a lamp store need 123-45-6789"
        return not (labels & {"other", "phone"}) and not part.counts()
    return "ssn" in labels and len(part.digits) >= 8 and "other" not in labels


def _is_phone(part: Part) -> bool:
    digits, sizes = part.digits, part.sizes
    if is_own(digits) or len(set(digits)) == 1 or part.counts():
        return False
    labels = part.labels()
    if labels & {"other", "tracking_number", "licence", "passport"} and "phone" not in labels:
        return False
    if any("\n" in gap or (gap == "," and sizes != (3, 3, 4)) for gap in part.gaps):
        return False
    if set(part.gaps) == {"."} and len(sizes) > 2 and sizes[-3:] != (3, 3, 4):  # 9405.42.8210
        return False
    before = part.before
    if before[-1:] == "+" or before in ("+(", "+ "):
        return True
    if before[-1:] == "/" and len(sizes) == 1:  # of a page on the web
        return False
    if before[-1:] and before[-1:] in "-.$#":
        return False
    if digits.startswith(("00", "011")) and len(digits) >= 10 and digits[2] != "0":
        return True
    if part.is_fragment():
        return False
    if sizes in ((3, 3, 4), (1, 3, 3, 4)) and (len(sizes) == 3 or digits[0] == "1"):
        return True
    alike = len({gap.strip() for gap in part.gaps}) <= 1
    if _is_north_american(digits) and ((_groups_well(sizes) and alike) or max(sizes) == 1):
        return True
    if any(group.spelled for group in part.groups) and _is_north_american(digits):
        return True
    return _is_national(part)


def _is_north_american(digits: str) -> bool:
    """Return whether digits are a number of the United States, Canada and their neighbours."""
    national = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return len(national) == 10 and national[0] in "23456789" and national[3] in "23456789"


def _groups_well(sizes: tuple[int, ...]) -> bool:
    """Return whether a number of ten or eleven digits may be grouped so, also by mistake."""
    if sizes[:2] == (3, 3) and set(sizes[2:]) == {1}:  # 360 555 0 1 4 5
        return True
    return len(sizes) in (1, 3, 4) or sizes in ((3, 7), (6, 4), (1, 10), (4, 7), (7, 4))


def _is_national(part: Part) -> bool:
    """Return whether a number looks like one dialled within another country: 0121 234 5678."""
    digits, sizes = part.digits, part.sizes
    if part.before[-1:] == "(" and part.gaps and part.gaps[0].startswith(")"):
        return 9 <= len(digits) <= 11
    return (
        digits[0] == "0"
        and 9 <= len(digits) <= 11
        and 2 <= len(sizes) <= 5
        and min(sizes) >= 2
        and (sizes[-1] >= 3 or set(sizes) == {2})
        and not any(set(gap) & set("/:.,") for gap in part.gaps)
    )


def _is_cued_phone(part: Part) -> bool:
    labels = part.labels()
    if "phone" not in labels or "other" in labels:
        return False
    if is_own(part.digits) or part.counts() or len(set(part.digits)) == 1 or part.is_years():
        return False
    return not part.is_fragment()


def _extended(reading: Reading, found: Iterator[Found]) -> Iterator[Found]:
    """Yield numbers with the extension after them: ``x12``, ``ext. 7``."""
    for kind, start, end in found:
        while start and (
            reading.text[start - 1] in "+("
            or (
                reading.text[start - 1] == " " and reading.text[start - 2 : start - 1] in ("+", "(")
            )
        ):
            start -= 1
        yield kind, start, _end_of_extension(reading.text, end)


def _end_of_extension(text: str, end: int) -> int:
    place = end
    while place < min(len(text), end + 3) and text[place] in " ,.":
        place += 1
    for word in ("extension", "ext.", "ext", "x", "#"):
        if text[place : place + len(word)].lower() == word:
            place += len(word)
            while text[place : place + 1] in (" ", ":"):
                place += 1
            last = place
            while last < len(text) and text[last].isdigit() and last - place < 6:
                last += 1
            if last > place or word == "x":
                return last
            break
    return end


@cache
def _own_numbers() -> frozenset[str]:
    known = facts().by_name
    return frozenset(
        "".join(filter(str.isdigit, known[name].text))[-10:]
        for name in ("support_phone", "order_phone")
        if name in known
    )


def is_own(digits: str) -> bool:
    """Return whether digits are a phone number of the store itself."""
    return digits[-10:] in _own_numbers()


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0
