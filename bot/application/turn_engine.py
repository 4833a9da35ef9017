"""Turn engine: the one way to answer a message, from the widget, the shell, ``ask`` or a test.

In a turn the text is taken in (``conversations.intake``: cleaned and masked) and stored. Then the
handoffs may answer it, else the assistant does, and the replies are stored (``turn_record``). A
turn that breaks off is answered when its message comes again; if something was recorded in it,
then before any other message.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import structlog

from bot import metrics
from bot.application.erasure import Erasure, Trackers
from bot.application.errors import ClientIdReused, ConversationOver, NotReady, UnknownChoice
from bot.application.news import News
from bot.application.turn_record import TurnRecord, last_words, revealed
from bot.application.turn_threads import TurnThreads
from bot.conversations.intake import (
    CHILD_REPLY,
    ChildDetected,
    CleanText,
    Intake,
    as_rasa_text,
    clean,
    from_stored,
)
from bot.conversations.model import Message, Reply, Turn
from bot.conversations.question_counts import QuestionCounts
from bot.conversations.store import (
    ConversationStore,
    NewMessage,
    StoredMessage,
    UnknownConversation,
    new_conversation_id,
)
from bot.handoff.model import HUMAN
from bot.handoff.service import HandoffService
from bot.keys import Keyring
from bot.privacy.split_values import MESSAGES
from bot.privacy.vault import Vault

log = structlog.get_logger()

# A function that asks the assistant: conversation and text in, replies out.
Respond = Callable[[str, str], Awaitable[list[Reply]]]

GREETING = "/greeting"
_LOOK_SECONDS = 1  # how often to look for what an agent says


@dataclass(frozen=True)
class Incoming:
    """A message from outside: a text as it was typed, or a choice."""

    content: str  # the whole message in one string, by which a repetition is known
    client_id: str | None = None  # the client's own name for it
    text: str = ""
    choice: CleanText | None = None
    choice_id: str | None = None


class TurnEngine:
    """Engine of the turns of all conversations, one at a time in each conversation."""

    def __init__(
        self,
        *,
        store: ConversationStore,
        vault: Vault,
        trackers: Trackers,
        erasure: Erasure,
        handoffs: HandoffService,
        record: TurnRecord,
        questions: QuestionCounts,
        keyring: Keyring,
        respond: Respond,
        turn_seconds: float,
    ) -> None:
        """``keyring`` makes the digests of repetitions; ``turn_seconds`` limits an answer."""
        self._store = store
        self._vault = vault
        self._trackers = trackers
        self._erasure = erasure
        self._handoffs = handoffs
        self._record = record
        self._questions = questions
        self._keyring = keyring
        self._respond = respond
        self._turn_seconds = turn_seconds
        self._intake = Intake(vault)
        self._threads = TurnThreads()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._news = News()

    async def start(self) -> tuple[str, Turn]:
        """Start a conversation; return its id, and the turn with the greeting."""
        conversation = new_conversation_id()

        async def begin() -> Turn:
            """Store the greeting."""
            return self._record.begin(conversation, await self._ask(conversation, GREETING))

        turn = await self._threads.run(begin)
        metrics.conversations.inc()
        log.info("conversation started")
        return conversation, turn

    def state(self, conversation: str) -> str:
        """Return the state of a conversation: bot, waiting_for_agent, with_agent or closed.

        Raises ConversationOver.
        """
        try:
            return self._store.state(conversation)
        except UnknownConversation:
            raise ConversationOver from None

    async def say(self, conversation: str, text: str, client_id: str | None = None) -> Turn:
        """Answer a typed text, which is never taken for a command.

        The same ``client_id`` with the same text returns the same turn. Raises ConversationOver,
        ClientIdReused and NotReady.
        """
        return await self._turn(conversation, Incoming(f"text:{clean(text)}", client_id, text=text))

    async def choose(self, conversation: str, choice: str, client_id: str | None = None) -> Turn:
        """Answer a choice by its id.

        Raises UnknownChoice if it was not offered in this conversation, and the errors of ``say``.
        """
        chosen = self._offered(conversation, clean(choice))
        if chosen is None:
            self.state(conversation)
            raise UnknownChoice
        return await self._turn(
            conversation,
            Incoming(f"choice:{choice}", client_id, choice=chosen, choice_id=clean(choice)),
        )

    async def since(self, conversation: str, after: int, wait: float) -> list[Message]:
        """Return the messages after an id; if there are none, wait so many seconds for one."""
        end = time.monotonic() + wait
        while not (found := self.messages(conversation, after)):
            left = end - time.monotonic()
            if left <= 0 or self._news.closed:
                break
            # An agent may answer through another process, whose news do not come here.
            human = self.state(conversation) in HUMAN
            await self._news.wait(conversation, min(left, _LOOK_SECONDS) if human else left)
        return found

    def messages(self, conversation: str, after: int = 0) -> list[Message]:
        """Return the messages with a larger id, with personal data in place of placeholders.

        Raises ConversationOver.
        """
        try:
            return revealed(self._vault, conversation, self._store.since(conversation, after))
        except UnknownConversation:
            raise ConversationOver from None

    def is_typing(self, conversation: str) -> bool:
        """Return whether an agent is typing to the shopper."""
        return self._handoffs.is_typing(conversation)

    def announce(self, conversation: str) -> None:
        """Wake the calls that wait for news of a conversation."""
        self._news.announce(conversation)

    def stop_waiting(self) -> None:
        """Let the calls that wait for messages return: the server stops."""
        self._news.close()

    async def forget(self, conversation: str) -> None:
        """Delete a conversation everywhere, at once; a turn that is still running leaves nothing.

        Raises NotReady if the deleted text could not be overwritten on the disk yet: call it again.
        """
        await asyncio.shield(asyncio.ensure_future(self._forget(conversation)))

    async def _forget(self, conversation: str) -> None:
        self._erasure.forget(conversation)
        async with self._lock(conversation):
            self._erase(conversation, "visitor")
        self.announce(conversation)
        if not await self._wipe():
            raise NotReady

    async def _turn(self, conversation: str, incoming: Incoming) -> Turn:
        # A turn goes on when its caller hangs up, and is there when the shopper comes back.
        return await asyncio.shield(asyncio.ensure_future(self._locked(conversation, incoming)))

    async def _locked(self, conversation: str, incoming: Incoming) -> Turn:
        async with self._lock(conversation):
            turn, is_new = await self._threads.run(lambda: self._in_thread(conversation, incoming))
        if is_new:
            self.announce(conversation)
        return turn

    async def _in_thread(self, conversation: str, incoming: Incoming) -> tuple[Turn, bool]:
        """Answer a message; return the turn, and whether it is a new one."""
        client_id = self._keyring.digest(incoming.client_id) if incoming.client_id else None
        earlier: tuple[Message, ...] = ()
        try:
            repeated, unfinished = self._record.opening(conversation, client_id)
            if repeated and repeated.fingerprint != self._keyring.digest(incoming.content):
                raise ClientIdReused
            if repeated and repeated.answered:
                answered = replace(repeated.answered, received=repeated.id)
                return self._shown(conversation, answered), False
            earlier = await self._finish_earlier(conversation, repeated, unfinished)
            turn = await self._answer(conversation, incoming, client_id, repeated)
        except ChildDetected:
            turn = self._stop(conversation)
        except UnknownConversation:
            self._erasure.forget(conversation)  # also traces that came after its deletion
            raise ConversationOver from None
        if turn.state == "closed":
            self._erasure.wipe()  # if it cannot be done now, retention will
        return replace(turn, messages=(*earlier, *turn.messages)), True

    async def _finish_earlier(
        self,
        conversation: str,
        repeated: StoredMessage | None,
        unfinished: StoredMessage | None,
    ) -> tuple[Message, ...]:
        """Answer the message of a turn that broke off, before another one; return the answer."""
        if unfinished is None or (repeated and repeated.id == unfinished.id):
            return ()
        chosen = self._offered(conversation, unfinished.choice) if unfinished.choice else None
        turn = await self._answer(conversation, Incoming("", choice=chosen), None, unfinished)
        return turn.messages

    async def _answer(
        self,
        conversation: str,
        incoming: Incoming,
        client_id: str | None,
        repeated: StoredMessage | None,
    ) -> Turn:
        started = time.perf_counter()
        self._vault.touch(conversation)
        if repeated:
            said = incoming.choice or from_stored(repeated.text)
        else:
            said = incoming.choice or self._taken_in(conversation, incoming.text)
            self._amend(conversation, said)
        message, stored = self._record.receive(
            conversation,
            lambda: (
                repeated.id if repeated else self._stored(conversation, incoming, client_id, said)
            ),
            said,
        )
        if said.redactions:
            self._erasure.wipe()
        if stored is None:
            answers = await self._ask(conversation, said.said)
            replies, stored = self._record.finish(conversation, message, said, answers)
        if stored is None:
            turn = last_words(message, replies)
            self._erase(conversation, "visitor")
        else:
            turn = self._shown(conversation, stored)
        for kind in said.types:
            metrics.masked.labels(kind).inc()
        seconds = time.perf_counter() - started
        metrics.answered(turn.outcome, turn.topics, seconds)
        self._questions.add(turn.outcome, turn.topics)
        log.info(
            "turn",
            outcome=turn.outcome,
            topics=turn.topics,
            masked=said.types,
            ms=round(seconds * 1000, 1),
        )
        return replace(turn, received=message)

    def _taken_in(self, conversation: str, text: str) -> CleanText:
        """Return a text with its personal data masked."""
        with self._record.reading():
            return self._intake.take(
                conversation,
                text,
                lambda: self._store.recent(conversation, MESSAGES),
                self._store.asked(conversation),
            )

    def _amend(self, conversation: str, said: CleanText) -> None:
        """Take personal data that a message completes out of the trackers.

        It is done before the message is stored: after a failure the store still has the earlier
        ones as they were, and the message sent again completes the work.
        """
        for redaction in said.redactions:
            self._trackers.amend(conversation, as_rasa_text(redaction.before), redaction.pieces)

    def _stored(
        self, conversation: str, incoming: Incoming, client_id: str | None, said: CleanText
    ) -> int:
        """Store the message of the shopper and return its id."""
        fingerprint = self._keyring.digest(incoming.content) if client_id else None
        arriving = NewMessage(said.shown, client_id, fingerprint, incoming.choice_id)
        return self._store.receive(conversation, arriving, said.redactions)

    def _offered(self, conversation: str, choice: str) -> CleanText | None:
        """Return a choice that was offered, as it is said; None if there is no such choice."""
        offer = self._store.offer(conversation, choice)
        return CleanText(offer.title, offer.payload) if offer else None

    async def _ask(self, conversation: str, said: str) -> list[Reply]:
        try:
            return await asyncio.wait_for(self._respond(conversation, said), self._turn_seconds)
        except TimeoutError:
            raise NotReady from None

    def _stop(self, conversation: str) -> Turn:
        """End a conversation with a child: only a count of it stays."""
        turn = last_words(self._store.last_id(conversation) + 1, [CHILD_REPLY])
        self._erase(conversation, "child")
        metrics.children.inc()
        metrics.answered(turn.outcome, (), 0)
        self._questions.add(turn.outcome, ())
        return turn

    def _erase(self, conversation: str, by: str) -> None:
        self._erasure.forget(conversation)
        metrics.forgotten.labels(by).inc()
        log.info("conversation forgotten", by=by)

    async def _wipe(self) -> bool:
        return await asyncio.to_thread(self._erasure.wipe)

    def _shown(self, conversation: str, turn: Turn) -> Turn:
        return replace(turn, messages=tuple(revealed(self._vault, conversation, turn.messages)))

    def _lock(self, conversation: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation, asyncio.Lock())
