"""Opt-out form: a draft of the request, its changes by each message, and the next question.

The form asks only for the kinds to stop and for the e-mail address (16 CFR 316.5). Then it shows
the request that will be recorded, and asks for one yes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.optouts.addresses import BadAddress, normalise
from bot.optouts.model import Action, OptOutKind
from bot.optouts.phrases import corrects, has_no_email, kinds_excepted, kinds_named, narrows
from bot.phrases import agrees, begins_with_yes

MAX_BAD_ADDRESSES = 2
# A request for only these kinds can be recorded for the browser, without an address.
_BROWSER_KINDS = frozenset({OptOutKind.TARGETED_ADVERTISING})


class Ask(StrEnum):
    """Questions of the form; their values are the names of its slots."""

    KINDS = "optout_kinds"
    EMAIL = "optout_email"
    AGREED = "optout_agreed"


@dataclass(frozen=True)
class Draft:
    """A request before it is recorded; ``email`` is a placeholder of the vault."""

    action: Action
    kinds: frozenset[OptOutKind] = frozenset()
    email: str | None = None
    agreed: bool = False
    bad_addresses: int = 0

    def next_question(self) -> Ask | None:
        """Return the next question.

        It is None if the draft can be recorded, and if the form gives up after bad addresses.
        """
        if not self.kinds:
            return Ask.KINDS
        if self.gives_up:
            return None
        if self.email is None and self.kinds != _BROWSER_KINDS:
            return Ask.EMAIL
        return None if self.agreed else Ask.AGREED

    @property
    def gives_up(self) -> bool:
        """Return whether there were too many bad addresses; then another way is offered."""
        return self.email is None and self.bad_addresses >= MAX_BAD_ADDRESSES


@dataclass(frozen=True)
class FormInput:
    """A message to the form: its text and its placeholders, or the values of a pressed button."""

    text: str
    emails: tuple[str, ...] = ()  # placeholders of the addresses in the message
    chosen_kinds: frozenset[OptOutKind] = frozenset()
    chosen_email: str | None = None
    agrees: bool = False
    wants_other_address: bool = False

    @property
    def email(self) -> str | None:
        """Return the placeholder of the address in the message; None if it has none.

        Of several addresses it is the first, but after a correction ("not …, but …") the last.
        """
        if self.chosen_email or not self.emails:
            return self.chosen_email
        return self.emails[-1 if corrects(self.text) else 0]

    @property
    def several_emails(self) -> bool:
        """Return whether the message has several addresses; one request can have only one."""
        return len(set(self.emails)) > 1 and not corrects(self.text)


def begin(action: Action, message: FormInput, reveal: Callable[[str], str | None]) -> Draft:
    """Return a new draft from the first message; ``reveal`` returns the value of a placeholder."""
    draft = replace(Draft(action), kinds=message.chosen_kinds or kinds_named(message.text))
    return _with_address(draft, message, reveal, asked=False)


def advance(draft: Draft, message: FormInput, reveal: Callable[[str], str | None]) -> Draft:
    """Return the draft after another message.

    A yes agrees only to the draft that was shown. If the same message changes something, the new
    draft is shown first.
    """
    asked = draft.next_question()
    if message.agrees and not message.chosen_email:
        return replace(draft, agreed=asked is Ask.AGREED)
    if message.wants_other_address:
        return replace(draft, email=None)
    if agrees(message.text) and not message.emails:
        return (
            replace(draft, agreed=True)
            if asked is Ask.AGREED
            else _with_address(draft, message, reveal, asked is Ask.EMAIL)
        )
    if asked is Ask.EMAIL and has_no_email(message.text) and not message.emails:
        return replace(draft, bad_addresses=MAX_BAD_ADDRESSES)
    named = message.chosen_kinds or kinds_named(message.text)
    remaining = draft.kinds - kinds_excepted(message.text)
    if remaining and remaining != draft.kinds:
        return replace(draft, kinds=remaining)
    # "and the ads too" adds a kind; it is not a bad address.
    if asked is Ask.EMAIL and named - draft.kinds and not message.emails:
        return replace(draft, kinds=named if narrows(message.text) else draft.kinds | named)
    if named and (asked is Ask.KINDS or message.chosen_kinds or narrows(message.text)):
        draft = replace(draft, kinds=named)
    elif (
        named - draft.kinds
        and asked is Ask.AGREED
        and not message.emails
        and not begins_with_yes(message.text)
    ):
        draft = replace(draft, kinds=draft.kinds | named)
    draft = _with_address(draft, message, reveal, asked is Ask.EMAIL)
    # The button for a corrected address shows the address that it records. So it is also a yes.
    return replace(draft, agreed=message.agrees and draft.email == message.chosen_email)


def _with_address(
    draft: Draft, message: FormInput, reveal: Callable[[str], str | None], asked: bool
) -> Draft:
    """Return the draft with the address of a message, or with one more bad address.

    ``asked`` means that the form has just asked for the address.
    """
    placeholder = message.email
    address = reveal(placeholder) if placeholder else None
    if address is not None and _is_address(address):
        return replace(draft, email=placeholder)
    if placeholder or "@" in message.text or (asked and not message.chosen_kinds):
        return replace(draft, bad_addresses=draft.bad_addresses + 1)
    return draft


def _is_address(text: str) -> bool:
    try:
        normalise(text)
    except BadAddress:
        return False
    return True
