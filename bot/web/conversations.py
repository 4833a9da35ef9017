"""Conversations over the web: what may be said to one, in which order, and what comes back. Knows no HTTP."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from weakref import WeakValueDictionary

import structlog

from bot import metrics
from bot.handoff.model import HUMAN
from bot.handoff.reception import Reception
from bot.intake import STOP, FromChild, Intake, Typed, clean, taken_before
from bot.memory import Memory
from bot.privacy.splitting import MESSAGES
from bot.turns import Message, Reply, Turn, forgets, outcome, topics
from bot.web.errors import expired, malformed, not_ready
from bot.web.store import Arriving, Received, UnknownConversation
from bot.web.tokens import new_session

log = structlog.get_logger()

# Asks the assistant: conversation and text in, replies out.
Respond = Callable[[str, str], Awaitable[list[Reply]]]

GREETING = "/greeting"
_LOOK_SECONDS = 1  # how often to look for what an agent says


@dataclass(frozen=True)
class Sent:
    """What a visitor sent: how it is taken in, all of it in one string, and the visitor's own name for it."""

    take: Callable[[], Typed]
    content: str
    client_id: str | None = None
    choice: Typed | None = None


class Conversations:
    """All conversations of this server; one message of a conversation is answered at a time."""

    def __init__(self, memory: Memory, reception: Reception, respond: Respond, turn_seconds: float) -> None:
        self._memory = memory
        self._reception = reception
        self._store = memory.store
        self._intake = Intake(memory.vault)
        self._respond = respond
        self._turn_seconds = turn_seconds
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._news: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()

    async def start(self, also: Callable[[str], Awaitable[list[Reply]]] | None = None) -> tuple[str, Turn]:
        """Start a conversation; return its id and the greeting, with what ``also`` has to say to the new conversation."""
        conversation = new_session()
        replies = await self._ask(conversation, GREETING)
        self._store.start(conversation)
        if also is not None:
            replies += await also(conversation)
        metrics.conversations.inc()
        log.info("conversation started")
        return conversation, self._store.add_replies(conversation, None, replies)

    def state(self, conversation: str) -> str:
        """Return who answers in it; raises the contract's error if it is over."""
        try:
            return self._store.state(conversation)
        except UnknownConversation:
            raise expired() from None

    async def say(self, conversation: str, text: str, client_id: str | None) -> Turn:
        """Answer what a visitor typed: always text, never a command, and without the personal data in it."""

        def typed() -> Typed:
            """Take in the text, when its turn has come."""
            return self._intake.take(conversation, text, lambda: self._store.recent(conversation, MESSAGES))

        return await self._turn(conversation, Sent(typed, f"text:{clean(text)}", client_id))

    async def choose(self, conversation: str, choice: str, client_id: str | None) -> Turn:
        """Answer a choice that was offered in this conversation."""
        offer = self._store.offer(conversation, clean(choice))
        if offer is None:
            self.state(conversation)
            raise malformed("There is no such choice in this conversation. Send the id of one that was offered, or a text.")
        typed = Typed(offer.title, offer.payload)
        return await self._turn(conversation, Sent(lambda: typed, f"choice:{choice}", client_id, typed))

    async def since(self, conversation: str, after: int, wait: float) -> list[Message]:
        """Return the messages after an id; if there are none, wait up to ``wait`` seconds for one."""
        end = time.monotonic() + wait
        while not (found := self._since(conversation, after)) and (left := end - time.monotonic()) > 0:
            news = self._news.setdefault(conversation, asyncio.Event())
            with contextlib.suppress(TimeoutError):
                # People may answer in another process, whose news do not come here.
                await asyncio.wait_for(news.wait(), min(left, _LOOK_SECONDS) if self.state(conversation) in HUMAN else left)
        return found

    def is_typing(self, conversation: str) -> bool:
        """Return whether an agent is typing to the visitor."""
        return self._reception.is_typing(conversation)

    def announce(self, conversation: str) -> None:
        """Let those who wait for news look again."""
        news = self._news.pop(conversation, None)
        if news is not None:
            news.set()

    def heard(self, conversation: str) -> list[Message]:
        """Return all messages of a conversation; raises the contract's error if it is over."""
        return self._since(conversation, 0)

    async def forget(self, conversation: str) -> None:
        """Delete a conversation everywhere, at once; a message that is under way ends, and leaves nothing."""
        await asyncio.shield(asyncio.ensure_future(self._forget(conversation)))

    async def _forget(self, conversation: str) -> None:
        self._memory.forget(conversation)
        async with self._lock(conversation):
            self._erase(conversation, "visitor")
        self.announce(conversation)
        if not await self._wipe():
            raise not_ready()

    async def _turn(self, conversation: str, sent: Sent) -> Turn:
        # A visitor who hangs up must not leave a turn half done: it goes on, and is there when they come back.
        return await asyncio.shield(asyncio.ensure_future(self._locked(conversation, sent)))

    async def _locked(self, conversation: str, sent: Sent) -> Turn:
        client_id = self._memory.mark(sent.client_id) if sent.client_id else None
        async with self._lock(conversation):
            try:
                repeated = self._store.received(conversation, client_id) if client_id else None
                if repeated and repeated.fingerprint != self._memory.mark(sent.content):
                    raise malformed('This "client_id" belongs to another message. Give each message its own.')
                if repeated and repeated.answered:
                    return replace(self._revealed(conversation, repeated.answered), received=repeated.id)
                if client_id is None:
                    self._store.state(conversation)  # of a conversation that is over, nothing is taken in
                turn = await self._answer(conversation, sent, client_id, repeated)
            except FromChild:
                turn = self._stop(conversation)
            except UnknownConversation:
                self._memory.forget(conversation)  # what the assistant and the vault have noted since it was deleted
                raise expired() from None
        self.announce(conversation)
        if turn.state == "closed":
            await self._wipe()  # if it cannot be done now, housekeeping will
        return turn

    async def _answer(self, conversation: str, sent: Sent, client_id: str | None, repeated: Received | None) -> Turn:
        started = time.perf_counter()
        self._memory.vault.touch(conversation)
        if repeated:
            message, typed = repeated.id, sent.choice or taken_before(repeated.text)
        else:
            typed = sent.take()
            arriving = Arriving(typed.shown, client_id, self._memory.mark(sent.content) if client_id else None)
            message = self._memory.receive(conversation, arriving, typed.mended)
            if typed.mended:
                await self._wipe()
        replies = typed.answered_by([] if typed.says_nothing_else else await self._reply(conversation, typed))
        if forgets(replies):
            turn = self._last_words(message, replies)
            self._erase(conversation, "visitor")
        else:
            turn = self._revealed(conversation, self._store.add_replies(conversation, message, replies))
        for kind in typed.types:
            metrics.masked.labels(kind).inc()
        seconds = time.perf_counter() - started
        metrics.answered(turn.outcome, turn.topics, seconds)
        log.info("turn", outcome=turn.outcome, topics=turn.topics, masked=typed.types, ms=round(seconds * 1000, 1))
        return replace(turn, received=message)

    def _stop(self, conversation: str) -> Turn:
        """End a conversation with a child: nothing of it stays but the count."""
        turn = self._last_words(self._store.last_id(conversation) + 1, [STOP])
        self._erase(conversation, "child")
        metrics.children.inc()
        metrics.answered(turn.outcome, (), 0)
        return turn

    def _last_words(self, message: int, replies: Sequence[Reply]) -> Turn:
        """Return a turn that is told and not stored, because its conversation is over with it."""
        now = datetime.now(UTC)
        said = tuple(
            Message(number, "bot", reply.text, now, reply.topic, reply.clauses)
            for number, reply in enumerate(replies, start=message + 1)
        )
        return Turn(said, topics(replies), outcome(replies), "closed")

    def _erase(self, conversation: str, by: str) -> None:
        self._memory.forget(conversation)
        metrics.forgotten.labels(by).inc()
        log.info("conversation forgotten", by=by)

    async def _wipe(self) -> bool:
        return await asyncio.to_thread(self._memory.wipe)

    async def _reply(self, conversation: str, typed: Typed) -> list[Reply]:
        """Return what is replied: by the reception if people are meant, else by the bot."""
        replies = self._reception.answer(conversation, typed)
        if replies is not None:
            return replies
        return self._reception.hand_over(conversation, await self._ask(conversation, typed.said))

    async def _ask(self, conversation: str, said: str) -> list[Reply]:
        try:
            return await asyncio.wait_for(self._respond(conversation, said), self._turn_seconds)
        except TimeoutError:
            raise not_ready() from None

    def _since(self, conversation: str, after: int) -> list[Message]:
        try:
            return self._resolved(conversation, self._store.since(conversation, after))
        except UnknownConversation:
            raise expired() from None

    def _revealed(self, conversation: str, turn: Turn) -> Turn:
        return replace(turn, messages=tuple(self._resolved(conversation, turn.messages)))

    def _resolved(self, conversation: str, said: Sequence[Message]) -> list[Message]:
        """Return messages as the shopper may see them: with what they typed in place of its placeholders."""
        shown = [text for message in said for text in (message.text, *(choice.title for choice in message.choices))]
        revealed = iter(self._memory.vault.reveal_all(conversation, shown))
        return [
            replace(
                message,
                text=next(revealed),
                choices=tuple(replace(choice, title=next(revealed)) for choice in message.choices),
            )
            for message in said
        ]

    def _lock(self, conversation: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation, asyncio.Lock())
