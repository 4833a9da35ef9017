"""What a handoff is: how it began, how far it is, and who has it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.topics import TOPICS

BOT, WAITING, WITH_AGENT = "bot", "waiting_for_agent", "with_agent"  # states of a conversation, as the contract has them
HUMAN = frozenset({WAITING, WITH_AGENT})
EMBEDDED = "desk"  # the desk that is part of this server, among the ways to people


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
    contact: str | None  # how to reach them: a message may have it, and nothing else
    requested_at: datetime
    accepted_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    agent: str | None  # of the embedded desk
    agent_name: str | None  # of whoever answers, as the shopper sees it
    follow_up: bool
    desk: str  # who has it: a name among the ways to people
    remote: str | None  # its id there
    opened_at: datetime | None  # when that desk had all of it
    said_before: int  # id of the last message of the conversation when it was requested
    relayed: int  # id of the last message of the shopper that the desk has
    attempts: int  # to tell the desk what it does not know yet
    error: str  # of the last of them
    added: bool  # what they want, and how to reach them, came when people had been told of the rest, or nearly

    @property
    def titles(self) -> tuple[str, ...]:
        """What had been asked about, as people read it."""
        return tuple(TOPICS[topic].title for topic in self.topics if topic in TOPICS)


@dataclass(frozen=True)
class Agent:
    """Somebody of support who may answer at the desk."""

    id: str
    name: str
