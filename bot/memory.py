"""Everything that remembers a conversation, in one object: what is forgotten is forgotten in all of it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.database import connect, migrate, wipe_deleted
from bot.intake import Mended, as_said
from bot.keys import Keyring
from bot.privacy.vault import Vault
from bot.settings import Settings
from bot.web.store import ConversationStore, conversations

_events = sa.table("events", sa.column("sender_id"), sa.column("timestamp"))  # Rasa's own


class Trackers(Protocol):
    """Rasa's memory, as far as it is needed here (``bot.tracker``)."""

    def forget(self, conversation: str) -> None:
        """Delete a conversation."""

    def amend(self, conversation: str, said: str, pieces: dict[str, str]) -> None:
        """Replace parts of what the visitor said in one message."""


class StillOnDisk(RuntimeError):
    """What was deleted is gone from the tables, but readers kept the database from wiping its log: try again."""


class Memory:
    """The conversation store, the vault and the trackers."""

    def __init__(self, engine: Engine, store: ConversationStore, vault: Vault, trackers: Trackers) -> None:
        self._engine = engine
        self.store = store
        self.vault = vault
        self._trackers = trackers

    @classmethod
    def of(cls, settings: Settings, trackers: Trackers) -> Self:
        """Return the memory in the database of the settings, whose tables are brought up to date first."""
        migrate(settings.database)
        engine = connect(settings.database)
        vault = Vault(engine, Keyring(settings.data_keys, "vault"), timedelta(minutes=settings.vault_minutes))
        return cls(engine, ConversationStore(engine), vault, trackers)

    def forget(self, conversation: str) -> None:
        """Delete a conversation everywhere; may be repeated, so that one that failed half-way can be completed."""
        self._trackers.forget(conversation)
        self.vault.forget(conversation)
        self.store.forget(conversation)

    def wipe(self) -> None:
        """Overwrite on the disk what was deleted; raises StillOnDisk if others read for too long."""
        if not wipe_deleted(self._engine):
            raise StillOnDisk("The database is being read. Try again.")

    def amend(self, conversation: str, mended: Mended) -> None:
        """Take out of an earlier message what turned out to be a part of personal data."""
        self.store.rewrite(conversation, mended.id, mended.after)
        self._trackers.amend(conversation, as_said(mended.before), mended.pieces)

    def expire_conversations(self, older_than: timedelta) -> int:
        """Delete the conversations in which nobody has said anything for so long; return how many."""
        moment = datetime.now(UTC) - older_than
        idle = self.store.idle_since(moment)
        for conversation in idle:
            self.forget(conversation)
        self._drop_stray_events(moment)
        return len(idle)

    def _drop_stray_events(self, before: datetime) -> None:
        """Delete what Rasa remembers of conversations that the channel does not know, such as one that never began."""
        if not sa.inspect(self._engine).has_table("events"):
            return
        stray = _events.c.sender_id.not_in(sa.select(conversations.c.id))
        with self._engine.begin() as db:
            db.execute(_events.delete().where(stray, _events.c.timestamp < before.timestamp()))
