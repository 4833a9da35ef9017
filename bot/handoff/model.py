"""What a handoff is: how it began, how far it is, and what people are told of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

BOT, WAITING, WITH_AGENT = "bot", "waiting_for_agent", "with_agent"  # states of a conversation, as the contract has them
HUMAN = frozenset({WAITING, WITH_AGENT})


class Kind(StrEnum):
    """Whether somebody waits in the chat, or left a message."""

    LIVE = "live"
    MESSAGE = "message"


class State(StrEnum):
    """How far a handoff is: the Bot Framework's names, one more, and a message that is still being written."""

    DRAFTED = "drafted"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


OPEN = frozenset({State.REQUESTED, State.ACCEPTED})


class Reason(StrEnum):
    """Why somebody is handed over."""

    ASKED = "asked"
    MISUNDERSTOOD = "misunderstood"
    UNANSWERED = "unanswered"
    COMPLAINT = "complaint"
    ACCESS = "access"


class HandoffError(Exception):
    """It cannot be done; the message says why."""


class NotTaken(HandoffError):
    """Somebody else has it, or it is over."""


class NotStored(HandoffError):
    """The database could not take it: the shopper must be told that nobody knows of it."""


@dataclass(frozen=True)
class Handoff:
    """A handoff as it stands."""

    id: str
    reference: str
    kind: Kind
    state: State
    conversation: str
    reason: Reason
    topics: tuple[str, ...]  # what had been asked about
    note: str  # what was left as a message, with placeholders
    contact: str | None  # how to reach them: a message has it, and nothing else
    requested_at: datetime
    accepted_at: datetime | None = None
    replied_at: datetime | None = None
    ended_at: datetime | None = None
    agent: str | None = None
    follow_up: bool = False


@dataclass(frozen=True)
class Agent:
    """Somebody of support who may answer at the desk."""

    id: str
    name: str
