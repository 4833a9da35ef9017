"""Numbers and codes that only a cue tells: of orders, customers, parcels, papers, bank accounts."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from bot.privacy.cues import UNITS
from bot.privacy.finding import Found
from bot.privacy.numbers import is_own
from bot.privacy.reading import Group, Reading
from bot.references import parse_reference

_CODE = re.compile(r"(?<![\w@])[a-z0-9]+(?:[-_/][a-z0-9]+)*(?![\w@])", re.IGNORECASE)
_SURELY_ONE = 7  # digits from which groups are one number even without a mark
_IN_GROUPS = re.compile(r"[a-z]?\d+", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}/\d{1,2}(?:/\d{1,4})?|\d{1,2}/\d{4}")
_MORE = re.compile(r"(?:[ -]\d{1,6}){1,6}(?![\w.,]\d|\w)")
# Words that may stand between a cue and its number.
_FILLERS = frozenset(
    """
        number numbers num no nr nmbr numbr id code is was s are the my our it its of for called
        ref reference n with that which this label catalog on be and card account confirmation
        in on mail email ok es ist est de el la le mi mein mon ma wants right
    """.split()
)
_MARKS = frozenset(
    """
        number num no nr nmbr numbr id code ref reference n
    """.split()
)


@dataclass(frozen=True)
class _Form:
    """What a code of a kind looks like: how many digits it has at least.

    ``marked`` counts after a mark such as "number", "#" or ":", ``unmarked`` without one.
    """

    marked: int
    unmarked: int
    most: int = 30  # characters at most
    least: int = 1  # characters at least
    far: int = 2  # words that are no fillers, between the cue and the code


_FORMS = {
    "order_number": _Form(2, 4, far=3),
    "customer_number": _Form(2, 4),
    "tracking_number": _Form(6, 8, most=40, far=3),
    "passport": _Form(5, 5, most=12, least=6, far=3),
    "licence": _Form(4, 5, most=20, least=5, far=3),
    "id_number": _Form(5, 5, most=20, least=6),
    "bank_account": _Form(5, 5, most=62, least=5, far=3),
    "pin": _Form(4, 4, most=8, far=3),
    "cvv": _Form(3, 3, most=4, far=2),
}


_PARCELS = (
    re.compile(r"\b1Z(?: ?[0-9A-Z]{2,6}){3,7}(?= |\b)", re.IGNORECASE),
    re.compile(r"\b9[2-5]\d{2}(?:[ -]?\d{4}){4}(?:[ -]?\d{2})?\b"),
    re.compile(r"\bPRO \d{7,10}\b"),
    re.compile(r"\bpro (?:number |no\.? |# ?)?(?:is )?\d{3}-?\d{6}-?\d\b", re.IGNORECASE),
)
_OF_CARDS = frozenset({"pin", "cvv"})


def parcels(reading: Reading) -> Iterator[Found]:
    """Yield the numbers of parcels that are known by their form."""
    for pattern in _PARCELS:
        for match in pattern.finditer(reading.text):
            yield "tracking_number", *match.span()


def codes(reading: Reading) -> Iterator[Found]:
    """Yield the codes that a cue names."""
    yield from _named(reading)
    yield from _grouped(reading)


def _named(reading: Reading) -> Iterator[Found]:
    text, done = reading.text, 0
    for match in _CODE.finditer(text):
        start, end = match.span()
        if start < done or not any(map(str.isdigit, match.group())):
            continue
        if parse_reference(match.group()):  # of an opt-out: shoppers ask for it by this
            continue
        if is_own("".join(filter(str.isdigit, match.group()))):
            continue
        first = bisect_left(reading.starts, start)
        if _DATE.fullmatch(match.group()):
            continue
        if _IN_GROUPS.fullmatch(match.group()) and (more := _MORE.match(text, end)):
            joined = sum(map(str.isdigit, match.group() + more.group()))
            if joined >= _SURELY_ONE or _label(reading, first, start, more.end()):
                end = more.end()
        if label := _label(reading, first, start, end):
            yield label, start, end
            done = end


def _label(reading: Reading, first: int, start: int, end: int) -> str | None:
    """Return the kind of the code at a place, None if no cue makes it one."""
    code = reading.text[start:end]
    found = reading.cue_before(first)
    if found and found[0].label == "card":  # "the pin of my card is 4471"
        found = reading.cue_before(first, _OF_CARDS) or found
    if found:
        cue, _ = found
        form = _FORMS.get(cue.label)
        between = reading.words[cue.last + 1 : first]
        others = [word for word in between if word not in _FILLERS]
        listed = all(word.isdigit() or word in ("and", "or", "numbers") for word in between)
        if form and (listed or (len(others) <= form.far and not any(map(str.isdigit, between)))):
            gaps = reading.text[reading.ends[cue.last] : start]
            marked = (
                bool(set(gaps) & set("#:=№"))
                or bool(_MARKS & set(between))
                or reading.word(cue.last) in _MARKS
            ) and not others
            if _fits(form, code, marked) and not _counts(reading, start, end, code):
                return cue.label
    last = bisect_left(reading.starts, end) - 1
    after = reading.cue_after(last)
    if after and (form := _FORMS.get(after.label)) and _fits(form, code, marked=True):
        return after.label if len(code) >= 3 else None
    return None


def _fits(form: _Form, code: str, marked: bool) -> bool:
    digits = sum(map(str.isdigit, code))
    least = form.marked if marked else form.unmarked
    if form.most <= 8 and not code.isdigit():
        return False
    if marked and form.least >= 5 and len(code) >= 8 and code.isalnum():
        least = min(least, 2)  # WDLAKFT2ZU47
    return digits >= least and form.least <= len(code) <= form.most


def _counts(reading: Reading, start: int, end: int, code: str) -> bool:
    """Return whether the number is a price, a count or a year."""
    before = reading.text[start - 1 : start]
    after = bisect_left(reading.starts, end)
    unit = reading.word(after) in UNITS and not reading.gap(after).strip(" -")
    is_date = re.match(r"[/.:]\d|%|,\d{3}\b", reading.text[end : end + 4])
    year = len(code) == 4 and code.isdigit() and code[:2] in ("19", "20")
    return (
        before in ("$", "£", "€", "@")
        or bool(is_date)
        or (code.isdigit() and (unit or (year and before != "#")))
    )


def _grouped(reading: Reading) -> Iterator[Found]:
    """Yield numbers in groups or in words: ``order number one two three``, ``cvv 9 5 8``."""
    for run in reading.runs:
        digits = sum(len(group.digits) for group in run)
        for label in (
            _cue_of(reading, run),
            after.label if (after := reading.cue_after(run[-1].last)) else "",
        ):
            form = _FORMS.get(label)
            short = form is not None and form.most <= 8
            grouped = len(run) > 1 or any(group.spelled for group in run) or short
            if form and grouped and form.marked <= digits <= form.most and (short or digits >= 5):
                yield label, run[0].start, run[-1].end
                break


def _cue_of(reading: Reading, run: list[Group]) -> str:
    """Return what is said right before a run of digits: ``the cvv is 9 5 8``."""
    found = reading.cue_before(run[0].first)
    if not found:
        return ""
    cue, _ = found
    between = reading.words[cue.last + 1 : run[0].first]
    marked = bool(set(reading.text[reading.ends[cue.last] : run[0].start]) & set("#:="))
    short = cue.label in _OF_CARDS
    fits = all(word in _FILLERS for word in between) and (
        short or marked or _MARKS & {*between, reading.word(cue.last)}
    )
    return cue.label if fits else ""
