"""The form of an opt-out: what is known, what a message adds, and what is asked next.

It asks for nothing but what to stop and the e-mail address (16 CFR 316.5), and for one yes, which shows what will be recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from actions.dialogue.words import agrees, begins_with_yes, corrects, has_no_email, kinds_excepted, kinds_named, narrows
from actions.ledger.addresses import BadAddress, normalise
from actions.ledger.model import Action, Kind

MAX_BAD_ADDRESSES = 2
_BROWSER_IS_ENOUGH = frozenset({Kind.TARGETED_ADVERTISING})


class Ask(StrEnum):
    """What is asked next; the names are those of the form's slots."""

    KINDS = "optout_kinds"
    EMAIL = "optout_email"
    AGREED = "optout_agreed"


@dataclass(frozen=True)
class Draft:
    """What is known of a request before it is recorded; ``email`` is a placeholder of the vault."""

    action: Action
    kinds: frozenset[Kind] = frozenset()
    email: str | None = None
    agreed: bool = False
    bad_addresses: int = 0

    def asks(self) -> Ask | None:
        """Return what is still to be asked; None if it can be recorded, or if two bad addresses were enough."""
        if not self.kinds:
            return Ask.KINDS
        if self.gives_up:
            return None
        if self.email is None and self.kinds != _BROWSER_IS_ENOUGH:
            return Ask.EMAIL
        return None if self.agreed else Ask.AGREED

    @property
    def gives_up(self) -> bool:
        """Whether so many bad addresses came that another way is better."""
        return self.email is None and self.bad_addresses >= MAX_BAD_ADDRESSES


@dataclass(frozen=True)
class Said:
    """A message to the form: its text with placeholders, and what a choice stands for."""

    text: str
    emails: tuple[str, ...] = ()  # placeholders
    chosen_kinds: frozenset[Kind] = frozenset()
    chosen_email: str | None = None
    agrees: bool = False
    wants_other_address: bool = False

    @property
    def email(self) -> str | None:
        """The address that the message gives: of several the first, but the last where one is taken back."""
        if self.chosen_email or not self.emails:
            return self.chosen_email
        return self.emails[-1 if corrects(self.text) else 0]

    @property
    def several_emails(self) -> bool:
        """Whether it gives several addresses, of which only one can be recorded at a time."""
        return len(set(self.emails)) > 1 and not corrects(self.text)


def begin(action: Action, said: Said, value: Callable[[str], str | None]) -> Draft:
    """Return the draft that the first message makes; ``value`` returns what a placeholder stands for."""
    draft = replace(Draft(action), kinds=said.chosen_kinds or kinds_named(said.text))
    return _with_address(draft, said, value, asked=False)


def advance(draft: Draft, said: Said, value: Callable[[str], str | None]) -> Draft:
    """Return the draft after another message.

    A yes is to what was shown, so with anything changed in the same breath the new draft is shown first.
    """
    asked = draft.asks()
    if said.agrees and not said.chosen_email:
        return replace(draft, agreed=asked is Ask.AGREED)
    if said.wants_other_address:
        return replace(draft, email=None)
    if agrees(said.text) and not said.emails:
        return replace(draft, agreed=True) if asked is Ask.AGREED else _with_address(draft, said, value, asked is Ask.EMAIL)
    if asked is Ask.EMAIL and has_no_email(said.text) and not said.emails:
        return replace(draft, bad_addresses=MAX_BAD_ADDRESSES)
    named = said.chosen_kinds or kinds_named(said.text)
    left = draft.kinds - kinds_excepted(said.text)
    if left and left != draft.kinds:
        return replace(draft, kinds=left)
    if asked is Ask.EMAIL and named - draft.kinds and not said.emails:  # "and the ads too" is no address
        return replace(draft, kinds=named if narrows(said.text) else draft.kinds | named)
    if named and (asked is Ask.KINDS or said.chosen_kinds or narrows(said.text)):
        draft = replace(draft, kinds=named)
    elif named - draft.kinds and asked is Ask.AGREED and not said.emails and not begins_with_yes(said.text):
        draft = replace(draft, kinds=draft.kinds | named)
    draft = _with_address(draft, said, value, asked is Ask.EMAIL)
    # The button that offers another spelling says what it records.
    return replace(draft, agreed=said.agrees and draft.email == said.chosen_email)


def _with_address(draft: Draft, said: Said, value: Callable[[str], str | None], asked: bool) -> Draft:
    given = said.email
    typed = value(given) if given else None
    if typed is not None and _is_address(typed):
        return replace(draft, email=given)
    if given or "@" in said.text or (asked and not said.chosen_kinds):
        return replace(draft, bad_addresses=draft.bad_addresses + 1)
    return draft


def _is_address(typed: str) -> bool:
    try:
        normalise(typed)
    except BadAddress:
        return False
    return True
