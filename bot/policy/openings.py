"""Says whether something is open, and when it next is, in words."""

from datetime import datetime, timedelta

from bot.policy.hours import DAYS, STORE_ZONE, WeeklyHours, clock
from bot.policy.questions import Question


def open_now(what: str, hours: WeeklyHours, now: datetime, yes_or_no: bool) -> str:
    """Say whether ``what`` is open at ``now``, and until when or when next; with yes or no first if that was asked."""
    subject = what if yes_or_no else what[0].upper() + what[1:]
    if hours.is_open(now):
        return f"{'Yes, ' if yes_or_no else ''}{subject} is open right now, until {clock(hours.closes(now))} Central Time today."
    opens = hours.next_opening(now)
    return f"{'No, ' if yes_or_no else ''}{subject} is closed right now; it opens {_when(opens, now)} at {clock(opens)} Central Time."


def open_that_day(hours: WeeklyHours, question: Question, now: datetime) -> str:
    """Answer for the days and the time of day that a question names; a time without a day means today."""
    local = now.astimezone(STORE_ZONE)
    days = question.weekdays(tomorrow=(local.weekday() + 1) % 7) or (local.weekday(),)
    moment = question.time_of_day
    parts = []
    for day in days:
        opens, closes = hours.by_day.get(day, (None, None))
        if opens is None or closes is None:
            parts.append(f"on {DAYS[day]} support is closed")
        elif moment is not None and not opens <= moment < closes:
            parts.append(f"at {clock(moment)} on {DAYS[day]} support is closed; it is open {clock(opens)} to {clock(closes)}")
        else:
            parts.append(f"on {DAYS[day]} support is open {clock(opens)} to {clock(closes)}")
    text = ", and ".join(parts)
    if question.yes_or_no and len(days) == 1:
        return f"{'No' if 'closed' in parts[0] else 'Yes'}, {text}, Central Time."
    return f"{text[0].upper()}{text[1:]}, Central Time."


def _when(opens: datetime, now: datetime) -> str:
    today = now.astimezone(STORE_ZONE).date()
    if opens.date() == today:
        return "today"
    if opens.date() == today + timedelta(days=1):
        return f"tomorrow, {DAYS[opens.weekday()]},"
    return f"on {DAYS[opens.weekday()]}"
