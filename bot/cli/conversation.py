"""Conversations at the command line: the assistant in this process, nothing stored."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bot import assistant
from bot.dialogue.replies import replies
from bot.intake import Typed, take
from bot.turns import Choice, Message, Turn, outcome, topics


@dataclass(frozen=True)
class Understood:
    """A turn, and how its message was understood."""

    turn: Turn
    nlu: dict[str, Any]
    payloads: dict[str, str]  # what each choice of the turn means

    def as_json(self) -> dict[str, Any]:
        """Return the turn in the form of the contract, with ``nlu``."""
        return {**self.turn.as_json(), "nlu": self.nlu}


class Assistant:
    """The loaded assistant, for any number of conversations."""

    def __init__(self) -> None:
        self._agent = assistant.load()

    def conversation(self) -> "Conversation":
        """Start a conversation."""
        return Conversation(self._agent)


class Conversation:
    """One conversation."""

    def __init__(self, agent: Any) -> None:
        self._agent = agent
        self._id = uuid4().hex
        self._numbers = itertools.count(1)

    async def say(self, text: str) -> Understood:
        """Return what the bot does about a text; it is taken as the channel takes it: as text, without personal data."""
        return await self._turn(take(text))

    async def send(self, payload: str) -> Understood:
        """Return what the bot does about the payload of a choice."""
        return await self._turn(Typed(payload, payload))

    async def _turn(self, typed: Typed) -> Understood:
        said = typed.answered_by(await replies(self._agent.handle_message, self._id, typed.said, "cli"))
        next(self._numbers)  # the visitor's message
        payloads: dict[str, str] = {}
        messages = []
        for reply in said:
            offered = [Choice(uuid4().hex[:16], title) for title, _ in reply.choices]
            payloads |= {choice.id: meant for choice, (_, meant) in zip(offered, reply.choices, strict=True)}
            messages.append(
                Message(next(self._numbers), "bot", reply.text, datetime.now(UTC), reply.topic, reply.clauses, tuple(offered))
            )
        turn = Turn(tuple(messages), topics(said), outcome(said))
        return Understood(turn, await self._nlu(), payloads)

    async def _nlu(self) -> dict[str, Any]:
        tracker = await self._agent.tracker_store.retrieve(self._id)
        message = tracker.latest_message if tracker else None
        parsed: dict[str, Any] = dict(message.parse_data) if message else {}
        intent = parsed.get("intent") or {}
        return {
            "intent": intent.get("name"),
            "confidence": intent.get("confidence"),
            "ranking": [
                {"name": entry["name"], "confidence": entry["confidence"]} for entry in parsed.get("intent_ranking") or ()
            ],
        }
