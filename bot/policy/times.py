"""Times in a question about hours: days, dates, holidays, times of day, and other time zones.

What cannot be placed for sure is marked as unclear; then the hours are told without yes or no.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from bot.policy.questions import Question
from bot.policy.zones import Zone, zone_in

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|ust|tember|ober|ember)?\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}\b(?!\s*(?::|[ap]\.?m))", re.IGNORECASE)
_DAY_FIRST = re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?![a-z])", re.IGNORECASE)
_SLASH = re.compile(r"(?<![\d/])(?!24/7)(\d{1,2})/(\d{1,2})(?:/(?:\d\d){1,2})?(?![\d/])")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_ONLY_DAY = re.compile(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b(?!\s+(?:of|time))", re.IGNORECASE)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "couple": 2}
_COUNT = r"(\d{1,3}|an?|one|two|three|four|five|half an?|a couple(?: of)?)"
_AHEAD = re.compile(
    rf"\bin\s+(?:about\s+)?{_COUNT}\s*(minutes?|mins?|hours?|hrs?|days?|weeks?)\b"
    rf"|\b{_COUNT}\s*(minutes?|mins?|hours?|hrs?|days?|weeks?)\s+from\s+now\b",
    re.IGNORECASE,
)
_AFTER_TOMORROW = re.compile(r"\bday after tomorrow\b", re.IGNORECASE)
_TODAY = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", re.IGNORECASE)
_PART = re.compile(r"\b(morning|afternoon|evening|night|tonight|overnight)s?\b", re.IGNORECASE)
_PARTS = {
    "morning": (time(6), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(21)),
    "night": (time(18), time(23, 59)),
    "tonight": (time(18), time(23, 59)),
    "overnight": (time(0), time(6)),
}
# A time that is not now, and is not placed.
_SOME_TIME = re.compile(
    r"\b(?:next|this|last|every) (?:week|month|year|summer|winter|spring|fall)\b|\blater\b|\bsoon\b"
    r"|\bin (?:the )?(?:summer|winter|spring|fall|january|february|march|april|may|june|july|august"
    r"|september|october|november|december)\b",
    re.IGNORECASE,
)
_COUNTRIES = {"us": "US", "uk": "GB"}


@dataclass(frozen=True)
class When:
    """Time that a question asks about.

    ``instants`` are exact moments, ``days`` whole days or days with a ``part`` of the day. Without
    any of them the question names no time, or the present one. ``holiday`` is the name of a public
    holiday among them.
    """

    days: tuple[date, ...] = ()
    instants: tuple[datetime, ...] = ()
    part: str = ""
    zone: Zone | None = None
    unclear: bool = False
    holiday: str = ""
    is_today: bool = False  # a day is meant, and it is today: "today", "tonight"

    @property
    def is_named(self) -> bool:
        """Return whether the question names a time other than the present moment."""
        return bool(self.days or self.instants)

    @property
    def span(self) -> tuple[time, time] | None:
        """Return the part of the day as times, None for the whole day."""
        return _PARTS.get(self.part)


def when(question: Question, now: datetime, zone: ZoneInfo, jurisdiction: str) -> When:
    """Return the time that a question asks about, on the clock of the store."""
    local = now.astimezone(zone)
    text = question.text
    other = zone_in(text)
    if ahead := _ahead(text, local):
        return _with_holiday(ahead, jurisdiction)
    dates, today = _dates(text, local.date(), jurisdiction), bool(_TODAY.search(text))
    days = dates or _weekdays(question, local.date())
    moment = question.time_of_day
    found = _PART.search(text)
    part = found[1].lower() if found and moment is None else ""
    if not days and (today and (part or moment)):
        days = (local.date(),)
    if not days and (moment is not None or (part and part != "night")):
        days = (local.date(),)
        today = True
    unclear = question.vague_time or bool(_SOME_TIME.search(text) and not days)
    unclear = unclear or (other is not None and other.zone is None)
    if moment is not None and days and not unclear:
        there = other.zone if other and other.zone else zone
        instants = tuple(datetime.combine(day, moment, there).astimezone(zone) for day in days)
        found_when = When(instants=instants, zone=other, is_today=today)
    else:
        beside = other is not None and bool(part)
        found_when = When(
            days=days, part=part, zone=other, unclear=unclear or beside, is_today=today
        )
    return _with_holiday(found_when, jurisdiction)


def holiday_on(day: date, jurisdiction: str) -> str:
    """Return the name of the public holiday on a day, empty if it is none."""
    names = _calendar(jurisdiction).get(day)
    return str(names).split(";")[0].strip() if names else ""


@cache
def _calendar(jurisdiction: str) -> holidays.HolidayBase:
    if jurisdiction in _COUNTRIES:
        return holidays.country_holidays(_COUNTRIES[jurisdiction])
    return holidays.financial_holidays("XECB")  # what the countries of the EU share


def _with_holiday(found: When, jurisdiction: str) -> When:
    days = (*found.days, *(instant.date() for instant in found.instants))
    names = filter(None, (holiday_on(day, jurisdiction) for day in days))
    name = next(names, "")
    return When(
        found.days,
        found.instants,
        found.part,
        found.zone,
        found.unclear or bool(name),
        name,
        found.is_today,
    )


def _ahead(text: str, local: datetime) -> When | None:
    """Return the time in "in an hour", "in two days", "the day after tomorrow"."""
    if _AFTER_TOMORROW.search(text):
        return When(days=(local.date() + timedelta(days=2),))
    match = _AHEAD.search(text)
    if match is None:
        return None
    count, unit = match[1] or match[3], (match[2] or match[4]).lower()
    amount = 0.5 if count.lower().startswith("half") else _number(count)
    if unit.startswith(("day", "week")):
        days = amount * (7 if unit.startswith("week") else 1)
        return When(days=(local.date() + timedelta(days=days),))
    minutes = amount * (60 if unit.startswith("h") else 1)
    return When(instants=(local + timedelta(minutes=minutes),))


def _number(text: str) -> int:
    word = text.lower().replace(" of", "").split()[-1]
    return int(word) if word.isdigit() else _NUMBERS.get(word, 1)


def _dates(text: str, today: date, jurisdiction: str) -> tuple[date, ...]:
    """Return the dates in a text, each the next one from today."""
    found = []
    for match in _ISO.finditer(text):
        found.append(_date(int(match[1]), int(match[2]), int(match[3])))
    pairs = list(_month_and_day(text, jurisdiction))
    found += [_coming(month, day, today) for month, day in pairs]
    if not found and (only := _ONLY_DAY.search(text)):
        found.append(_coming_day(int(only[1]), today))
    return tuple(dict.fromkeys(day for day in found if day))


def _month_and_day(text: str, jurisdiction: str) -> Iterator[tuple[int, int]]:
    for match in _MONTH_FIRST.finditer(text):
        yield _MONTHS.index(match[1].lower()[:3]) + 1, int(match[2])
    for match in _DAY_FIRST.finditer(text):
        yield _MONTHS.index(match[2].lower()[:3]) + 1, int(match[1])
    for match in _SLASH.finditer(text):
        first, second = int(match[1]), int(match[2])
        yield (first, second) if jurisdiction == "us" else (second, first)


def _coming(month: int, day: int, today: date) -> date | None:
    this_year = _date(today.year, month, day)
    if this_year is None or this_year >= today:
        return this_year
    return _date(today.year + 1, month, day)


def _coming_day(day: int, today: date) -> date | None:
    """Return the next date with a number, such as "the 4th"."""
    for months in range(3):
        year, month = divmod(today.month - 1 + months, 12)
        found = _date(today.year + year, month + 1, day)
        if found and found >= today:
            return found
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekdays(question: Question, today: date) -> tuple[date, ...]:
    """Return the coming dates of the weekdays in a question; today counts."""
    tomorrow = (today.weekday() + 1) % 7
    return tuple(
        today + timedelta(days=(day - today.weekday()) % 7) for day in question.weekdays(tomorrow)
    )
