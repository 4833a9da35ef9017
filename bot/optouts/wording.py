"""Wording of requests, dates and states, as shoppers read them."""

from collections.abc import Sequence
from datetime import date

from bot.optouts.deadlines import due_date
from bot.optouts.model import EVERYTHING, Action, OptOutKind, Receipt, Status, in_order
from bot.policy.facts import facts
from bot.policy.store import store

THIS_BROWSER = "this browser"
_OPT_OUTS = {
    OptOutKind.MARKETING_EMAIL: "no more marketing e-mail",
    OptOutKind.TARGETED_ADVERTISING: "no ads based on what you do here or elsewhere",
    OptOutKind.SHARING: "no selling or sharing of your information for others' own purposes",
    OptOutKind.PHONE_MAIL_MARKETING: "no marketing by phone or by post",
}
_OPT_INS = {
    OptOutKind.MARKETING_EMAIL: "marketing e-mail again",
    OptOutKind.TARGETED_ADVERTISING: "ads based on your interests again",
    OptOutKind.SHARING: "sharing of your information allowed again",
    OptOutKind.PHONE_MAIL_MARKETING: "marketing by phone and by post again",
}
_NAMES = {
    OptOutKind.MARKETING_EMAIL: "marketing e-mail",
    OptOutKind.TARGETED_ADVERTISING: "ads that follow you",
    OptOutKind.SHARING: "selling and sharing of your data",
    OptOutKind.PHONE_MAIL_MARKETING: "marketing by phone and post",
}
_TITLES = {
    OptOutKind.MARKETING_EMAIL: "Marketing e-mail",
    OptOutKind.TARGETED_ADVERTISING: "Ads that follow me",
    OptOutKind.SHARING: "Selling or sharing my data",
    OptOutKind.PHONE_MAIL_MARKETING: "Phone calls and post",
}
_STATES = {
    Status.OPEN: "It is recorded.",
    Status.IN_PROGRESS: "It is recorded, and on its way to those who carry it out.",
    Status.FULFILLED: "It is in force.",
    Status.DENIED: "It was denied, because {reason}. Our support team can tell you more.",
    Status.UNCONFIRMED: "It is noted, and has no effect until it is confirmed.",
    Status.REVOKED: "It does not hold any more, because it was undone by a later request.",
}


class Wording:
    """Words for requests with one action: to opt out, or to undo an opt-out."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def choices(self) -> list[tuple[str, str]]:
        """Return the choices with their titles; "Everything" is the last (15 USC 7704(a)(3)(B))."""
        return [*((str(kind), _TITLES[kind]) for kind in OptOutKind), ("everything", "Everything")]

    def describe(self, kinds: frozenset[OptOutKind]) -> str:
        """Return the words for the kinds of a request.

        For example: ``no more marketing e-mail; no marketing by phone or by post``.
        """
        words = _OPT_OUTS if self._action is Action.OPT_OUT else _OPT_INS
        return "; ".join(words[kind] for kind in in_order(kinds))

    def parts(self, kinds: frozenset[OptOutKind]) -> list[str]:
        """Return the words for each kind of a request, each with a capital letter."""
        return [part[0].upper() + part[1:] for part in self.describe(kinds).split("; ")]

    def names(self, kinds: frozenset[OptOutKind]) -> str:
        """Return the kinds by name: ``marketing e-mail and ads that follow you``."""
        return joined([_NAMES[kind] for kind in in_order(kinds)])

    def both_sides(
        self,
        kinds: frozenset[OptOutKind],
        back: frozenset[OptOutKind] = frozenset(),
        already: frozenset[OptOutKind] = frozenset(),
    ) -> str:
        """Return what stops and what stays: ``Stops: … Stays as it is: …``.

        ``back`` are kinds of an earlier record that come again with it, ``already`` those that were
        stopped before in the same conversation.
        """
        sides = {
            "Stops" if self._action is Action.OPT_OUT else "Comes back": kinds,
            "Comes again": back - kinds,
            "Stopped already": already - kinds - back,
            "Stays as it is": EVERYTHING - kinds - back - already,
        }
        return " ".join(f"{side}: {self.names(some)}." for side, some in sides.items() if some)

    def response(self, new: bool, by_mail: bool = False) -> str:
        """Return the name of the response to a recorded request.

        ``by_mail`` means that a mail asks the owner of the address to confirm an opt-in.
        """
        if self._action is Action.OPT_IN:
            return "utter_opt_in_mailed" if by_mail else "utter_opt_in_noted"
        return "utter_opt_out_recorded" if new else "utter_opt_out_known"

    def due_sentence(self, receipt: Receipt) -> str:
        """Return a sentence with the due dates; marketing e-mail has its own date."""
        if receipt.status in (Status.FULFILLED, Status.UNCONFIRMED):
            return _STATES[receipt.status]
        days = {kind: due_date(receipt.received_at, kind) for kind in in_order(receipt.kinds)}
        mail, rest = days.pop(OptOutKind.MARKETING_EMAIL, None), min(days.values(), default=None)
        if receipt.due < store().today():
            return (
                f"It was due by {_long_date(receipt.due)} and is not confirmed yet; "
                "please ask our support team about it."
            )
        if mail and rest and mail != rest:
            return (
                f"It will be in force by {_long_date(mail)} for marketing e-mail, "
                f"and by {_long_date(rest)} for the rest."
            )
        return f"It will be in force by {_long_date(mail or rest)}."

    def other_mail_sentence(self, kinds: frozenset[OptOutKind]) -> str:
        """Return a sentence about mail that the shopper may still get; empty if there is none."""
        services = facts().text("requested_mail")
        if not services or OptOutKind.MARKETING_EMAIL not in kinds:
            return ""
        if self._action is not Action.OPT_OUT:
            return ""
        return f"You may still get mail that you asked for through {services}."

    def state_sentence(self, receipt: Receipt) -> str:
        """Return sentences about the state of a request."""
        sentence = _STATES[receipt.status].format(
            reason=receipt.reason.rstrip(".") or "it was not accepted"
        )
        unfinished = receipt.status in (Status.OPEN, Status.IN_PROGRESS)
        return f"{sentence} {self.due_sentence(receipt)}" if unfinished else sentence


def joined(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _long_date(day: date | None) -> str:
    """Return a date in words: ``Wednesday, December 9, 2026``."""
    return f"{day:%A, %B} {day.day}, {day.year}" if day else ""
