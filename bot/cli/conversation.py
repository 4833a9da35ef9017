"""Conversations at the command line: the assistant in this process, nothing stored."""

import itertools
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any
from uuid import uuid4

from actions.services import build, use
from bot import assistant
from bot.database import connect, migrate_engine
from bot.dialogue.replies import replies
from bot.intake import STOP, Earlier, FromChild, Intake, Typed, as_said
from bot.keys import Keyring
from bot.privacy.splitting import MESSAGES
from bot.privacy.vault import Vault
from bot.settings import settings
from bot.tracker import TrackerMemory
from bot.turns import Choice, Message, Reply, Turn, forgets, outcome, topics

_NOT_READ: dict[str, Any] = {"intent": None, "confidence": None, "ranking": [], "questions": [], "nearest": []}


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
        engine = connect("sqlite://")
        migrate_engine(engine)
        self._vault = Vault(engine, Keyring([token_hex()], "vault"), timedelta(hours=1))
        use(build(settings(), engine, engine, self._vault))

    def conversation(self) -> "Conversation":
        """Start a conversation."""
        return Conversation(self._agent, self._vault)


class Conversation:
    """One conversation, taken in as the channel takes it in: as text, with placeholders for personal data."""

    def __init__(self, agent: Any, vault: Vault) -> None:
        self._agent = agent
        self._vault = vault
        self._intake = Intake(vault)
        self._trackers = TrackerMemory(lambda: self._agent.tracker_store)
        self._id = uuid4().hex
        self._numbers = itertools.count(1)
        self._said: deque[Earlier] = deque(maxlen=MESSAGES)

    async def say(self, text: str) -> Understood:
        """Return what the bot does about a text."""
        try:
            typed = self._intake.take(self._id, text, lambda: tuple(self._said))
        except FromChild:
            return self._last_words([STOP])
        for mended in typed.mended:
            self._trackers.amend(self._id, as_said(mended.before), mended.pieces)
        return await self._turn(typed)

    async def send(self, payload: str) -> Understood:
        """Return what the bot does about the payload of a choice."""
        return await self._turn(Typed(payload, payload))

    async def _turn(self, typed: Typed) -> Understood:
        self._vault.touch(self._id)
        answers = [] if typed.says_nothing_else else await replies(self._agent.handle_message, self._id, typed.said, "cli")
        said = typed.answered_by(answers)
        self._said.append(Earlier(next(self._numbers), typed.shown))
        nlu = await self._nlu()
        if forgets(said):
            return self._last_words(said, nlu)
        payloads: dict[str, str] = {}
        messages = []
        for reply in said:
            offered = [Choice(uuid4().hex[:16], self._vault.reveal(self._id, title)) for title, _ in reply.choices]
            payloads |= {choice.id: meant for choice, (_, meant) in zip(offered, reply.choices, strict=True)}
            messages.append(self._message(reply, tuple(offered)))
        return Understood(Turn(tuple(messages), topics(said), outcome(said)), nlu, payloads)

    def _last_words(self, said: list[Reply], nlu: dict[str, Any] | None = None) -> Understood:
        """Forget the conversation, and return what is told about it."""
        turn = Turn(tuple(map(self._message, said)), topics(said), outcome(said), "closed")
        self._trackers.forget(self._id)
        self._vault.forget(self._id)
        return Understood(turn, nlu or _NOT_READ, {})

    def _message(self, reply: Reply, offered: tuple[Choice, ...] = ()) -> Message:
        text = self._vault.reveal(self._id, reply.text)
        return Message(next(self._numbers), "bot", text, datetime.now(UTC), reply.topic, reply.clauses, offered)

    async def _nlu(self) -> dict[str, Any]:
        from rasa.shared.core.events import UserUttered

        tracker = await self._agent.tracker_store.retrieve(self._id)
        # Not the tracker's latest message: a form takes back what it cannot use, and then that is the one before.
        message = next((event for event in reversed(tracker.events if tracker else ()) if isinstance(event, UserUttered)), None)
        parsed: dict[str, Any] = dict(message.parse_data) if message else {}
        intent = parsed.get("intent") or {}
        return {
            "intent": intent.get("name"),
            "confidence": intent.get("confidence"),
            "ranking": [
                {"name": entry["name"], "confidence": entry["confidence"]} for entry in parsed.get("intent_ranking") or ()
            ],
            "questions": [
                {name: question[name] for name in ("text", "intent", "confidence")}
                for question in parsed.get("questions") or ()
            ],
            "nearest": list(parsed.get("nearest") or ()),
        }
