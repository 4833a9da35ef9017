"""What one turn of a conversation returns: the same over HTTP, at the command line and in the tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.policy.document import load
from bot.topics import FORGET

# If a turn has several outcomes, the one that says most: what was done before what was answered before what was not understood.
_OUTCOMES = ("handoff", "done", "form", "answered", "clarify", "out_of_scope", "smalltalk")


@dataclass(frozen=True)
class Reply:
    """One message of the bot as Rasa hands it out, before it has an id or its choices have opaque ids."""

    text: str
    topic: str | None = None
    outcome: str = "smalltalk"
    clauses: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()  # (title, payload)

    @property
    def hands_over(self) -> bool:
        """Whether people are meant to answer now."""
        return self.topic == "human" and self.outcome == "handoff"

    @classmethod
    def of(cls, response: Mapping[str, Any]) -> "Reply":
        """Read a response of Rasa's (see ``bot.dialogue.responses``)."""
        return cls(
            text=str(response.get("text") or ""),
            topic=response.get("topic"),
            outcome=str(response.get("outcome") or "smalltalk"),
            clauses=tuple(response.get("clauses") or ()),
            choices=tuple((button["title"], button["payload"]) for button in response.get("buttons") or ()),
        )


@dataclass(frozen=True)
class Choice:
    """Something the shopper can pick instead of typing."""

    id: str
    title: str


@dataclass(frozen=True)
class Message:
    """One message of a conversation; ``sender`` is bot, agent, visitor or system."""

    id: int
    sender: str
    text: str
    at: datetime
    topic: str | None = None
    clauses: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()

    def sources(self) -> list[dict[str, str]]:
        """Return the clauses that the message rests on, quoted; one that a newer policy has dropped is left out."""
        known = load().by_id
        return [known[clause].as_source() for clause in self.clauses if clause in known]

    def as_json(self) -> dict[str, Any]:
        """Return the message in the form of the HTTP contract."""
        return {
            "id": self.id,
            "from": self.sender,
            "text": self.text,
            "at": rfc3339(self.at),
            "topic": self.topic,
            "sources": self.sources(),
            "choices": [vars(choice) for choice in self.choices],
        }


@dataclass(frozen=True)
class Turn:
    """What the bot did about one message."""

    messages: tuple[Message, ...]
    topics: tuple[str, ...]
    outcome: str
    state: str = "bot"
    received: int | None = None  # id of the visitor's message; beside the contract's body, in a header

    def as_json(self) -> dict[str, Any]:
        """Return the turn in the form of the HTTP contract."""
        return {
            "messages": [message.as_json() for message in self.messages],
            "topics": list(self.topics),
            "outcome": self.outcome,
            "state": self.state,
        }


def topics(replies: Iterable[Reply]) -> tuple[str, ...]:
    """Return what the replies answered, in order, each topic once."""
    return tuple(dict.fromkeys(reply.topic for reply in replies if reply.topic))


def forgets(replies: Iterable[Reply]) -> bool:
    """Return whether the replies tell that the conversation is deleted: then it must be."""
    return any(reply.topic == FORGET and reply.outcome == "done" for reply in replies)


def outcome(replies: Iterable[Reply]) -> str:
    """Return the outcome of a turn with these replies; the bot says nothing only while people answer."""
    return min((reply.outcome for reply in replies), key=_OUTCOMES.index, default="handoff")


def rfc3339(moment: datetime) -> str:
    """Return a time in UTC, to the second: ``2026-11-22T13:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
