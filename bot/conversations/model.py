"""Model of a turn: replies, messages and choices. HTTP, the terminal and the tests share it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.policy.notice import known_clauses
from bot.topics import FORGET

# A turn with several outcomes reports the first of these that it has.
_OUTCOMES = ("handoff", "done", "form", "answered", "clarify", "out_of_scope", "smalltalk")


@dataclass(frozen=True)
class Recorded:
    """Record of the ledger, as a message tells it; the widget and the page act on it."""

    reference: str
    action: str  # opt_out | opt_in
    kinds: tuple[str, ...]
    scope: str  # browser | address

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Recorded":
        """Build it from its JSON."""
        return cls(values["reference"], values["action"], tuple(values["kinds"]), values["scope"])

    def as_json(self) -> dict[str, Any]:
        """Return it in the form of the HTTP contract."""
        return {**vars(self), "kinds": list(self.kinds)}


@dataclass(frozen=True)
class Reply:
    """One message of the bot as Rasa returns it, before it and its choices have ids."""

    text: str
    topic: str | None = None
    outcome: str = "smalltalk"
    clauses: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()  # (title, payload)
    recorded: Recorded | None = None
    asks: str | None = None  # what it asks for, if that is personal data (``privacy.asked.Asked``)

    @property
    def hands_over(self) -> bool:
        """Return whether support agents are to answer from now on."""
        return self.topic == "human" and self.outcome == "handoff"

    @classmethod
    def of(cls, response: Mapping[str, Any]) -> "Reply":
        """Build a reply from a response of Rasa (see ``bot.dialogue.responses``)."""
        return cls(
            text=str(response.get("text") or ""),
            topic=response.get("topic"),
            outcome=str(response.get("outcome") or "smalltalk"),
            clauses=tuple(response.get("clauses") or ()),
            choices=tuple(
                (button["title"], button["payload"]) for button in response.get("buttons") or ()
            ),
            recorded=Recorded.of(response["recorded"]) if response.get("recorded") else None,
            asks=response.get("asks"),
        )


@dataclass(frozen=True)
class Choice:
    """A button that the shopper can press instead of typing."""

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
    recorded: Recorded | None = None

    def sources(self) -> list[dict[str, str]]:
        """Return the cited clauses with their text, without those that a newer policy dropped."""
        known = known_clauses()
        return [known[clause].as_source() for clause in self.clauses if clause in known]

    def as_json(self) -> dict[str, Any]:
        """Return the message in the form of the HTTP contract; few messages have a record."""
        recorded = {"recorded": self.recorded.as_json()} if self.recorded else {}
        return {
            "id": self.id,
            "from": self.sender,
            "text": self.text,
            "at": rfc3339(self.at),
            "topic": self.topic,
            "sources": self.sources(),
            "choices": [vars(choice) for choice in self.choices],
            **recorded,
        }


@dataclass(frozen=True)
class Turn:
    """Answer of the bot to one message."""

    messages: tuple[Message, ...]
    topics: tuple[str, ...]
    outcome: str
    state: str = "bot"
    received: int | None = None  # id of the shopper's message; HTTP returns it in a header

    def as_json(self) -> dict[str, Any]:
        """Return the turn in the form of the HTTP contract."""
        return {
            "messages": [message.as_json() for message in self.messages],
            "topics": list(self.topics),
            "outcome": self.outcome,
            "state": self.state,
        }


def topics(replies: Iterable[Reply]) -> tuple[str, ...]:
    """Return the topics of the replies, in order, each once."""
    return tuple(dict.fromkeys(reply.topic for reply in replies if reply.topic))


def forgets(replies: Iterable[Reply]) -> bool:
    """Return whether the replies say that the conversation is deleted, so that it must be."""
    return any(reply.topic == FORGET and reply.outcome == "done" for reply in replies)


def outcome(replies: Iterable[Reply]) -> str:
    """Return the outcome of a turn with these replies.

    Without replies it is ``handoff``: the bot is silent only while support agents answer.
    """
    return min((reply.outcome for reply in replies), key=_OUTCOMES.index, default="handoff")


def rfc3339(moment: datetime) -> str:
    """Return a time in UTC, to the second: ``2026-11-22T13:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
