"""Sentences about opening hours: open now, the next opening, and the time that a question names."""

from datetime import date, datetime, time, timedelta

from bot.policy.hours import DAYS, WeeklyHours, clock
from bot.policy.questions import Question
from bot.policy.times import When, holiday_on

# A question with one of these words does not ask "is it open?", so yes or no would be wrong.
_RELATIVE = frozenset(
    {"close", "closes", "before", "until", "till", "til", "after", "late", "early", "always"}
)
# The hours are those of the phone: of these nothing is known.
_ELSEWHERE = frozenset(
    {
        *("email", "emails", "mail", "showroom", "showrooms", "walk-in", "chat", "shop"),
        *("warehouse", "spanish", "french", "language"),
    }
)
_DAY_WORDS = frozenset({"today"})


def open_now(
    what: str, hours: WeeklyHours, now: datetime, question: Question | None, jurisdiction: str
) -> str:
    """Return a sentence on the state at ``now``, with the closing time or the next opening.

    ``what`` is the name of the service. The sentence begins with yes or no if ``question`` asks
    for that. On a public holiday nothing is claimed.
    """
    local = now.astimezone(hours.zone)
    if name := holiday_on(local.date(), jurisdiction):
        return f"Today is {name}, and I do not know whether {what} is open on holidays."
    is_open = hours.is_open(now)
    opens = hours.next_opening(now)
    later_today = not is_open and opens.date() == local.date()
    means_today = bool(question and question.words & _DAY_WORDS)
    is_so = is_open or (means_today and later_today)
    answer = _yes_or_no(question, is_so) if question else ""
    subject = what if answer else what[0].upper() + what[1:]
    if is_open:
        return (
            f"{answer}{subject} is open right now, "
            f"until {clock(hours.closes(now))} {hours.zone_name} today."
        )
    if answer and is_so:
        return f"{answer}{subject} opens today at {clock(opens)} {hours.zone_name}."
    return (
        f"{answer}{subject} is closed right now; "
        f"it opens {_when(opens, now)} at {clock(opens)} {hours.zone_name}."
    )


def open_then(what: str, hours: WeeklyHours, asked: When, question: Question) -> str:
    """Answer for the time that a question names.

    Yes or no is said only if it is clear: one moment or day, and no holiday.
    """
    if asked.instants:
        told = [_at(what, hours, instant, asked) for instant in asked.instants]
    else:
        told = [_on(what, hours, day, asked) for day in asked.days]
    states = {state for _, state in told}
    state = states.pop() if len(told) == 1 else None
    text = ", and ".join(part for part, _ in told)
    answer = _yes_or_no(question, state) if state is not None and not asked.unclear else ""
    zone = f", {hours.zone_name}" if "open " in text else ""
    said = f"{answer}{text if answer else text[0].upper() + text[1:]}{zone}."
    if asked.holiday:
        return f"{said} That is {asked.holiday}, and our hours do not tell of holidays."
    return said


def _at(what: str, hours: WeeklyHours, instant: datetime, asked: When) -> tuple[str, bool | None]:
    """Return words for one moment, and whether it is open then."""
    local = instant.astimezone(hours.zone)
    at = f"at {clock(local)} on {DAYS[local.weekday()]}{_told_as(local, asked)}"
    span = hours.by_day.get(local.weekday())
    if span is None:
        return f"{at} {what} is closed", False
    if hours.is_open(instant):
        return f"{at} {what} is open {_span(span)}", True
    return f"{at} {what} is closed; it is open {_span(span)}", False


def _on(what: str, hours: WeeklyHours, day: date, asked: When) -> tuple[str, bool | None]:
    """Return words for a day or a part of it, and whether it is open; None for partly."""
    on = f"on {DAYS[day.weekday()]}{_dated(day, asked)}"
    span = hours.by_day.get(day.weekday())
    if span is None:
        return f"{on} {what} is closed", False
    part = asked.span
    if part is None or _within(part, span):
        return f"{on} {what} is open {_span(span)}", True
    if part[1] <= span[0] or span[1] <= part[0]:
        return f"{on} {what} is open {_span(span)}, so not at that time", False
    return f"{on} {what} is open {_span(span)}", None


def _within(part: tuple[time, time], span: tuple[time, time]) -> bool:
    return span[0] <= part[0] and part[1] <= span[1]


def _told_as(local: datetime, asked: When) -> str:
    """Return the moment as the shopper named it, if that is in another time zone."""
    if asked.zone is None or asked.zone.zone is None:
        return ""
    there = local.astimezone(asked.zone.zone)
    if there.utcoffset() == local.utcoffset():
        return ""
    return f" ({clock(there)} {asked.zone.name})"


def _dated(day: date, asked: When) -> str:
    """Return the date of a day that is named by one: not "tomorrow" or "Friday"."""
    return f", {day:%B} {day.day}," if asked.holiday else ""


def _span(span: tuple[time, time]) -> str:
    return f"{clock(span[0])} to {clock(span[1])}"


def _yes_or_no(question: Question, is_open: bool) -> str:
    """Return ``Yes, `` or ``No, `` to "is it open?" or "is it closed?", and nothing otherwise."""
    if (
        not question.yes_or_no
        or question.negated
        or question.vague_time
        or question.words & (_RELATIVE | _ELSEWHERE)
    ):
        return ""
    asked_closed = bool(question.words & {"closed", "shut"})
    return "Yes, " if is_open != asked_closed else "No, "


def _when(opens: datetime, now: datetime) -> str:
    today = now.astimezone(opens.tzinfo).date()
    if opens.date() == today:
        return "today"
    if opens.date() == today + timedelta(days=1):
        return f"tomorrow, {DAYS[opens.weekday()]},"
    return f"on {DAYS[opens.weekday()]}"
