"""Erasure: deletes conversations from every store that holds a part of them, at once or by age."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.conversations.store import ConversationStore
from bot.conversations.tables import conversations
from bot.database import wipe_deleted
from bot.handoff.outbox import schedule_closings
from bot.handoff.records import to_do
from bot.handoff.tables import handoffs
from bot.optouts.unanswered import Unanswered
from bot.privacy.vault import Vault, vault

_events = sa.table("events", sa.column("sender_id"), sa.column("timestamp"))  # Rasa's own


class Trackers(Protocol):
    """Rasa's tracker store, as far as erasure needs it (``bot.assistant.tracker_store``)."""

    def forget(self, conversation: str) -> None:
        """Delete a conversation."""

    def amend(self, conversation: str, said: str, pieces: dict[str, str]) -> None:
        """Replace parts of one message of the shopper."""

    def write(self, conversation: str, db: Connection) -> None:
        """Store in a transaction what Rasa has saved of a turn."""

    def evict(self) -> None:
        """Drop the trackers that are held in memory only."""


class NoTrackers:
    """Stand-in for work that does not touch conversations and must not load Rasa."""

    def forget(self, conversation: str) -> None:
        """Refuse: Rasa would still remember the conversation."""
        raise NotImplementedError(
            "These services were made without Rasa's tracker store and cannot erase."
        )

    def amend(self, conversation: str, said: str, pieces: dict[str, str]) -> None:
        """Refuse, as above."""
        self.forget(conversation)

    def write(self, conversation: str, db: Connection) -> None:
        """Store nothing: there are no turns."""

    def evict(self) -> None:
        """Drop nothing: nothing is held."""


class Erasure:
    """Erasure of conversations from the store, the vault, the trackers and the help desks."""

    def __init__(
        self, engine: Engine, store: ConversationStore, vault: Vault, trackers: Trackers
    ) -> None:
        self._engine = engine
        self._store = store
        self._vault = vault
        self._trackers = trackers
        self._unanswered = Unanswered(engine)

    def forget(self, conversation: str) -> None:
        """Delete a conversation everywhere; call it again if it failed half-way.

        Help desks are told to close its chats. Then the conversation itself goes first: a turn that
        is still running, here or in another process, finds it gone when it stores its replies, and
        then deletes its own traces. What the turn stored earlier is deleted here.
        """
        with self._engine.begin() as db:
            schedule_closings(db, conversation)
        self._store.forget(conversation)
        self._vault.forget(conversation)
        self._unanswered.clear(conversation)
        self._trackers.forget(conversation)

    def wipe(self) -> bool:
        """Overwrite deleted text on the disk; return False if others are reading the database."""
        return wipe_deleted(self._engine)

    def expire(self, older_than: timedelta) -> int:
        """Delete conversations without a message for so long, and return their number.

        A conversation stays while support agents have something to do about it.
        """
        moment = datetime.now(UTC) - older_than
        waiting = sa.exists().where(handoffs.c.conversation == conversations.c.id, to_do())
        idle = self._store.idle_since(moment, ~waiting)
        for conversation in idle:
            self.forget(conversation)
        self._drop_strays(moment)
        self._trackers.evict()
        return len(idle)

    def _drop_strays(self, before: datetime) -> None:
        """Delete the remains of conversations whose deletion was cut off."""
        # NOT EXISTS, because PostgreSQL compares each row with each for a large NOT IN.
        with self._engine.begin() as db:
            if sa.inspect(db).has_table(_events.name):
                known = sa.exists().where(conversations.c.id == _events.c.sender_id)
                db.execute(_events.delete().where(_events.c.timestamp < before.timestamp(), ~known))
            known = sa.exists().where(conversations.c.id == vault.c.conversation)
            db.execute(vault.delete().where(vault.c.secret.is_(None), ~known))
        self._unanswered.expire(before)
