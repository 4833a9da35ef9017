"""Conversations at the command line, with the server's turn engine and a database in memory."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from bot.application.services import Services
from bot.application.turn_engine import TurnEngine
from bot.assistant.action_endpoint import action_endpoint
from bot.assistant.replies import replies
from bot.assistant.tracker_store import TrackerEraser
from bot.assistant.trained_model import load
from bot.conversations.model import Reply, Turn
from bot.settings import settings

_CHANNEL = "cli"


@dataclass(frozen=True)
class UnderstoodTurn:
    """A turn with the NLU result of its message."""

    turn: Turn
    nlu: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the turn in the form of the HTTP contract, with ``frames`` and ``nlu`` added."""
        frames = [name for asked in self.nlu["questions"] for name in asked.get("frames") or ()]
        return {**self.turn.as_json(), "frames": list(dict.fromkeys(frames)), "nlu": self.nlu}


class LocalAssistant:
    """Loaded assistant with a database in memory.

    It takes any number of conversations, one after another.
    """

    def __init__(self) -> None:
        with_new_key = settings().model_copy(update={"data_keys": [token_hex()]})
        self.services = Services.in_memory(
            with_new_key, TrackerEraser(lambda: self._agent.tracker_store)
        )
        self._agent = load(action_endpoint(self.services))
        self._engine = self.services.turn_engine(self._respond)

    async def start(self) -> "Conversation":
        """Start a conversation."""
        conversation, greeting = await self._engine.start()
        return Conversation(self._engine, self._agent.tracker_store, conversation, greeting)

    async def ask(self, text: str) -> UnderstoodTurn:
        """Ask one question in a new conversation, which is deleted afterwards."""
        conversation = await self.start()
        answered = await conversation.say(text)
        if answered.turn.state != "closed":
            await self._engine.forget(conversation.id)
        return answered

    async def _respond(self, conversation: str, text: str) -> list[Reply]:
        return await replies(self._agent.handle_message, conversation, text, _CHANNEL)


class Conversation:
    """One conversation, with the NLU result of each message."""

    def __init__(
        self, engine: TurnEngine, trackers: Any, conversation: str, greeting: Turn
    ) -> None:
        """Keep the parts of a conversation; ``trackers`` is the tracker store of Rasa's agent."""
        self._engine = engine
        self._trackers = trackers
        self.id = conversation
        self.greeting = greeting

    async def say(self, text: str) -> UnderstoodTurn:
        """Send a text to the bot and return the turn."""
        before = await self._last_message()
        return await self._understood(await self._engine.say(self.id, text), before)

    async def choose(self, choice: str) -> UnderstoodTurn:
        """Pick a choice by its id and return the turn."""
        before = await self._last_message()
        return await self._understood(await self._engine.choose(self.id, choice), before)

    async def slots(self) -> dict[str, Any]:
        """Return the values of the slots, for measuring what a form has understood."""
        tracker = await self._trackers.retrieve(self.id)
        return {name: slot.value for name, slot in tracker.slots.items()} if tracker else {}

    async def _understood(self, turn: Turn, before: Any) -> UnderstoodTurn:
        message = await self._last_message()
        is_new = message is not None and (before is None or message.message_id != before.message_id)
        return UnderstoodTurn(turn, _as_nlu(message.parse_data if is_new else {}))

    async def _last_message(self) -> Any:
        """Return the event of the latest message that reached Rasa, None before the first one.

        The tracker's ``latest_message`` would be wrong: a form reverts a message that it cannot
        use, and then ``latest_message`` is the one before it.
        """
        from rasa.shared.core.events import UserUttered

        tracker = await self._trackers.retrieve(self.id)
        messages = (
            event
            for event in reversed(tracker.events if tracker else ())
            if isinstance(event, UserUttered)
        )
        return next(messages, None)


def _as_nlu(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the shown part of Rasa's parse data.

    All values are None or empty if the message never reached Rasa.
    """
    intent = parsed.get("intent") or {}
    return {
        "intent": intent.get("name"),
        "confidence": intent.get("confidence"),
        "ranking": [
            {"name": entry["name"], "confidence": entry["confidence"]}
            for entry in parsed.get("intent_ranking") or ()
        ],
        "questions": [
            {name: question.get(name) for name in ("text", "intent", "confidence", "frames")}
            for question in parsed.get("questions") or ()
        ],
        "nearest": list(parsed.get("nearest") or ()),
    }
