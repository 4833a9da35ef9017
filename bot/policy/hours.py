"""Opening hours, parsed from words and computed in the store's time zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DAY = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_DASH = r"\s*[-–]\s*"
_DAYS = re.compile(rf"{_DAY}(?:{_DASH}{_DAY})?", re.IGNORECASE)
_CLOCK = r"(?<![\d:])(\d{1,2})(?::(\d\d))?\s*(am|pm)"
_TIMES = re.compile(rf"{_CLOCK}{_DASH}{_CLOCK}", re.IGNORECASE)


@dataclass(frozen=True)
class WeeklyHours:
    """Opening and closing time by weekday (0 is Monday), in the store's time zone."""

    by_day: Mapping[int, tuple[time, time]]
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  (it is immutable)
    zone_name: str = "UTC"

    def is_open(self, at: datetime) -> bool:
        """Return whether it is open at ``at``, an aware time; at the closing time it is closed."""
        local = at.astimezone(self.zone)
        span = self.by_day.get(local.weekday())
        return span is not None and span[0] <= local.time() < span[1]

    def closes(self, at: datetime) -> datetime:
        """Return the closing time on the day of ``at``; only meaningful while it is open."""
        local = at.astimezone(self.zone)
        return datetime.combine(local.date(), self.by_day[local.weekday()][1], self.zone)

    def next_opening(self, at: datetime) -> datetime:
        """Return the next opening time after ``at``, in the store's time zone."""
        local = at.astimezone(self.zone)
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            span = self.by_day.get(day.weekday())
            if span is not None:
                opens = datetime.combine(day, span[0], self.zone)
                if opens > local:
                    return opens
        raise ValueError("These hours never open.")

    def groups(self) -> list[tuple[int, int, tuple[time, time]]]:
        """Return the days in a row with the same hours: first, last, and the two times."""
        groups: list[tuple[int, int, tuple[time, time]]] = []
        for day, span in sorted(self.by_day.items()):
            if groups and groups[-1][1] == day - 1 and groups[-1][2] == span:
                groups[-1] = (groups[-1][0], day, span)
            else:
                groups.append((day, day, span))
        return groups

    def in_words(self) -> str:
        """Return the hours in words: ``Monday to Friday 7 AM to 8 PM, Saturday …``."""
        parts = [
            f"{DAYS[first]}{f' to {DAYS[last]}' if last != first else ''} "
            f"{clock(opens)} to {clock(closes)}"
            for first, last, (opens, closes) in self.groups()
        ]
        return f"{', '.join(parts)}, {self.zone_name}"


def clock(moment: time | datetime) -> str:
    """Return a time of day as Americans write it: ``7 AM``, ``12:30 PM``."""
    hour = moment.hour % 12 or 12
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes} {'AM' if moment.hour < 12 else 'PM'}"


def parse_hours(*lines: str) -> WeeklyHours:
    """Parse lines such as ``Mon–Fri, 7 AM - 8 PM CT`` or ``8 am - 5 pm CT, Monday - Friday``.

    A semicolon separates several spans in one line. Raises ValueError for a part without days or
    without times: hours that are understood only in part would be wrong in the answers.
    """
    by_day: dict[int, tuple[time, time]] = {}
    for part in (part for line in lines for part in line.split(";")):
        days, times = _DAYS.search(part), _TIMES.search(part)
        if days is None or times is None:
            raise ValueError(f"Cannot read days and times from {part.strip()!r}.")
        first = _weekday(days[1])
        last = _weekday(days[2]) if days[2] else first
        if last < first:
            raise ValueError(f"Days run backwards in {part.strip()!r}: write them in two parts.")
        span = (_time(*times.group(1, 2, 3)), _time(*times.group(4, 5, 6)))
        by_day.update({day: span for day in range(first, last + 1)})
    return WeeklyHours(by_day)


def _weekday(name: str) -> int:
    return [day[:3].lower() for day in DAYS].index(name[:3].lower())


def _time(hour: str, minute: str | None, half: str) -> time:
    return time(int(hour) % 12 + (12 if half.lower() == "pm" else 0), int(minute or 0))
