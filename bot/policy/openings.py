"""Sentences about opening hours: open now, the next opening, and the hours of a named day."""

from datetime import datetime, time, timedelta

from bot.policy.hours import DAYS, WeeklyHours, clock
from bot.policy.questions import Question

# A question with one of these words does not ask "is it open?", so yes or no would be wrong.
_RELATIVE = frozenset(
    {"close", "closes", "before", "until", "till", "til", "after", "late", "early", "always"}
)


def open_now(what: str, hours: WeeklyHours, now: datetime, question: Question | None) -> str:
    """Return a sentence on the state at ``now``, with the closing time or the next opening.

    ``what`` is the name of the service. The sentence begins with yes or no if ``question`` asks
    for that.
    """
    is_open = hours.is_open(now)
    answer = _yes_or_no(question, is_open) if question else ""
    subject = what if answer else what[0].upper() + what[1:]
    if is_open:
        return (
            f"{answer}{subject} is open right now, "
            f"until {clock(hours.closes(now))} {hours.zone_name} today."
        )
    opens = hours.next_opening(now)
    return (
        f"{answer}{subject} is closed right now; "
        f"it opens {_when(opens, now)} at {clock(opens)} {hours.zone_name}."
    )


def open_that_day(what: str, hours: WeeklyHours, now: datetime, question: Question) -> str:
    """Answer for the days and the time of day in a question; a time without a day means today."""
    local = now.astimezone(hours.zone)
    days = question.weekdays(tomorrow=(local.weekday() + 1) % 7) or (local.weekday(),)
    moment = question.time_of_day
    parts, all_open = [], True
    for day in days:
        span = hours.by_day.get(day)
        is_open = span is not None and (moment is None or span[0] <= moment < span[1])
        all_open &= is_open
        at = f"at {clock(moment)} on {DAYS[day]}" if moment is not None else f"on {DAYS[day]}"
        if span is None:
            parts.append(f"{at} {what} is closed")
        elif is_open:
            parts.append(f"on {DAYS[day]} {what} is open {_span(span)}")
        else:
            parts.append(f"{at} {what} is closed; it is open {_span(span)}")
    text = ", and ".join(parts)
    answer = _yes_or_no(question, all_open) if len(days) == 1 else ""
    zone = f", {hours.zone_name}" if "open" in text else ""
    return f"{answer}{text if answer else text[0].upper() + text[1:]}{zone}."


def _span(span: tuple[time, time]) -> str:
    return f"{clock(span[0])} to {clock(span[1])}"


def _yes_or_no(question: Question, is_open: bool) -> str:
    """Return ``Yes, `` or ``No, `` to "is it open?" or "is it closed?", and nothing otherwise."""
    if (
        not question.yes_or_no
        or question.negated
        or question.vague_time
        or question.words & _RELATIVE
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
