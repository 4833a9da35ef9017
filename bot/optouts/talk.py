"""Talk about opt-outs in one conversation: its draft, and what was recorded in it.

The talk is kept in the slots of the tracker. From it and from a message comes the wish.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.optouts.form import SITUATIONS, Ask, Draft
from bot.optouts.model import Action, OptOutKind, in_order
from bot.optouts.wish import phrases
from bot.optouts.wish.agreement import agreed
from bot.optouts.wish.classifier import second_reading
from bot.optouts.wish.clauses import normal
from bot.optouts.wish.model import Act, Context, Situation, Wish
from bot.optouts.wish.reading import is_plain, read

# The topics after which "how do I stop it?" names the kind.
KIND_OF_TOPIC = {
    "tracking": OptOutKind.TARGETED_ADVERTISING,
    "cookies": OptOutKind.TARGETED_ADVERTISING,
    "email_marketing": OptOutKind.MARKETING_EMAIL,
    "selling": OptOutKind.SHARING,
    "sharing": OptOutKind.SHARING,
}
_FEW_WORDS = 7
_LONG_STORY = 40  # words
_NO_EMAIL = re.compile(
    r"\b(?:don'?t|do not|haven'?t|have not) (?:have|use|own|got|do)"
    r"(?: an?y?| got an?)? ?e-?mails?\b"
    r"|\b(?:have|got|there'?s) no e-?mail\b|^\W*no e-?mail(?: address)?\W*$"
    r"|\bwithout (?:an |any )?e-?mail\b|\bhaven'?t got one\b",
    re.IGNORECASE,
)


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
        """Return the kinds that are stopped for addresses, or for the browser, by this talk."""
        outs = [one for one in self.noted if one.action is Action.OPT_OUT and one.emails == emails]
        return frozenset().union(*(one.kinds for one in outs))

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
            "optout_parked": self.parked or None,
            "optout_detours": self.detours or None,
            "optout_noted": [noted.as_slot() for noted in self.noted] or None,
        }

    def without_draft(self) -> "Talk":
        """Return the talk after its draft was recorded or dropped."""
        return replace(self, draft=None, asked=None, parked=False, detours=0)

    def context(
        self, intent: str = "", confidence: float = 0.0, topic: str | None = None
    ) -> Context:
        """Return the context of the next message.

        ``intent`` is that of the message by the classifier, ``topic`` that of the answer before.
        """
        of_topic = KIND_OF_TOPIC.get(topic or "")
        if self.draft and self.asked:
            return Context(
                SITUATIONS[self.asked],
                self.draft.action,
                self.draft.kinds,
                self.draft.emails,
                intent,
                confidence,
            )
        # Also what was taken back is a record: another "undo" is about it.
        if last := self.last or next(iter(self.noted), None):
            return Context(
                Situation.RECORDED,
                last.action,
                self.stopped(last.emails) if last.action is Action.OPT_OUT else last.kinds,
                last.emails,
                intent,
                confidence,
                of_topic,
            )
        return Context(intent=intent, confidence=confidence, topic=of_topic)


def wish_in(
    talk: Talk,
    text: str,
    mended: str,
    intent: Mapping[str, Any],
    topic: str | None = None,
) -> Wish:
    """Return the wish of a message of this talk.

    ``mended`` is the text without typing slips, but also without its placeholders.
    """
    context = talk.context(
        str(intent.get("name") or ""), float(intent.get("confidence") or 0.0), topic
    )
    first = read(text, context, mended if "[" not in text else text)
    if (
        is_plain(text, first)
        or _is_set_phrase(text, first)
        or not _is_about_opt_outs(first, context)
    ):
        return first
    second = second_reading(text, context)
    wish = agreed(first, second, context)
    # A long story names much that is not to stop: then both readings must name the same.
    if wish.act is Act.OUT and len(text.split()) > _LONG_STORY and wish.stops != second.stops:
        return replace(wish, act=Act.UNCLEAR, kinds={}, only=False)
    return wish


def _is_set_phrase(text: str, wish: Wish) -> bool:
    """Return whether a message is said so often in these words that nothing is to doubt."""
    plain = normal(text)
    return (
        (wish.act is Act.UNDO and bool(phrases.UNDO_FIRST.search(plain)))
        or (wish.act is Act.OUT and bool(phrases.STOP_IT.search(plain)))
        or (wish.act is Act.STATUS and len(plain.split()) <= _FEW_WORDS)
    )


def _is_about_opt_outs(wish: Wish, context: Context) -> bool:
    """Return whether a message may hold a wish; most questions do not, and are read once."""
    return (
        context.situation is not Situation.NONE
        or wish.act not in (Act.NONE, Act.ABOUT)
        or context.intent in (*map(str, Action), "opt_out_status")
    )


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
    named = wish.stops if draft.action is Action.OPT_OUT else wish.keeps
    kinds = named or (last.kinds - wish.keeps if for_another else draft.kinds)
    replaces = tuple(last.references) if wish.corrects_address else ()
    if draft.action is Action.OPT_OUT and not for_another:
        draft = replace(draft, gives_back=wish.keeps & last.kinds)
    if draft.emails or for_another:
        return replace(draft, kinds=kinds, replaces=replaces, wants_address=not draft.emails)
    return replace(draft, kinds=kinds, emails=last.emails)


def fingerprint(draft: Draft) -> str:
    """Return a short hash of a draft, by which a button belongs to the draft it was shown with."""
    parts = (draft.action, in_order(draft.kinds), draft.emails, draft.replaces)
    shown = f"{parts} {in_order(draft.gives_back)}"
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


def has_no_email(text: str) -> bool:
    """Return whether a message says that the shopper has no e-mail address."""
    return bool(_NO_EMAIL.search(text))


def looks_like_an_address(text: str) -> bool:
    """Return whether a text tries to be an address: one word, or with an "@"."""
    return "@" in text or (len(text.split()) == 1 and "." in text.strip("."))


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
    )


def references_sentence(talk: Talk) -> str:
    """Return a sentence that shows the references once more, before they go; empty without one."""
    if not talk.references:
        return ""
    its = "Its reference goes" if len(talk.references) == 1 else "Their references go"
    return f"{its} with this conversation, so please note it down: {', '.join(talk.references)}."
