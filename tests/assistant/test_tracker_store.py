"""Tests of the tracker store in the project's database."""

from pathlib import Path

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.tracker_store import RECENT_EVENTS, ForgettingTrackerStore, TrackerEraser

DOMAIN = Domain.from_yaml(
    "version: '3.1'\nslots:\n  colour:\n    type: text\n    mappings:\n    - type: custom\n"
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """URL of a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'deep' / 'trackers.db'}"


@pytest.fixture
def store(url: str) -> ForgettingTrackerStore:
    """Empty tracker store."""
    return ForgettingTrackerStore(DOMAIN, url)


async def turn(store: TrackerStore, text: str, *more: object) -> DialogueStateTracker:
    """Add one turn to the conversation `c`."""
    tracker = await store.get_or_create_tracker("c")
    tracker.update_with_events(
        [
            UserUttered(text),
            ActionExecuted("utter_x"),
            BotUttered("x"),
            *more,
            ActionExecuted("action_listen"),
        ],
        DOMAIN,
    )
    await store.save(tracker)
    return tracker


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    """Return the texts of the shopper's messages."""
    assert tracker is not None
    return [str(event.text) for event in tracker.events if isinstance(event, UserUttered)]


async def test_a_conversation_survives_the_process(store: ForgettingTrackerStore, url: str) -> None:
    """A tracker saved by one store is read by another one."""
    await turn(store, "one")
    await turn(store, "two")
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("c")) == ["one", "two"]


async def test_a_tracker_in_use_stays_short(store: ForgettingTrackerStore, url: str) -> None:
    """The tracker of a long conversation holds recent turns and slots; the database holds all."""
    await turn(store, "first", SlotSet("colour", "blue"))
    for number in range(60):
        await turn(store, f"turn {number}")
    tracker = await store.retrieve("c")
    assert tracker is not None
    assert len(tracker.events) <= 2 * RECENT_EVENTS + 10
    assert texts(tracker)[-1] == "turn 59"
    assert tracker.get_slot("colour") == "blue"
    whole = await ForgettingTrackerStore(DOMAIN, url).retrieve_full_tracker("c")
    assert texts(whole) == ["first", *(f"turn {number}" for number in range(60))]


async def test_a_failed_turn_leaves_nothing_behind(store: ForgettingTrackerStore) -> None:
    """Events that were not saved are not in the tracker of the next turn."""
    await turn(store, "one")
    tracker = await store.retrieve("c")
    assert tracker is not None
    tracker.update_with_events([UserUttered("lost")], DOMAIN)  # and then the turn fails
    assert texts(await store.retrieve("c")) == ["one"]


async def test_saving_twice_stores_once(store: ForgettingTrackerStore, url: str) -> None:
    """A tracker that is saved again without new events adds no rows."""
    tracker = await turn(store, "one")
    await store.save(tracker)
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("c")) == ["one"]


async def test_another_process_is_noticed(store: ForgettingTrackerStore, url: str) -> None:
    """A cached tracker is not used after another process has written to the conversation."""
    await turn(store, "one")
    await turn(ForgettingTrackerStore(DOMAIN, url), "two")
    assert texts(await store.retrieve("c")) == ["one", "two"]
    await turn(store, "three")
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("c")) == ["one", "two", "three"]


async def test_a_deferred_store_writes_in_the_transaction_of_the_turn(url: str) -> None:
    """What a deferred store has saved is stored by the transaction of its turn, or forgotten."""
    store = ForgettingTrackerStore(DOMAIN, url, deferred=True)
    await turn(store, "lost")
    with pytest.raises(RuntimeError), store.engine.begin() as db:
        store.write("c", db)
        raise RuntimeError
    await turn(store, "kept")
    with store.engine.begin() as db:
        store.write("c", db)
    assert texts(await store.retrieve("c")) == ["kept"]
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("c")) == ["kept"]


async def test_forgetting_removes_every_event(store: ForgettingTrackerStore, url: str) -> None:
    """A deleted conversation is gone from the cache and the database, and others stay."""
    await turn(store, "secret")
    other = DialogueStateTracker.from_events(
        "other", [UserUttered("kept")], [TextSlot("colour", [])]
    )
    await store.save(other)
    TrackerEraser(lambda: store).forget("c")
    assert await store.retrieve("c") is None
    assert await ForgettingTrackerStore(DOMAIN, url).retrieve_full_tracker("c") is None
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("other")) == ["kept"]


@pytest.mark.parametrize("kind", [ForgettingTrackerStore, InMemoryTrackerStore])
async def test_a_message_is_amended_in_all_its_fields(kind: type[TrackerStore], url: str) -> None:
    """A piece that turned out to be personal is replaced in the text and in its parse data."""
    store = kind(DOMAIN, url) if kind is ForgettingTrackerStore else kind(DOMAIN)
    tracker = await store.get_or_create_tracker("c")
    parsed = {
        "intent": {"name": "x"},
        "text": "card 4111 1111",
        "questions": [{"text": "card 4111 1111"}],
    }
    tracker.update_with_events([UserUttered("card 4111 1111", parse_data=parsed)], DOMAIN)
    await store.save(tracker)
    TrackerEraser(lambda: store).amend("c", "card 4111 1111", {"4111 1111": "[card-1]"})
    again = await store.retrieve("c")
    assert texts(again) == ["card [card-1]"]
    assert again is not None
    assert "4111" not in str(again.latest_message.as_dict())  # type: ignore[union-attr]


async def test_rasas_store_in_memory_forgets_too() -> None:
    """Rasa's in-memory store, which the shell uses, deletes a conversation too."""
    store = InMemoryTrackerStore(DOMAIN)
    await turn(store, "secret")
    TrackerEraser(lambda: store).forget("c")
    assert await store.retrieve("c") is None


def test_a_store_that_cannot_forget_is_refused() -> None:
    """A store that cannot delete raises TypeError with the name of one that can."""
    with pytest.raises(TypeError, match="ForgettingTrackerStore"):
        TrackerEraser(lambda: TrackerStore(DOMAIN)).forget("c")


async def test_missed_messages_are_reported(store: ForgettingTrackerStore) -> None:
    """Only messages that were unclear or out of scope are reported, from a given time on."""
    for number, name in enumerate(("selling", "out_of_scope", "nlu_fallback")):
        tracker = await store.get_or_create_tracker("c")
        ranking = [{"name": "cookies", "confidence": 0.3}, {"name": "affirm", "confidence": 0.2}]
        parsed = {"intent": {"name": name, "confidence": 0.3}, "intent_ranking": ranking}
        said = UserUttered(f"about {name}", parsed["intent"], [], parsed, timestamp=1000.0 + number)
        tracker.update_with_events(
            [said, ActionExecuted("action_listen")], DOMAIN, override_timestamp=False
        )
        await store.save(tracker)
    out_of_scope, unclear = store.missed()
    assert (out_of_scope.text, unclear.text) == ("about out_of_scope", "about nlu_fallback")
    assert (unclear.taken_for, unclear.likely) == ("nlu_fallback", ("cookies",))
    assert [missed.text for missed in store.missed(since=1001.5)] == ["about nlu_fallback"]
