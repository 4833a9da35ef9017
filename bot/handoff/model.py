"""Model of a handoff: its kind, state, reason and agent, and the errors of this package.

Values only: nothing here touches the database or another system.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.topics import TOPICS

# States of a conversation. The contract of the storefront API has the same names.
BOT, WAITING, WITH_AGENT = "bot", "waiting_for_agent", "with_agent"
HUMAN = frozenset({WAITING, WITH_AGENT})  # support has the conversation, and the bot is silent
EMBEDDED = "desk"  # name of our own desk in the list of desks


class HandoffKind(StrEnum):
    """Kind of a handoff: the shopper waits in the chat, or left a message."""

    LIVE = "live"
    MESSAGE = "message"


class State(StrEnum):
    """State of a handoff: the Bot Framework's names, and three of a message that is not sent."""

    DRAFTED = "drafted"
    INTERRUPTED = "interrupted"  # the assistant has just answered something in between
    PARKED = "parked"  # it waits until the shopper takes it up again
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


OPEN = frozenset({State.REQUESTED, State.ACCEPTED})
UNSENT = frozenset({State.DRAFTED, State.INTERRUPTED, State.PARKED})


class Reason(StrEnum):
    """Reason of a handoff."""

    ASKED = "asked"
    MISUNDERSTOOD = "misunderstood"
    UNANSWERED = "unanswered"
    COMPLAINT = "complaint"
    ACCESS = "access"


class HandoffError(Exception):
    """Step of a handoff that cannot be done; the message gives the reason."""


class NotTaken(HandoffError):
    """The handoff is over or deleted, or another agent has it."""


class NotStored(HandoffError):
    """The database did not store it: the shopper must be told that nobody knows of it."""


@dataclass(frozen=True)
class Handoff:
    """Handoff as it is stored, with its contact decrypted."""

    id: str
    reference: str
    kind: HandoffKind
    state: State
    conversation: str
    reason: Reason
    topics: tuple[str, ...]  # of the shopper's questions before
    note: str  # text of a message, with placeholders for personal data
    contact: str | None  # of a message only: address or number; its placeholder in a draft
    requested_at: datetime
    accepted_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    agent: str | None  # id of the agent, at our own desk only
    agent_name: str | None  # name of the agent, which the shopper sees
    follow_up: bool  # it is over, and an agent still has something to do
    desk: str  # name of the desk that has it
    remote: str | None  # id of the case at an external help desk
    opened_at: datetime | None  # time at which that help desk had the whole case
    said_before: int  # id of the last message in the conversation at the time of the request
    relayed: int  # id of the shopper's last message that the help desk has
    attempts: int  # number of attempts to deliver the present news to the help desk
    error: str  # of the last failed attempt
    added: bool  # note and contact were added after the request

    @property
    def titles(self) -> tuple[str, ...]:
        """Titles of the topics of the shopper's questions."""
        return tuple(TOPICS[topic].title for topic in self.topics if topic in TOPICS)


@dataclass(frozen=True)
class Agent:
    """Support agent with access to our own desk."""

    id: str
    name: str
