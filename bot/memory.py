"""Everything that remembers a conversation, in one object: what is forgotten is forgotten in all of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.database import connect, migrate, wipe_deleted
from bot.handoff.closings import leave
from bot.handoff.records import to_do
from bot.handoff.tables import handoffs
from bot.intake import Mended, as_said
from bot.keys import Keyring
from bot.privacy.vault import Vault, vault
from bot.settings import Settings
from bot.web.store import Arriving, ConversationStore, conversations

_events = sa.table("events", sa.column("sender_id"), sa.column("timestamp"))  # Rasa's own


class Trackers(Protocol):
    """Rasa's memory, as far as it is needed here (``bot.tracker``)."""

    def forget(self, conversation: str) -> None:
        """Delete a conversation."""

    def amend(self, conversation: str, said: str, pieces: dict[str, str]) -> None:
        """Replace parts of what the visitor said in one message."""

    def shed(self) -> None:
        """Let go of what is only held in memory."""


class Memory:
    """The conversation store, the vault and the trackers."""

    def __init__(self, engine: Engine, keyring: Keyring, vault_idle: timedelta, trackers: Trackers) -> None:
        """``vault_idle`` is how long typed values stay when a conversation does not go on."""
        self._engine = engine
        self._keyring = keyring
        self.store = ConversationStore(engine)
        self.vault = Vault(engine, keyring, vault_idle)
        self._trackers = trackers

    @classmethod
    def of(cls, settings: Settings, trackers: Trackers) -> Self:
        """Return the memory in the database of the settings, whose tables are brought up to date first."""
        migrate(settings.database)
        keyring = Keyring(settings.data_keys, "vault")
        return cls(connect(settings.database), keyring, timedelta(minutes=settings.vault_minutes), trackers)

    def receive(self, conversation: str, arriving: Arriving, mended: Sequence[Mended]) -> int:
        """Store what the visitor said and return its id; what turned out to be a part of personal data is taken out of earlier
        messages.

        Out of the trackers first: after a failure the store still has it, and the message sent again completes the work.
        """
        for earlier in mended:
            self._trackers.amend(conversation, as_said(earlier.before), earlier.pieces)
        return self.store.receive(conversation, arriving, mended)

    def forget(self, conversation: str) -> None:
        """Delete a conversation everywhere; may be repeated, so that one that failed half-way can be completed.

        Desks of others are told to close its chats. Then the conversation itself goes first: from then on a turn that is under
        way, here or in another process, finds that it is gone when it wants to store its end, and deletes what it has left.
        What it stored before is deleted here.
        """
        with self._engine.begin() as db:
            leave(db, conversation)
        self.store.forget(conversation)
        self.vault.forget(conversation)
        self._trackers.forget(conversation)

    def wipe(self) -> bool:
        """Overwrite on the disk what was deleted; return False if others read the database just now."""
        return wipe_deleted(self._engine)

    def mark(self, text: str) -> str:
        """Return by what a text is known again; it does not show the text."""
        return self._keyring.mark(text)

    def expire_conversations(self, older_than: timedelta) -> int:
        """Delete the conversations in which nobody has said anything for so long; return how many."""
        moment = datetime.now(UTC) - older_than
        waiting = sa.exists().where(handoffs.c.conversation == conversations.c.id, to_do())
        idle = self.store.idle_since(moment, ~waiting)
        for conversation in idle:
            self.forget(conversation)
        self._drop_strays(moment)
        self._trackers.shed()
        return len(idle)

    def _drop_strays(self, before: datetime) -> None:
        """Delete what is left of conversations that are not there, such as one whose deletion was cut off."""
        # NOT EXISTS, because PostgreSQL compares each row with each for a NOT IN that does not fit its memory.
        with self._engine.begin() as db:
            if sa.inspect(db).has_table(_events.name):
                known = sa.exists().where(conversations.c.id == _events.c.sender_id)
                db.execute(_events.delete().where(_events.c.timestamp < before.timestamp(), ~known))
            known = sa.exists().where(conversations.c.id == vault.c.conversation)
            db.execute(vault.delete().where(vault.c.secret.is_(None), ~known))
