"""Opt-out form: a draft of the request, its changes by each wish, and the next question.

The form asks only for the kinds to stop and for the e-mail address (16 CFR 316.5). Then it shows
the request that will be recorded, and asks for one yes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.optouts.addresses import BadAddress, normalise
from bot.optouts.model import Action, OptOutKind
from bot.optouts.wish.model import Act, Situation, Wish

MAX_BAD_ADDRESSES = 2
# A request for only these kinds can be recorded for the browser, without an address.
BROWSER_KINDS = frozenset({OptOutKind.TARGETED_ADVERTISING})

# A function that returns the value of a placeholder; None if it is not kept.
Reveal = Callable[[str], str | None]


class Ask(StrEnum):
    """Questions of the form; their values are the names of its slots."""

    KINDS = "optout_kinds"
    EMAIL = "optout_email"
    AGREED = "optout_agreed"


SITUATIONS = {
    Ask.KINDS: Situation.ASKED_KINDS,
    Ask.EMAIL: Situation.ASKED_EMAIL,
    Ask.AGREED: Situation.ASKED_YES,
}


@dataclass(frozen=True)
class Draft:
    """A request before it is recorded; ``emails`` are placeholders of the vault.

    ``replaces`` are the references that are taken back when this one is recorded. ``kinds`` are
    those of all addresses, and ``own`` those of an address that wants others than the rest.
    """

    action: Action
    kinds: frozenset[OptOutKind] = frozenset()
    emails: tuple[str, ...] = ()
    agreed: bool = False
    bad_addresses: int = 0
    replaces: tuple[str, ...] = ()
    wants_address: bool = False  # also for kinds that need none
    gives_back: frozenset[OptOutKind] = frozenset()  # kinds of the last record that come again
    own: Mapping[str, frozenset[OptOutKind]] = field(default_factory=dict)

    @property
    def groups(self) -> list[tuple[frozenset[OptOutKind], tuple[str, ...]]]:
        """Return the addresses with the same kinds together; one group without an address."""
        found: dict[frozenset[OptOutKind], list[str]] = {}
        for email in self.emails:
            found.setdefault(self.own.get(email, self.kinds), []).append(email)
        return [(kinds, tuple(emails)) for kinds, emails in found.items()] or [(self.kinds, ())]

    def next_question(self) -> Ask | None:
        """Return the next question.

        It is None if the draft can be recorded, and if the form gives up after bad addresses.
        """
        if not self.kinds:
            return Ask.KINDS
        if self.gives_up:
            return None
        if not self.emails and (self.wants_address or not self.fits_browser):
            return Ask.EMAIL
        return None if self.agreed else Ask.AGREED

    @property
    def fits_browser(self) -> bool:
        """Return whether the request can be recorded for the browser, without an address."""
        return bool(self.kinds) and self.kinds <= BROWSER_KINDS

    @property
    def gives_up(self) -> bool:
        """Return whether there were too many bad addresses; then another way is offered."""
        return not self.emails and self.bad_addresses >= MAX_BAD_ADDRESSES


@dataclass(frozen=True)
class Pressed:
    """Values of a pressed button of the form."""

    kinds: frozenset[OptOutKind] = frozenset()
    email: str | None = None  # the corrected address, which the button shows
    agrees: bool = False
    other_address: bool = False


def begin(action: Action, wish: Wish, reveal: Reveal) -> Draft:
    """Return a new draft from a wish."""
    kinds = (wish.after or wish.stops) if action is Action.OPT_OUT else wish.keeps
    draft = Draft(action, kinds, own=wish.own)
    # Whoever wants out, and names an address and nothing else, means the mail to it.
    if not kinds and wish.act is Act.OUT and any(wish.addresses.values()):
        draft = replace(draft, kinds=frozenset({OptOutKind.MARKETING_EMAIL}))
    return _with_addresses(draft, wish, reveal)


def advance(draft: Draft, wish: Wish, reveal: Reveal, *, tried_address: bool = False) -> Draft:
    """Return the draft after a wish.

    A yes agrees only to the draft that was shown. If the same message changes something, the new
    draft is shown first. ``tried_address`` means that the message looks like an address that is
    none.
    """
    asked = draft.next_question()
    if wish.act is Act.YES:
        return replace(draft, agreed=asked is Ask.AGREED)
    if wish.other_address and not any(wish.addresses.values()):
        return replace(draft, emails=(), wants_address=True)
    before = draft
    changes = wish.act in (Act.OUT, Act.IN) and wish.after
    draft = replace(draft, kinds=wish.after if changes else draft.kinds, agreed=False)
    draft = _with_addresses(_with_own_kinds(draft, before, wish), wish, reveal)
    if tried_address and draft == before:
        draft = replace(draft, bad_addresses=draft.bad_addresses + 1)
    return draft


def press(draft: Draft, pressed: Pressed, reveal: Reveal) -> Draft:
    """Return the draft after a pressed button."""
    if pressed.other_address:
        return replace(draft, emails=(), agreed=False, wants_address=True)
    if pressed.email and _is_address(reveal(pressed.email)):
        # The button for a corrected address shows the address that it records: it is also a yes.
        return replace(draft, emails=(pressed.email,), agreed=pressed.agrees)
    if pressed.agrees:
        return replace(draft, agreed=draft.next_question() is Ask.AGREED)
    return replace(draft, kinds=pressed.kinds or draft.kinds, agreed=False)


def _with_own_kinds(draft: Draft, before: Draft, wish: Wish) -> Draft:
    """Return the draft with the kinds of single addresses, which a change for all ends."""
    if wish.own:
        kept = {email: kinds for kinds, emails in before.groups for email in emails}
        return replace(draft, own={**(kept if wish.adds_address else {}), **wish.own})
    return draft if draft.kinds == before.kinds else replace(draft, own={})


def _with_addresses(draft: Draft, wish: Wish, reveal: Reveal) -> Draft:
    """Return the draft with the addresses of a wish, or with one more bad address."""
    excluded = [address for address, meant in wish.addresses.items() if not meant]
    used = [address for address, meant in wish.addresses.items() if meant]
    valid = [address for address in used if _is_address(reveal(address))]
    if used and not valid:
        bad = draft.bad_addresses + 1
        return replace(draft, bad_addresses=bad, emails=(), agreed=False, wants_address=True)
    before = draft.emails if wish.adds_address or not valid else ()
    emails = _without([*before, *valid], excluded)
    if valid:
        draft = replace(draft, bad_addresses=0)
    if emails == draft.emails:
        return draft
    return replace(
        draft, emails=emails, agreed=False, wants_address=draft.wants_address or not emails
    )


def _without(addresses: Iterable[str], excluded: Iterable[str]) -> tuple[str, ...]:
    left_out = set(excluded)
    return tuple(dict.fromkeys(one for one in addresses if one not in left_out))


def _is_address(text: str | None) -> bool:
    try:
        return text is not None and bool(normalise(text))
    except BadAddress:
        return False
