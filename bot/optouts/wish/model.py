"""Model of a wish: its act, kinds and addresses, and the context in which it is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.optouts.model import Action, OptOutKind


class Act(StrEnum):
    """Act that a message wants done."""

    OUT = "out"  # something is to stop
    IN = "in"  # something that was stopped is to come again
    UNDO = "undo"  # the draft, or what was just recorded, is to be dropped
    STATUS = "status"  # what became of a request
    YES = "yes"
    NO = "no"
    ABOUT = "about"  # a question about opting out
    REFUSAL = "refusal"  # all is to stay as it is
    UNCLEAR = "unclear"  # about opting out, but it may mean either
    NONE = "none"


class Sign(StrEnum):
    """Wish of a message for one kind: it stops, or it stays."""

    STOP = "stop"
    KEEP = "keep"


class Situation(StrEnum):
    """Point of a conversation at which a message is said."""

    NONE = "none"
    ASKED_KINDS = "asked_kinds"
    ASKED_EMAIL = "asked_email"
    ASKED_YES = "asked_yes"
    RECORDED = "recorded"


@dataclass(frozen=True)
class Context:
    """What was under way before a message.

    ``action`` and ``kinds`` are those of the draft, or of what was just recorded. ``intent`` is the
    intent of the whole message by the classifier, a second opinion on what it is about.
    """

    situation: Situation = Situation.NONE
    action: Action = Action.OPT_OUT
    kinds: frozenset[OptOutKind] = frozenset()
    emails: tuple[str, ...] = ()  # their placeholders
    intent: str = ""
    confidence: float = 0.0
    topic: frozenset[OptOutKind] = frozenset()  # the kinds that the talk before was about


@dataclass(frozen=True)
class Wish:
    """What a message wants; ``addresses`` says of each placeholder if it is meant or excluded.

    ``own`` has the kinds that are to be out for an address that wants others than the rest.
    """

    act: Act = Act.NONE
    kinds: Mapping[OptOutKind, Sign] = field(default_factory=dict)
    addresses: Mapping[str, bool] = field(default_factory=dict)
    after: frozenset[OptOutKind] = frozenset()  # the kinds that are to be out afterwards
    own: Mapping[str, frozenset[OptOutKind]] = field(default_factory=dict)
    firm: bool = False  # said as a wish, not only as a complaint
    only: bool = False  # the named kinds, and not the rest of the draft
    same: bool = False  # as for the address before: "same for my wife"
    adds_address: bool = False  # "and B too": beside the address before
    other_address: bool = False  # for another address than before, named or not
    corrects_address: bool = False  # the address before was wrong

    @property
    def stops(self) -> frozenset[OptOutKind]:
        """Return the kinds that are to stop."""
        return frozenset(kind for kind, sign in self.kinds.items() if sign is Sign.STOP)

    @property
    def keeps(self) -> frozenset[OptOutKind]:
        """Return the kinds that are to stay, or to come again."""
        return frozenset(kind for kind, sign in self.kinds.items() if sign is Sign.KEEP)


def kinds_after(wish: Wish, context: Context) -> frozenset[OptOutKind]:
    """Return the kinds of the draft or the record after a wish, by its act and its signs."""
    adds, drops = wish.stops, wish.keeps
    if context.action is Action.OPT_IN:
        adds, drops = drops, adds
    if wish.act is Act.UNDO:
        return context.kinds - frozenset(wish.kinds) if wish.kinds else frozenset()
    if wish.act is Act.IN and context.action is Action.OPT_OUT:
        return context.kinds - drops
    if wish.act is not Act.OUT and wish.act is not Act.IN:
        return context.kinds
    if wish.only and adds and context.situation is not Situation.RECORDED:
        return adds
    return (context.kinds | adds) - drops
