"""Record of turns: what a turn says, and what it does, become true in one transaction.

An opt-out alone is recorded before, by an action that may run in another process. Until the answer
is stored, a note of the ledger shows it (``bot.optouts.unanswered``), and the answer must tell it.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.engine import Connection, Engine

from bot.application.erasure import Trackers
from bot.conversations.intake import CleanText
from bot.conversations.model import Message, Reply, Turn, forgets, outcome, topics
from bot.conversations.store import ConversationStore, StoredMessage
from bot.database import shared_transaction
from bot.handoff.service import HandoffService
from bot.optouts.service import OptOutService
from bot.optouts.wording import Wording
from bot.privacy.vault import Vault

Replies = list[Reply]


class TurnRecord:
    """Record of the turns of all conversations."""

    def __init__(
        self,
        store: ConversationStore,
        handoffs: HandoffService,
        optouts: OptOutService,
        trackers: Trackers,
        engine: Engine,
        durable: Engine,
    ) -> None:
        """Write with ``engine``; what a handoff needs survives a loss of power by ``durable``."""
        self._store = store
        self._handoffs = handoffs
        self._optouts = optouts
        self._trackers = trackers
        self._engine = engine
        self._durable = durable

    def begin(self, conversation: str, greeting: Sequence[Reply]) -> Turn:
        """Store a new conversation with its greeting; return the turn."""
        with shared_transaction(self._engine, self._durable) as db:
            self._store.start(conversation)
            self._trackers.write(conversation, db)
            return self._store.add_replies(conversation, None, greeting)

    def receive(
        self, conversation: str, store: Callable[[], int], said: CleanText
    ) -> tuple[int, Turn | None]:
        """Store a message of the shopper, and the turn if the handoffs answer it.

        ``store`` stores the message, if it is not stored yet, and returns its id. The turn is None
        if the assistant is to answer.
        """
        with shared_transaction(self._engine, self._durable):
            message = store()
            replies = [] if said.says_nothing_else else self._handoffs.answer(conversation, said)
            if replies is None:
                return message, None
            return message, self._store.add_replies(
                conversation, message, said.answered_by(replies)
            )

    def finish(
        self, conversation: str, message: int, said: CleanText, answers: Replies
    ) -> tuple[Replies, Turn | None]:
        """Complete the answers of the assistant and store the turn; return both.

        The turn is None if the replies end the conversation, which is to be deleted then.
        """
        with shared_transaction(self._engine, self._durable) as db:
            acts = self._optouts.unanswered.references(conversation)
            answers = [*answers, *self._untold(acts, answers)]
            replies = said.answered_by(self._handoffs.complete(conversation, said, answers))
            if forgets(replies):
                return replies, None
            turn = self._store.add_replies(conversation, message, replies)
            self._trackers.write(conversation, db)
            if acts:
                self._optouts.unanswered.clear(conversation)
            return replies, turn

    def reading(self) -> AbstractContextManager[Connection]:
        """Open a transaction that every reading inside joins."""
        return shared_transaction(self._engine, self._durable)

    def opening(
        self, conversation: str, client_id: str | None
    ) -> tuple[StoredMessage | None, StoredMessage | None]:
        """Return what a turn begins with: its message, if that was stored before, and another.

        The other is the message whose turn broke off after an opt-out or an undoing. Raises
        UnknownConversation.
        """
        with self.reading():
            repeated = self._store.received(conversation, client_id) if client_id else None
            if client_id is None:
                self._store.state(conversation)  # nothing is taken in after its end
            broken = self._optouts.unanswered.references(conversation)
            return repeated, self._store.last_unanswered(conversation) if broken else None

    def _untold(self, references: Sequence[str], answers: Sequence[Reply]) -> Replies:
        """Return a reply for each act of this turn that the answers do not tell.

        It is so if a turn is answered again, and the answer has become another one meanwhile.
        """
        said = " ".join(answer.text for answer in answers)
        return [self._told(reference) for reference in references if reference not in said]

    def _told(self, reference: str) -> Reply:
        receipt = self._optouts.ledger.receipt(reference)
        wording = Wording(receipt.action)
        text = (
            f"This is on record: {wording.describe(receipt.kinds)}. The reference is {reference}. "
            f"{wording.state_sentence(receipt)}"
        )
        return Reply(text, topic=str(receipt.action), outcome="done")


def last_words(message: int, replies: Sequence[Reply]) -> Turn:
    """Return a turn that is not stored, because it ends its conversation."""
    now = datetime.now(UTC)
    said = tuple(
        Message(number, "bot", reply.text, now, reply.topic, reply.clauses, recorded=reply.recorded)
        for number, reply in enumerate(replies, start=message + 1)
    )
    return Turn(said, topics(replies), outcome(replies), "closed")


def revealed(vault: Vault, conversation: str, said: Sequence[Message]) -> list[Message]:
    """Return messages with the shopper's own data in place of its placeholders."""
    hidden = [
        text
        for message in said
        for text in (message.text, *(choice.title for choice in message.choices))
    ]
    shown = iter(vault.reveal_all(conversation, hidden))
    return [
        replace(
            message,
            text=next(shown),
            choices=tuple(replace(choice, title=next(shown)) for choice in message.choices),
        )
        for message in said
    ]
