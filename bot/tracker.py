"""Rasa's memory of conversations, in the project's database, with what Rasa's store lacks: forgetting, and steady cost."""

import itertools
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine

from bot.database import connect
from bot.learning import GUESSES, Missed
from bot.topics import CLARIFY, OUT_OF_SCOPE, TOPICS

KEPT_TRACKERS = 500
RECENT_EVENTS = 30  # about five turns: as far back as a follow-up may refer


@dataclass(frozen=True)
class _Kept:
    tracker: DialogueStateTracker
    last_row: int  # id of the newest row when it was saved


class ForgettingTrackerStore(SQLTrackerStore):
    """Rasa's SQL store; may also be named in endpoints.yml, with ``url`` for the database.

    Rasa reads and replays a whole conversation at every turn, so that its cost grows without end. Here a tracker holds the
    recent turns, with the slots as they are; what came before stays in the database. And a tracker that was saved is used
    again, if no other process has written to its conversation since.
    """

    def __init__(
        self, domain: Domain | None = None, host: str | None = None, event_broker: EventBroker | None = None, **kwargs: Any
    ) -> None:
        """``host`` is a SQLAlchemy URL."""
        engine = connect(str(host))
        super().__init__(domain=domain, host=host, event_broker=event_broker, **kwargs)
        self.engine.dispose()
        self.engine: Engine = engine
        self.sessionmaker = sa.orm.sessionmaker(bind=engine)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._stored: dict[str, int] = {}  # of each tracker in use, how many of its events the database has

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the tracker of a conversation with its recent turns, None if there is no such conversation."""
        # Taken out while it is in use: a turn that fails is not saved, and must not leave its events behind.
        kept = self._kept.pop(sender_id, None)
        if kept is not None and kept.last_row == self._last_row(sender_id):
            tracker: DialogueStateTracker | None = kept.tracker
        else:
            whole = await super().retrieve(sender_id)
            tracker = self._recent(whole) if whole else None
        self._stored[sender_id] = len(tracker.events) if tracker else 0
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the new events of a tracker."""
        await super().save(tracker)
        self._stored[tracker.sender_id] = len(tracker.events)
        last_row = self._last_row(tracker.sender_id)
        if last_row is not None:
            self._kept[tracker.sender_id] = _Kept(self._recent(tracker), last_row)
            while len(self._kept) > KEPT_TRACKERS:
                forgotten, _ = self._kept.popitem(last=False)
                self._stored.pop(forgotten, None)

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        stored = self._stored.get(tracker.sender_id, 0)
        return itertools.islice(tracker.events, stored, None)

    def _recent(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        events = list(tracker.events)
        if len(events) <= 2 * RECENT_EVENTS or tracker.active_loop is not None:
            return tracker
        turns = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
        start = next((index for index in turns if index >= len(events) - RECENT_EVENTS), None)
        if start is None:
            return tracker
        slots = [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value is not None]
        opening = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), *slots, ActionExecuted(ACTION_LISTEN_NAME)]
        return DialogueStateTracker.from_events(tracker.sender_id, [*opening, *events[start:]], self.domain.slots)

    def forget(self, sender_id: str) -> None:
        """Delete every event of a conversation, of all its sessions."""
        self._kept.pop(sender_id, None)
        self._stored.pop(sender_id, None)
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()

    def shed(self) -> None:
        """Let go of the trackers in memory that are not in use: the next turn reads its own again."""
        for conversation in list(self._kept):
            self._kept.pop(conversation, None)
            self._stored.pop(conversation, None)

    def amend(self, sender_id: str, said: str, pieces: dict[str, str]) -> None:
        """Replace parts of what the visitor said in one message."""
        self._kept.pop(sender_id, None)
        rows = sa.and_(self.SQLEvent.sender_id == sender_id, self.SQLEvent.type_name == UserUttered.type_name)
        with self.session_scope() as session:
            for event in session.query(self.SQLEvent).filter(rows):
                data = json.loads(event.data)
                if data.get("text") == said:
                    event.data = json.dumps(_amended(data, pieces))
            session.commit()

    def missed(self, since: float | None = None) -> Iterator[Missed]:
        """Yield what was asked back or refused, in the order it was said; ``since`` is a time in seconds."""
        rows = sa.and_(self.SQLEvent.type_name == UserUttered.type_name, self.SQLEvent.intent_name.in_((CLARIFY, OUT_OF_SCOPE)))
        with self.session_scope() as session:
            for event in session.query(self.SQLEvent).filter(rows).order_by(self.SQLEvent.id):
                if since is None or event.timestamp >= since:
                    yield _missed(json.loads(event.data))

    def _last_row(self, sender_id: str) -> int | None:
        query = sa.select(sa.func.max(self.SQLEvent.id)).where(self.SQLEvent.sender_id == sender_id)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar()


class TrackerMemory:
    """What is forgotten and amended in Rasa's tracker store, whichever it is (``bot.memory.Trackers``)."""

    def __init__(self, store: Callable[[], TrackerStore]) -> None:
        """``store`` returns the store; it may be one that is loaded later."""
        self._store = store

    def forget(self, conversation: str) -> None:
        """Delete a conversation; raises TypeError for a store that cannot forget."""
        for store in _inner(self._store()):
            if isinstance(store, ForgettingTrackerStore):
                store.forget(conversation)
            else:
                store.store.pop(conversation, None)

    def shed(self) -> None:
        """Let go of trackers that are held in memory beside the database."""
        for store in _inner(self._store()):
            if isinstance(store, ForgettingTrackerStore):
                store.shed()

    def amend(self, conversation: str, said: str, pieces: dict[str, str]) -> None:
        """Replace parts of what the visitor said in one message, wherever Rasa has noted them."""
        for store in _inner(self._store()):
            if isinstance(store, ForgettingTrackerStore):
                store.amend(conversation, said, pieces)
            elif conversation in store.store:
                dialogue = json.loads(store.store[conversation])
                store.store[conversation] = json.dumps(_amended(dialogue, pieces))


def _inner(store: TrackerStore) -> list[ForgettingTrackerStore | InMemoryTrackerStore]:
    """Return the stores behind one: Rasa wraps it, and falls back to memory when it fails."""
    stores = [getattr(store, "_tracker_store", store), getattr(store, "_fallback_tracker_store", None)]
    for inner in filter(None, stores):
        if not isinstance(inner, ForgettingTrackerStore | InMemoryTrackerStore):
            raise TypeError(f"{type(inner).__name__} cannot delete a conversation: use bot.tracker.ForgettingTrackerStore.")
    return [inner for inner in stores if inner]


def _missed(event: dict[str, Any]) -> Missed:
    parsed = event["parse_data"]
    ranking = [entry["name"] for entry in parsed.get("intent_ranking") or () if entry["name"] in TOPICS]
    return Missed(str(event.get("text") or ""), parsed["intent"]["name"], tuple(ranking[:GUESSES]))


def _amended(value: Any, pieces: dict[str, str]) -> Any:
    """Return a JSON value with the pieces replaced in each of its strings."""
    if isinstance(value, str):
        for piece, placeholder in pieces.items():
            value = value.replace(piece, placeholder)
        return value
    if isinstance(value, list):
        return [_amended(item, pieces) for item in value]
    if isinstance(value, dict):
        return {name: _amended(item, pieces) for name, item in value.items()}
    return value
