"""What an opt-out is: kinds, channels, states, and the record as it is handed out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What someone opts out of."""

    MARKETING_EMAIL = "marketing_email"
    TARGETED_ADVERTISING = "targeted_advertising"
    SHARING = "sharing"
    PHONE_MAIL_MARKETING = "phone_mail_marketing"


EVERYTHING = frozenset(Kind)


class Action(StrEnum):
    """Opting out, or undoing it: a request of its own."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"


class Channel(StrEnum):
    """How a request was made (11 CCR 7101 wants it kept)."""

    CHAT = "chat"
    CLI = "cli"
    WEB_FORM = "web_form"
    ONE_CLICK = "one_click"
    GPC = "gpc"


class Status(StrEnum):
    """The states of the Data Rights Protocol 1.0 that a recorded request can be in."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    FULFILLED = "fulfilled"
    DENIED = "denied"
    REVOKED = "revoked"


STANDING = frozenset({Status.OPEN, Status.IN_PROGRESS, Status.FULFILLED})
UNFINISHED = frozenset({Status.OPEN, Status.IN_PROGRESS})


class LedgerError(Exception):
    """The ledger refuses; the message says why and what to do."""


class NotRecorded(LedgerError):
    """Nothing was recorded, because the database could not take it: the shopper must be told so."""


class UnknownReference(LedgerError):
    """No request has this reference."""


@dataclass(frozen=True)
class Subject:
    """Whom a request is about: an e-mail address, or a browser that is known by its conversation only."""

    type: str  # email | browser
    value: str


@dataclass(frozen=True)
class Request:
    """What someone asks for, and how."""

    action: Action
    kinds: frozenset[Kind]
    subject: Subject
    channel: Channel
    wording: str  # what was shown before it was recorded, without the address


@dataclass(frozen=True)
class Record:
    """A request as it stands in the ledger."""

    id: str
    reference: str
    action: Action
    kinds: frozenset[Kind]
    channel: Channel
    subject: Subject | None  # None if its key is not there any more
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
        """The date after which it is overdue, None if it is finished."""
        return self.due if self.status in UNFINISHED else None


@dataclass(frozen=True)
class Recorded:
    """The outcome of recording: the record, and whether it is new or the same request had been made before."""

    record: Record
    new: bool


def in_order(kinds: Iterable[Kind]) -> list[Kind]:
    """Return kinds in the order in which they are declared, each once."""
    wanted = set(kinds)
    return [kind for kind in Kind if kind in wanted]
