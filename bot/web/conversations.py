"""Conversations over the web: what may be said to one, in which order, and what comes back. Knows no HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from bot.intake import Typed, clean, take
from bot.turns import Message, Reply, Turn
from bot.web.errors import expired, malformed, not_ready
from bot.web.store import ConversationStore, UnknownConversation
from bot.web.tokens import new_session

# Asks the assistant: conversation and text in, replies out.
Respond = Callable[[str, str], Awaitable[list[Reply]]]

GREETING = "/greeting"


class Conversations:
    """All conversations of this server; one message of a conversation is answered at a time."""

    def __init__(self, store: ConversationStore, respond: Respond, turn_seconds: float) -> None:
        self._store = store
        self._respond = respond
        self._turn_seconds = turn_seconds
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._news: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()

    async def start(self) -> tuple[str, Turn]:
        """Start a conversation; return its id and the greeting."""
        conversation = new_session()
        replies = await self._ask(conversation, GREETING)
        self._store.start(conversation)
        return conversation, self._store.add_replies(conversation, None, replies)

    def state(self, conversation: str) -> str:
        """Return who answers in it; raises the contract's error if it is over."""
        try:
            return self._store.state(conversation)
        except UnknownConversation:
            raise expired() from None

    async def say(self, conversation: str, text: str, client_id: str | None) -> Turn:
        """Answer what a visitor typed: always text, never a command, and without the personal data in it."""
        return await self._turn(conversation, take(text), client_id)

    async def choose(self, conversation: str, choice: str, client_id: str | None) -> Turn:
        """Answer a choice that was offered in this conversation."""
        offer = self._store.offer(conversation, clean(choice))
        if offer is None:
            self.state(conversation)
            raise malformed("There is no such choice in this conversation. Send the id of one that was offered, or a text.")
        return await self._turn(conversation, Typed(offer.title, offer.payload), client_id)

    async def since(self, conversation: str, after: int, wait: float) -> list[Message]:
        """Return the messages after an id; if there are none, wait up to ``wait`` seconds for one."""
        found = self._since(conversation, after)
        if not found and wait > 0:
            news = self._news.setdefault(conversation, asyncio.Event())
            try:
                await asyncio.wait_for(news.wait(), wait)
            except TimeoutError:
                return []
            found = self._since(conversation, after)
        return found

    def heard(self, conversation: str) -> list[Message]:
        """Return all messages of a conversation; raises the contract's error if it is over."""
        return self._since(conversation, 0)

    async def forget(self, conversation: str, forget_elsewhere: Callable[[str], None]) -> None:
        """Delete a conversation, also elsewhere; a message that is under way ends first, and leaves nothing."""
        async with self._lock(conversation):
            forget_elsewhere(conversation)
            self._store.forget(conversation)
        self._announce(conversation)

    async def _turn(self, conversation: str, typed: Typed, client_id: str | None) -> Turn:
        # A visitor who hangs up must not leave a turn half done: it goes on, and is there when they come back.
        return await asyncio.shield(asyncio.ensure_future(self._answer(conversation, typed, client_id)))

    async def _answer(self, conversation: str, typed: Typed, client_id: str | None) -> Turn:
        async with self._lock(conversation):
            try:
                received = self._store.receive(conversation, typed.shown, client_id)
                if received.text != typed.shown:
                    raise malformed('This "client_id" belongs to another message. Give each message its own.')
                if received.answered is not None:
                    return received.answered
                replies = typed.answered_by(await self._ask(conversation, typed.said))
                turn = self._store.add_replies(conversation, received.id, replies)
            except UnknownConversation:
                raise expired() from None
        self._announce(conversation)
        return turn

    async def _ask(self, conversation: str, said: str) -> list[Reply]:
        try:
            return await asyncio.wait_for(self._respond(conversation, said), self._turn_seconds)
        except TimeoutError:
            raise not_ready() from None

    def _since(self, conversation: str, after: int) -> list[Message]:
        try:
            return self._store.since(conversation, after)
        except UnknownConversation:
            raise expired() from None

    def _lock(self, conversation: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation, asyncio.Lock())

    def _announce(self, conversation: str) -> None:
        news = self._news.pop(conversation, None)
        if news is not None:
            news.set()
