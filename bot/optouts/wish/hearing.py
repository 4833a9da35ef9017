"""Message as it was heard: its clauses, and what they say together about kinds and addresses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.optouts.model import EVERYTHING, Action, OptOutKind, in_order
from bot.optouts.wish import phrases
from bot.optouts.wish.addresses import addresses_in
from bot.optouts.wish.clauses import Clause, clauses, normal
from bot.optouts.wish.lexicon import KINDS, NEGATIONS, PREDICATES, TURNS, Role, tokens
from bot.optouts.wish.model import Act, Context, Sign, Situation, Wish
from bot.optouts.wish.owners import own_kinds

_FEW = 3  # words of a clause that only closes a list: "nothing beyond that"


@dataclass(frozen=True)
class Heard:
    """A message with all that was read in it."""

    plain: str
    parts: Sequence[Clause]
    signs: dict[OptOutKind, Sign]
    addresses: dict[str, bool]
    context: Context

    @property
    def before(self) -> bool:
        """Return whether something was said about opt-outs before."""
        return self.context.situation is not Situation.NONE

    @property
    def stops(self) -> frozenset[OptOutKind]:
        """Return the kinds that are to stop."""
        return frozenset(kind for kind, sign in self.signs.items() if sign is Sign.STOP)

    @property
    def keeps(self) -> frozenset[OptOutKind]:
        """Return the kinds that are to stay, or to come again."""
        return frozenset(kind for kind, sign in self.signs.items() if sign is Sign.KEEP)

    @property
    def new_stops(self) -> frozenset[OptOutKind]:
        """Kinds that are to stop and were not before."""
        known = self.context.kinds if self.context.action is Action.OPT_OUT else frozenset()
        return self.stops - known

    @property
    def used(self) -> list[str]:
        """Addresses that are meant, other than that of the draft or the record."""
        return [
            address
            for address, meant in self.addresses.items()
            if meant and address not in self.context.emails
        ]

    @property
    def asks(self) -> bool:
        """The message is a question, and nothing in it is a wish."""
        return any(part.asks for part in self.parts) and not any(
            is_directed(part) or (part.firm and part.polarity and part.signs)
            for part in self.parts
            if not part.asks
        )

    @property
    def returns(self) -> bool:
        """Something is to come again."""
        return any(_comes_back(part) for part in self.parts if not part.asks)

    @property
    def narrows(self) -> bool:
        """The named kinds are all that is meant: "only the calls", "no, the calls"."""
        if any(_narrows(part) for part in self.parts):
            return True
        restates = (
            self.context.situation is Situation.ASKED_YES
            and any(self.addresses.values())
            and bool(self.stops)
            and not self.plain.startswith("and ")
        )
        corrects = bool(phrases.CORRECTS.search(self.plain)) and bool(self.new_stops)
        return (corrects or restates) and not phrases.ALSO.search(self.plain)

    @property
    def takes_out(self) -> bool:
        """Kinds of the draft are to be left out of it: "drop the ads"."""
        return (
            bool(self.stops)
            and not self.new_stops
            and self.stops != self.context.kinds
            and bool(phrases.TAKES_OUT.search(self.plain))
        )

    def as_wish(self, act: Act) -> Wish:
        """Return a wish with what was heard."""
        stops_only = self.context.action is Action.OPT_OUT and not self.keeps
        return Wish(
            act,
            {kind: self.signs[kind] for kind in in_order(self.signs)},
            self.addresses,
            own=own_kinds(self.plain, self.stops, self.used) if stops_only else {},
            only=self.narrows,
            same=bool(phrases.SAME.search(self.plain)),
            firm=any(part.firm and part.polarity and not part.asks for part in self.parts),
            adds_address=bool(
                phrases.ALSO.search(self.plain) or phrases.AND_ADDRESS.search(self.plain)
            )
            and not phrases.CORRECTS.search(self.plain),
            other_address=bool(phrases.OTHER_ADDRESS.search(self.plain)),
            corrects_address=bool(phrases.WRONG_ADDRESS.search(self.plain))
            or any(self.addresses.get(email) is False for email in self.context.emails),
        )


def hear(text: str, context: Context) -> Heard:
    """Return what a message says, before it is known what it wants done."""
    plain = _corrected(normal(text))
    # What a bare thing means: "the calls" after "What shall stop?".
    head = 0
    if context.situation is not Situation.NONE:
        head = -1 if context.action is Action.OPT_OUT else 1
    parts = clauses(plain, head)
    addresses = addresses_in(plain)
    if context.situation is Situation.ASKED_YES and phrases.TAKES_OUT.search(plain):
        addresses.update({one: False for one in addresses if one in context.emails})
    return Heard(plain, parts, _signs(parts, context, head), addresses, context)


def _corrected(plain: str) -> str:
    """Return a message without what it takes back itself: "texts, no wait, e-mails"."""
    before, correction, after = [*phrases.CORRECTS_ITSELF.split(plain, 1), "", ""][:3]
    if not correction:
        return plain
    named = [any(token.role in KINDS for token in tokens(side)) for side in (before, after)]
    if not all(named):
        return plain
    return phrases.LAST_KIND.sub("", before) + " " + after if _opens(before) else after


def _opens(before: str) -> bool:
    """Return whether words before a correction say what is to be done: "unsubscribe me from"."""
    return any(token.role in PREDICATES for token in tokens(before))


def is_directed(part: Clause) -> bool:
    """Return whether a clause asks to opt out without naming what: "take me off"."""
    if part.polarity >= 0 or not part.firm:
        return False
    return part.has(Role.OPTOUT) or bool(
        part.has(Role.STOP) and phrases.PERSON_OFF.search(part.text)
    )


def _refuses(part: Clause) -> bool:
    """Return whether a clause refuses to opt out at all: "don't take me off"."""
    turns = part.has(*TURNS) and part.has(*NEGATIONS)
    return turns and part.polarity > 0 and not part.signs and not part.asks


def _narrows(part: Clause) -> bool:
    """Return whether a clause names all that is meant: "only the calls", "nothing beyond that"."""
    names = part.names_things or len(part.text.split()) <= _FEW
    return part.has(Role.ONLY) and names and part.polarity <= 0


def has_strong_kind(part: Clause) -> bool:
    """Return whether a clause names a kind in words that mean nothing else."""
    return part.has(Role.EMAIL, Role.ADS, Role.SHARING, Role.PHONE)


def _comes_back(part: Clause) -> bool:
    if part.polarity <= 0:
        return False
    if part.has(Role.RESTART) or (part.has(Role.BACK) and part.has(Role.GO, Role.KEEP)):
        return True
    if part.has(Role.TAKEN_BACK) and part.has(Role.STOP):
        return True
    return "no longer" in part.text and part.has(Role.STOP, Role.OPTOUT)


def _signs(parts: Sequence[Clause], context: Context, head: int) -> dict[OptOutKind, Sign]:
    """Return the sign of each kind: the last one counts, a firm one before a mere complaint."""
    found: dict[OptOutKind, tuple[bool, int]] = {}
    narrow = any(_narrows(part) and part.signs and not part.asks for part in parts)
    firmly = any(part.firm and part.polarity < 0 and part.signs and not part.asks for part in parts)
    # "Another voucher mail! Don't ever take me off": a refusal outweighs what sounds like a gripe.
    firmly = firmly or any(_refuses(part) for part in parts)
    for part in parts:
        mere = not part.firm and part.polarity and not part.has(Role.ONLY)
        beside = narrow and part.polarity < 0 and not part.has(Role.ONLY)
        if part.asks or beside or ((narrow or firmly) and mere):
            continue
        firm = part.firm or not part.polarity
        for kind, sign in part.signs.items():
            if sign and (firm or not found.get(kind, (False, 0))[0]):
                found[kind] = (firm, sign)
    for part in parts:
        if part.has(Role.REST) and not part.asks and not phrases.REST_IS_RIGHT.search(part.text):
            sign = part.polarity or head
            for kind in EVERYTHING:
                if sign:
                    found.setdefault(kind, (True, sign))
    if not found:
        found = _implied(parts)
    return {kind: Sign.STOP if sign < 0 else Sign.KEEP for kind, (_, sign) in found.items()}


def _implied(parts: Sequence[Clause]) -> dict[OptOutKind, tuple[bool, int]]:
    """Return the kinds that are named beside the wish: "I opted out of the calls. Restart it"."""
    sign = 0
    for part in parts:
        if _comes_back(part):
            sign = 1
        elif not part.asks and (
            is_directed(part) or (part.has(Role.REPORT) and phrases.TOLD.search(part.text))
        ):
            sign = sign or -1
    if not sign:
        return {}
    told = {kind: value for part in parts for kind, value in part.told.items()}
    if sign < 0 and told:
        return {kind: (True, value) for kind, value in told.items()}
    named = {KINDS[token.role] for part in parts for token in part.tokens if token.role in KINDS}
    if not named and any(re.search(r"subscri|unsub|\blist", part.text) for part in parts):
        named = {OptOutKind.MARKETING_EMAIL}
    return dict.fromkeys(named, (True, sign))
