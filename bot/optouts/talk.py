"""Talk about opt-outs in one conversation: its draft, and what was recorded in it.

The talk is kept in the slots of the tracker. From it and from a message comes the wish.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.optouts.form import SITUATIONS, Ask, Draft
from bot.optouts.model import Action, OptOutKind, in_order
from bot.optouts.wish.model import Act, Context, Situation, Wish


@dataclass(frozen=True)
class Noted:
    """Record of this conversation, made at once for one or more addresses.

    ``references`` maps each reference to the placeholder of its address, None for the browser.
    """

    action: Action
    kinds: frozenset[OptOutKind]
    references: Mapping[str, str | None]

    @property
    def emails(self) -> tuple[str, ...]:
        """Return the placeholders of the addresses."""
        return tuple(email for email in self.references.values() if email)

    def part(self, kinds: frozenset[OptOutKind], emails: frozenset[str]) -> "Noted | None":
        """Return the part with these kinds and addresses, all if none are named; None without."""
        named = self.kinds & kinds if kinds else self.kinds
        references = {
            reference: email
            for reference, email in self.references.items()
            if not emails or email in emails
        }
        return replace(self, kinds=named, references=references) if named and references else None

    def without(self, part: "Noted") -> list["Noted"]:
        """Return what is left of this record without a part; its references stay known."""
        if not part.references.keys() <= self.references.keys():
            return [self]
        others = {
            ref: email for ref, email in self.references.items() if ref not in part.references
        }
        rest = [replace(self, references=others)] if others else []
        left = replace(self, kinds=self.kinds - part.kinds, references=dict(part.references))
        return [*rest, left]

    def as_slot(self) -> dict[str, Any]:
        """Return a value for a slot."""
        return {
            "action": str(self.action),
            "kinds": in_order(self.kinds),
            "references": dict(self.references),
        }

    @classmethod
    def of_slot(cls, value: Mapping[str, Any]) -> Self:
        """Return what a slot holds."""
        kinds = frozenset(map(OptOutKind, value["kinds"]))
        return cls(Action(value["action"]), kinds, value["references"])


@dataclass(frozen=True)
class Talk:
    """State of the talk: the draft, its question, and what was recorded, the latest first."""

    draft: Draft | None = None
    asked: Ask | None = None  # None if the form is not open
    parked: bool = False  # the draft was put aside, and can be taken up again
    detours: int = 0  # messages in a row that were not about the draft
    noted: tuple[Noted, ...] = ()

    @property
    def last(self) -> Noted | None:
        """Return what was recorded last and not taken back."""
        return next((noted for noted in self.noted if noted.kinds), None)

    @property
    def references(self) -> list[str]:
        """Return all references of this conversation, the latest first."""
        return list(dict.fromkeys(ref for noted in self.noted for ref in noted.references))

    @classmethod
    def of(cls, slots: Mapping[str, Any], in_form: bool) -> Self:
        """Return the talk that the slots hold; ``in_form`` means that the form is open."""
        asked = slots.get("requested_slot")
        return cls(
            draft=_draft_of(slots),
            asked=Ask(asked) if in_form and asked in tuple(Ask) else None,
            parked=bool(slots.get("optout_parked")),
            detours=int(slots.get("optout_detours") or 0),
            noted=tuple(map(Noted.of_slot, slots.get("optout_noted") or ())),
        )

    def stopped(self, emails: tuple[str, ...]) -> frozenset[OptOutKind]:
        """Return the kinds that are stopped for all of some addresses by this talk.

        Without addresses, those that are stopped for the browser.
        """
        outs = [one for one in self.noted if one.action is Action.OPT_OUT]
        of_each = [
            frozenset().union(*(one.kinds for one in outs if email in (one.emails or (None,))))
            for email in emails or (None,)
        ]
        return frozenset.intersection(*of_each)

    def changed_by(self, wish: Wish) -> tuple[frozenset[OptOutKind], frozenset[OptOutKind]]:
        """Return the kinds that a wish stops beside those of the last record, and gives back."""
        last = self.last
        if last is None or last.action is not Action.OPT_OUT:
            return wish.stops, frozenset()
        before = self.stopped(last.emails)
        return wish.after - before, before - wish.after

    def taken_back_by(self, wish: Wish, everything: bool = False) -> list["Noted"]:
        """Return what a wish takes back of the records: kinds, addresses, the last record or all.

        ``everything`` means that the message says so.
        """
        last = self.last
        if last is None:
            return []
        ours = frozenset(email for one in self.noted for email in one.emails)
        named = frozenset(one for one, meant in wish.addresses.items() if meant) & ours
        if wish.act is Act.OUT:
            named = frozenset(one for one, meant in wish.addresses.items() if not meant) & ours
        if wish.act is Act.UNDO and not wish.after:
            return self.meant(frozenset(wish.kinds), named, everything and not wish.kinds)
        _, back = self.changed_by(wish)
        if not back and not named:
            return []
        return self.meant(back, named or frozenset(last.emails), everything=True)

    def meant(
        self, kinds: frozenset[OptOutKind], emails: frozenset[str], everything: bool
    ) -> list["Noted"]:
        """Return what is to be taken back, each with only its part that is meant.

        It is everything, or the latest record with one of the named kinds and addresses.
        """
        standing = [one for one in self.noted if one.kinds]
        parts = [one.part(kinds, emails) for one in standing]
        found = [part for part in parts if part is not None]
        return found if everything else found[:1]

    def without(self, taken: Sequence["Noted"]) -> "Talk":
        """Return the talk after parts of its records were taken back; a draft is dropped."""
        noted = self.noted
        for part in taken:
            noted = tuple(left for one in noted for left in one.without(part))
        return replace(self.without_draft(), noted=noted)

    def as_slots(self) -> dict[str, Any]:
        """Return the slots for the talk, without the one for the question."""
        draft = self.draft
        return {
            "optout_action": str(draft.action) if draft else None,
            "optout_kinds": ",".join(in_order(draft.kinds)) or None if draft else None,
            "optout_email": ",".join(draft.emails) or None if draft else None,
            "optout_agreed": (draft.agreed or None) if draft else None,
            "optout_bad_addresses": draft.bad_addresses if draft else None,
            "optout_replaces": list(draft.replaces) or None if draft else None,
            "optout_wants_address": (draft.wants_address or None) if draft else None,
            "optout_gives_back": in_order(draft.gives_back) or None if draft else None,
            "optout_own": _own_as_slot(draft) or None if draft else None,
            "optout_parked": self.parked or None,
            "optout_detours": self.detours or None,
            "optout_noted": [noted.as_slot() for noted in self.noted] or None,
        }

    def without_draft(self) -> "Talk":
        """Return the talk after its draft was recorded or dropped."""
        return replace(self, draft=None, asked=None, parked=False, detours=0)

    def context(self) -> Context:
        """Return the context of the next message: the draft, or what was recorded last."""
        draft = self.draft
        if draft and self.asked:
            return Context(SITUATIONS[self.asked], draft.action, draft.kinds, draft.emails)
        # Also what was taken back is a record: another "undo" is about it.
        if last := self.last or next(iter(self.noted), None):
            return Context(
                Situation.RECORDED,
                last.action,
                self.stopped(last.emails) if last.action is Action.OPT_OUT else last.kinds,
                last.emails,
            )
        return Context()


def begins_from(talk: Talk, wish: Wish, draft: Draft) -> Draft:
    """Return a new draft with what the talk knows: the address and kinds of the last record.

    "Also the calls" is for the same address, "same for my wife" for the same kinds.
    """
    parked = talk.draft if talk.parked else None
    last = talk.last
    if last is None or last.action is not draft.action:
        emails = draft.emails or (parked.emails if parked else ())
        return replace(draft, emails=emails)
    for_another = wish.other_address or wish.same or bool(set(draft.emails) - set(last.emails))
    replaces = tuple(last.references) if wish.corrects_address else ()
    if for_another:
        named = wish.stops if draft.action is Action.OPT_OUT else wish.keeps
        kinds = named or last.kinds - wish.keeps
        if draft.own:
            kinds = frozenset().union(*(draft.own.get(email, kinds) for email in draft.emails))
        return replace(draft, kinds=kinds, replaces=replaces, wants_address=not draft.emails)
    kinds, emails = draft.kinds, draft.emails or last.emails
    if draft.action is Action.OPT_OUT:
        kinds, gives_back = talk.changed_by(wish)
        draft = replace(draft, gives_back=gives_back)
    return replace(draft, kinds=kinds, emails=emails, replaces=replaces)


def fingerprint(draft: Draft) -> str:
    """Return a short hash of a draft, by which a button belongs to the draft it was shown with."""
    parts = (draft.action, in_order(draft.kinds), draft.emails, draft.replaces)
    shown = f"{parts} {in_order(draft.gives_back)} {sorted(_own_as_slot(draft).items())}"
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


def _draft_of(slots: Mapping[str, Any]) -> Draft | None:
    action = slots.get("optout_action")
    if not action:
        return None
    kinds = filter(None, (slots.get("optout_kinds") or "").split(","))
    return Draft(
        Action(action),
        frozenset(map(OptOutKind, kinds)),
        tuple(filter(None, (slots.get("optout_email") or "").split(","))),
        bool(slots.get("optout_agreed")),
        int(slots.get("optout_bad_addresses") or 0),
        tuple(slots.get("optout_replaces") or ()),
        bool(slots.get("optout_wants_address")),
        frozenset(map(OptOutKind, slots.get("optout_gives_back") or ())),
        {
            email: frozenset(map(OptOutKind, kinds))
            for email, kinds in (slots.get("optout_own") or {}).items()
        },
    )


def _own_as_slot(draft: Draft) -> dict[str, list[str]]:
    return {email: list(map(str, in_order(kinds))) for email, kinds in draft.own.items()}


def references_sentence(talk: Talk) -> str:
    """Return a sentence that shows the references once more, before they go; empty without one."""
    if not talk.references:
        return ""
    its = "Its reference goes" if len(talk.references) == 1 else "Their references go"
    return f"{its} with this conversation, so please note it down: {', '.join(talk.references)}."
