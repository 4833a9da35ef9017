"""Data model of opt-outs: kinds, channels, states, requests, records and receipts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class OptOutKind(StrEnum):
    """Kinds of processing that a shopper can opt out of."""

    MARKETING_EMAIL = "marketing_email"
    TARGETED_ADVERTISING = "targeted_advertising"
    SHARING = "sharing"
    PHONE_MAIL_MARKETING = "phone_mail_marketing"


EVERYTHING = frozenset(OptOutKind)


class Action(StrEnum):
    """Action that a request asks for: to opt out, or to undo an opt-out."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"


class Channel(StrEnum):
    """Way by which a request came; it must be kept (11 CCR 7101)."""

    CHAT = "chat"
    CLI = "cli"
    WEB_FORM = "web_form"
    ONE_CLICK = "one_click"
    GPC = "gpc"
    AGENT = "agent"


class Status(StrEnum):
    """States of a recorded request, as the Data Rights Protocol 1.0 names them.

    UNCONFIRMED is our own: an opt-in that somebody asked for, and that counts for nothing until
    the owner of the address confirms it.
    """

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    FULFILLED = "fulfilled"
    DENIED = "denied"
    REVOKED = "revoked"
    UNCONFIRMED = "unconfirmed"


ACTIVE = frozenset({Status.OPEN, Status.IN_PROGRESS, Status.FULFILLED})
UNFINISHED = frozenset({Status.OPEN, Status.IN_PROGRESS})


class LedgerError(Exception):
    """The ledger refused an operation; the message has the reason and the remedy."""


class NotRecorded(LedgerError):
    """Nothing was recorded, because the database could not be written; tell the shopper so."""


class UnknownReference(LedgerError):
    """No request has this reference."""


@dataclass(frozen=True)
class Subject:
    """Subject of a request: an e-mail address, or a browser.

    A browser is known only by the id of its conversation.
    """

    type: str  # email | browser
    value: str


@dataclass(frozen=True)
class Request:
    """A request to opt out or to undo an opt-out, before it is recorded."""

    action: Action
    kinds: frozenset[OptOutKind]
    subject: Subject
    channel: Channel
    wording: str  # the text that was shown before it was recorded, without the address
    # What identifies the asker, such as the id of the conversation. Only the same holder can take
    # the request back; without one nobody can.
    holder: str | None = None


@dataclass(frozen=True)
class Record:
    """A request as the ledger stores it."""

    id: str
    reference: str
    action: Action
    kinds: frozenset[OptOutKind]
    channel: Channel
    subject: Subject | None  # None if its key is not in the keyring any more
    received_at: datetime
    due: date
    policy_version: str
    wording: str
    status: Status
    status_at: datetime
    how: str = ""
    reason: str = ""

    @property
    def overdue_since(self) -> date | None:
        """Return the date after which the request is overdue; None if it is finished."""
        return self.due if self.status in UNFINISHED else None


@dataclass(frozen=True)
class Receipt:
    """Receipt of a request, with what its asker may know: never who else asked for it, or when.

    ``new`` is false if nothing was changed, because the same holder had asked for the same before.
    """

    reference: str
    action: Action
    kinds: frozenset[OptOutKind]
    channel: Channel
    received_at: datetime
    due: date
    status: Status
    status_at: datetime
    reason: str = ""
    new: bool = False


def in_order(kinds: Iterable[OptOutKind]) -> list[OptOutKind]:
    """Return the kinds in the order of their declaration, each once."""
    wanted = set(kinds)
    return [kind for kind in OptOutKind if kind in wanted]
