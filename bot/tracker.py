"""Rasa's memory of conversations, in the project's database, with what Rasa's own store lacks: forgetting."""

from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain

from bot.database import connect, prepare_sqlite


class ForgettingTrackerStore(SQLTrackerStore):
    """Rasa's SQL store; may also be named in endpoints.yml, with ``url`` for the database."""

    def __init__(
        self, domain: Domain | None = None, host: str | None = None, event_broker: EventBroker | None = None, **kwargs: Any
    ) -> None:
        """``host`` is a SQLAlchemy URL."""
        connect(str(host)).dispose()  # makes the folder of a SQLite file
        super().__init__(domain=domain, host=host, event_broker=event_broker, **kwargs)
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()
            sa.event.listen(self.engine, "connect", prepare_sqlite)

    def forget(self, sender_id: str) -> None:
        """Delete every event of a conversation, of all its sessions."""
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()


def forget(store: TrackerStore, sender_id: str) -> None:
    """Delete a conversation from a tracker store; raises TypeError for a store that cannot forget."""
    inner = getattr(store, "_tracker_store", store)  # Rasa wraps the store to survive its failures
    if isinstance(inner, ForgettingTrackerStore):
        inner.forget(sender_id)
    elif isinstance(inner, InMemoryTrackerStore):
        inner.store.pop(sender_id, None)
    else:
        raise TypeError(f"{type(inner).__name__} cannot delete a conversation: use bot.tracker.ForgettingTrackerStore.")
