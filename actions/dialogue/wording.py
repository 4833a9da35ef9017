"""How requests, dates and states are put into words."""

from datetime import date, datetime

from actions.ledger.deadlines import due_date
from actions.ledger.model import Action, Kind, Record, Status, in_order
from bot.policy.hours import STORE_ZONE

_OUT = {
    Kind.MARKETING_EMAIL: "no more marketing e-mail",
    Kind.TARGETED_ADVERTISING: "no ads based on what you do here or elsewhere",
    Kind.SHARING: "no selling or sharing of your information for others' own purposes",
    Kind.PHONE_MAIL_MARKETING: "no marketing by phone or by post",
}
_IN = {
    Kind.MARKETING_EMAIL: "marketing e-mail again",
    Kind.TARGETED_ADVERTISING: "ads based on your interests again",
    Kind.SHARING: "sharing of your information allowed again",
    Kind.PHONE_MAIL_MARKETING: "marketing by phone and by post again",
}
_TITLES = {
    Kind.MARKETING_EMAIL: "Marketing e-mail",
    Kind.TARGETED_ADVERTISING: "Ads that follow me",
    Kind.SHARING: "Selling or sharing my data",
    Kind.PHONE_MAIL_MARKETING: "Phone calls and post",
}
_STILL = "You may still get mail that you asked for through Personal Shopper, Price Quote or Product Specialist."
_STATES = {
    Status.OPEN: "It is recorded.",
    Status.IN_PROGRESS: "It is recorded, and on its way to those who carry it out.",
    Status.FULFILLED: "It is in force.",
    Status.DENIED: "It was denied, because {reason}. Our support team can tell you more.",
    Status.REVOKED: "It does not hold any more, because it was undone by a later request.",
}


class Wording:
    """The words for one kind of request: opting out, or undoing it."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def choices(self) -> list[tuple[str, str]]:
        """Return what can be chosen, each with its title; everything is the last (15 USC 7704(a)(3)(B))."""
        return [*((str(kind), _TITLES[kind]) for kind in Kind), ("everything", "Everything")]

    def of(self, kinds: frozenset[Kind]) -> str:
        """Return what is asked for: ``no more marketing e-mail; no marketing by phone or by post``."""
        words = _OUT if self._action is Action.OPT_OUT else _IN
        return "; ".join(words[kind] for kind in in_order(kinds))

    def response(self, new: bool) -> str:
        """Return the name of the response to a recorded request."""
        if self._action is Action.OPT_IN:
            return "utter_opt_in_recorded"
        return "utter_opt_out_recorded" if new else "utter_opt_out_known"

    def by(self, record: Record) -> str:
        """Return by when it will be in force, mail and the rest apart."""
        if record.status is Status.FULFILLED:
            return "It is in force."
        days = {kind: due_date(record.received_at, kind) for kind in in_order(record.kinds)}
        mail, rest = days.pop(Kind.MARKETING_EMAIL, None), min(days.values(), default=None)
        if record.due < datetime.now(STORE_ZONE).date():
            return f"It was due by {spoken(record.due)} and is not confirmed yet; please ask our support team about it."
        if mail and rest:
            return f"It will be in force by {spoken(mail)} for marketing e-mail, and by {spoken(rest)} for the rest."
        return f"It will be in force by {spoken(mail or rest)}."

    def still(self, kinds: frozenset[Kind]) -> str:
        """Return what will come all the same."""
        return _STILL if Kind.MARKETING_EMAIL in kinds and self._action is Action.OPT_OUT else ""

    def state(self, record: Record) -> str:
        """Return what became of a request."""
        told = _STATES[record.status].format(reason=record.reason.rstrip(".") or "it was not accepted")
        unfinished = record.status in (Status.OPEN, Status.IN_PROGRESS)
        return f"{told} {self.by(record)}" if unfinished else told


def spoken(day: date | None) -> str:
    """Return a date as it is read out: ``Wednesday, December 9, 2026``."""
    return f"{day:%A, %B} {day.day}, {day.year}" if day else ""
