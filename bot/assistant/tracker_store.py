"""Tracker store of Rasa in the project's database.

It adds two things to Rasa's own store: deleting a conversation, and a cost per turn that does not
grow with the conversation.
"""

import itertools
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
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
from sqlalchemy.engine import Connection, Engine

from bot.database import connect
from bot.topics import CLARIFY, OUT_OF_SCOPE, TOPICS

KEPT_TRACKERS = 500  # at most so many are cached in memory
GUESSES = 3  # likely topics reported for a message that was not understood
RECENT_EVENTS = 30  # about five turns; a follow-up refers to nothing older

# Made once, because every turn executes them.
_events = SQLTrackerStore.SQLEvent.__table__
_LAST_ROW = sa.select(sa.func.max(_events.c.id)).where(_events.c.sender_id == sa.bindparam("of"))
_ADD = _events.insert()
# What is read again of the parse data of a message; rankings and examples help developers alone,
# and are shown from memory.
_KEPT = ("intent", "entities", "questions", "passage")


@dataclass(frozen=True)
class Missed:
    """A message that was not understood or not answered, with its most likely topics.

    Its text has placeholders for personal data.
    """

    text: str
    taken_for: str
    likely: tuple[str, ...] = ()


@dataclass(frozen=True)
class _CachedTracker:
    tracker: DialogueStateTracker
    last_row: int  # id of the newest event's row when the tracker was saved


class ForgettingTrackerStore(SQLTrackerStore):
    """SQL tracker store; endpoints.yml may name it too, with ``url`` for the database.

    Rasa's own store reads and replays a whole conversation at every turn, so that the cost of a
    turn grows without end. Here a tracker holds the recent turns and the present slots; older
    events stay in the database. A saved tracker is used again, unless another process has written
    to its conversation since.

    With ``deferred``, saved events wait for ``write``, which the turn calls in the transaction that
    stores its answer. So what Rasa remembers is what the shopper was told.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        deferred: bool = False,
        **kwargs: Any,
    ) -> None:
        """Open the store; ``host`` is a SQLAlchemy URL."""
        engine = connect(str(host))
        super().__init__(domain=domain, host=host, event_broker=event_broker, **kwargs)
        self.engine.dispose()
        self.engine: Engine = engine
        self.sessionmaker = sa.orm.sessionmaker(bind=engine)
        self._cache: OrderedDict[str, _CachedTracker] = OrderedDict()
        self._stored: dict[str, int] = {}  # events of a tracker in use that the database has
        self._deferred = deferred
        self._waiting: dict[str, DialogueStateTracker] = {}  # saved, and still to be written

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the tracker of a conversation with its recent turns; None if it does not exist."""
        # A turn that fails is not saved and must leave no events behind, so a tracker leaves the
        # cache while it is in use.
        self._waiting.pop(sender_id, None)
        cached = self._cache.pop(sender_id, None)
        if cached is not None and cached.last_row == self._last_row(sender_id):
            tracker: DialogueStateTracker | None = cached.tracker
        else:
            whole = await super().retrieve(sender_id)
            tracker = self._recent(whole) if whole else None
        self._stored[sender_id] = len(tracker.events) if tracker else 0
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the new events of a tracker, or keep them for ``write``."""
        self._waiting[tracker.sender_id] = tracker
        if not self._deferred:
            with self.engine.begin() as db:
                self.write(tracker.sender_id, db)

    def write(self, sender_id: str, db: Connection) -> None:
        """Store the saved events of a conversation in a transaction.

        If it fails, the cached tracker is not used again, because its last row does not exist.
        """
        tracker = self._waiting.pop(sender_id, None)
        if tracker is None:
            return
        rows = [self._row(sender_id, event) for event in self._additional_events(db, tracker)]
        if rows:
            db.execute(_ADD, rows)
        self._stored[sender_id] = len(tracker.events)
        last_row = db.execute(_LAST_ROW, {"of": sender_id}).scalar()
        if last_row is not None:
            self._cache[sender_id] = _CachedTracker(self._recent(tracker), last_row)
            while len(self._cache) > KEPT_TRACKERS:
                forgotten, _ = self._cache.popitem(last=False)
                self._stored.pop(forgotten, None)

    def _row(self, sender_id: str, event: Event) -> dict[str, Any]:
        data = event.as_dict()
        if isinstance(event, UserUttered):
            data["parse_data"] = _kept(event.parse_data)
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }

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
        slots = [
            SlotSet(name, slot.value)
            for name, slot in tracker.slots.items()
            if slot.value is not None
        ]
        opening = [
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            *slots,
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
        return DialogueStateTracker.from_events(
            tracker.sender_id, [*opening, *events[start:]], self.domain.slots
        )

    def forget(self, sender_id: str) -> None:
        """Delete every event of a conversation, in all its sessions."""
        for kept in (self._cache, self._stored, self._waiting):
            kept.pop(sender_id, None)
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()

    def evict(self) -> None:
        """Drop the cached trackers; the next turn of each conversation reads its own again."""
        for conversation in list(self._cache):
            self._cache.pop(conversation, None)
            self._stored.pop(conversation, None)

    def amend(self, sender_id: str, said: str, pieces: dict[str, str]) -> None:
        """Replace pieces of the shopper's message ``said`` in every event that holds it."""
        self._cache.pop(sender_id, None)
        rows = sa.and_(
            self.SQLEvent.sender_id == sender_id, self.SQLEvent.type_name == UserUttered.type_name
        )
        with self.session_scope() as session:
            for event in session.query(self.SQLEvent).filter(rows):
                data = json.loads(event.data)
                if data.get("text") == said:
                    event.data = json.dumps(_amended(data, pieces))
            session.commit()

    def missed(self, since: float | None = None) -> Iterator[Missed]:
        """Yield the messages that were not understood or not answered, in order.

        ``since`` is a POSIX time in seconds.
        """
        rows = sa.and_(
            self.SQLEvent.type_name == UserUttered.type_name,
            self.SQLEvent.intent_name.in_((CLARIFY, OUT_OF_SCOPE)),
        )
        with self.session_scope() as session:
            for event in session.query(self.SQLEvent).filter(rows).order_by(self.SQLEvent.id):
                if since is None or event.timestamp >= since:
                    yield _missed(json.loads(event.data))

    def _last_row(self, sender_id: str) -> int | None:
        with self.engine.connect() as connection:
            return connection.execute(_LAST_ROW, {"of": sender_id}).scalar()


class TrackerEraser:
    """Erasure in Rasa's tracker store, of either kind (``bot.application.erasure.Trackers``)."""

    def __init__(self, store: Callable[[], TrackerStore]) -> None:
        """Take a function that returns the store, which may be loaded later."""
        self._store = store

    def forget(self, conversation: str) -> None:
        """Delete a conversation; raises TypeError for a store that cannot delete one."""
        for store in _inner(self._store()):
            if isinstance(store, ForgettingTrackerStore):
                store.forget(conversation)
            else:
                store.store.pop(conversation, None)

    def write(self, conversation: str, db: Connection) -> None:
        """Store in a transaction what Rasa has saved of a turn; memory has it already."""
        for store in _inner(self._store()):
            if isinstance(store, ForgettingTrackerStore):
                store.write(conversation, db)

    def evict(self) -> None:
        """Drop the trackers that are cached in memory beside the database."""
        for store in _inner(self._store()):
            if isinstance(store, ForgettingTrackerStore):
                store.evict()

    def amend(self, conversation: str, said: str, pieces: dict[str, str]) -> None:
        """Replace pieces of the shopper's message ``said`` wherever Rasa has stored them."""
        for store in _inner(self._store()):
            if isinstance(store, ForgettingTrackerStore):
                store.amend(conversation, said, pieces)
            elif conversation in store.store:
                dialogue = json.loads(store.store[conversation])
                store.store[conversation] = json.dumps(_amended(dialogue, pieces))


def _inner(store: TrackerStore) -> list[ForgettingTrackerStore | InMemoryTrackerStore]:
    """Return the stores inside Rasa's wrapper: the configured one and its fallback in memory."""
    stores = [
        getattr(store, "_tracker_store", store),
        getattr(store, "_fallback_tracker_store", None),
    ]
    for inner in filter(None, stores):
        if not isinstance(inner, ForgettingTrackerStore | InMemoryTrackerStore):
            raise TypeError(
                f"{type(inner).__name__} cannot delete a conversation: "
                "use bot.assistant.tracker_store.ForgettingTrackerStore."
            )
    return [inner for inner in stores if inner]


def _kept(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parse data to store; of the ranking, the topics that ``missed`` reports."""
    ranking = [entry for entry in parsed.get("intent_ranking") or () if entry["name"] in TOPICS]
    kept = {name: parsed[name] for name in _KEPT if name in parsed}
    return {**kept, "intent_ranking": ranking[:GUESSES]}


def _missed(event: dict[str, Any]) -> Missed:
    parsed = event["parse_data"]
    ranking = [
        entry["name"] for entry in parsed.get("intent_ranking") or () if entry["name"] in TOPICS
    ]
    return Missed(str(event.get("text") or ""), parsed["intent"]["name"], tuple(ranking[:GUESSES]))


def _amended(value: Any, pieces: dict[str, str]) -> Any:
    """Return a JSON value with the pieces replaced in all its strings."""
    if isinstance(value, str):
        for piece, placeholder in pieces.items():
            value = value.replace(piece, placeholder)
        return value
    if isinstance(value, list):
        return [_amended(item, pieces) for item in value]
    if isinstance(value, dict):
        return {name: _amended(item, pieces) for name, item in value.items()}
    return value
