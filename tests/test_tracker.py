"""Tests of Rasa's memory in the project's database."""

from pathlib import Path

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker import RECENT_EVENTS, ForgettingTrackerStore, TrackerMemory

DOMAIN = Domain.from_yaml("version: '3.1'\nslots:\n  colour:\n    type: text\n    mappings:\n    - type: custom\n")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'deep' / 'trackers.db'}"


@pytest.fixture
def store(url: str) -> ForgettingTrackerStore:
    """An empty store."""
    return ForgettingTrackerStore(DOMAIN, url)


async def turn(store: TrackerStore, text: str, *more: object) -> DialogueStateTracker:
    """Add one turn to the conversation `c`."""
    tracker = await store.get_or_create_tracker("c")
    tracker.update_with_events(
        [UserUttered(text), ActionExecuted("utter_x"), BotUttered("x"), *more, ActionExecuted("action_listen")], DOMAIN
    )
    await store.save(tracker)
    return tracker


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    """Return what the visitor said."""
    assert tracker is not None
    return [str(event.text) for event in tracker.events if isinstance(event, UserUttered)]


async def test_a_conversation_survives_the_process(store: ForgettingTrackerStore, url: str) -> None:
    """What one store saved another one reads."""
    await turn(store, "one")
    await turn(store, "two")
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("c")) == ["one", "two"]


async def test_a_tracker_in_use_stays_short(store: ForgettingTrackerStore, url: str) -> None:
    """However long the conversation, the tracker holds its recent turns and the slots; the database holds it all."""
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
    """Events that were not saved are not in the next turn's tracker."""
    await turn(store, "one")
    tracker = await store.retrieve("c")
    assert tracker is not None
    tracker.update_with_events([UserUttered("lost")], DOMAIN)  # and then the turn fails
    assert texts(await store.retrieve("c")) == ["one"]


async def test_saving_twice_stores_once(store: ForgettingTrackerStore, url: str) -> None:
    """A tracker that is saved again without new events adds none."""
    tracker = await turn(store, "one")
    await store.save(tracker)
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("c")) == ["one"]


async def test_another_process_is_noticed(store: ForgettingTrackerStore, url: str) -> None:
    """A tracker in memory is not used if another process has written to the conversation."""
    await turn(store, "one")
    await turn(ForgettingTrackerStore(DOMAIN, url), "two")
    assert texts(await store.retrieve("c")) == ["one", "two"]
    await turn(store, "three")
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("c")) == ["one", "two", "three"]


async def test_forgetting_removes_every_event(store: ForgettingTrackerStore, url: str) -> None:
    """A forgotten conversation is gone from memory and database; others stay."""
    await turn(store, "secret")
    other = DialogueStateTracker.from_events("other", [UserUttered("kept")], [TextSlot("colour", [])])
    await store.save(other)
    TrackerMemory(lambda: store).forget("c")
    assert await store.retrieve("c") is None
    assert await ForgettingTrackerStore(DOMAIN, url).retrieve_full_tracker("c") is None
    assert texts(await ForgettingTrackerStore(DOMAIN, url).retrieve("other")) == ["kept"]


@pytest.mark.parametrize("kind", [ForgettingTrackerStore, InMemoryTrackerStore])
async def test_a_message_is_amended_wherever_rasa_noted_it(kind: type[TrackerStore], url: str) -> None:
    """A piece that turned out to be personal is replaced in the text and all that was read out of it."""
    store = kind(DOMAIN, url) if kind is ForgettingTrackerStore else kind(DOMAIN)
    tracker = await store.get_or_create_tracker("c")
    parsed = {"intent": {"name": "x"}, "text": "card 4111 1111", "questions": [{"text": "card 4111 1111"}]}
    tracker.update_with_events([UserUttered("card 4111 1111", parse_data=parsed)], DOMAIN)
    await store.save(tracker)
    TrackerMemory(lambda: store).amend("c", "card 4111 1111", {"4111 1111": "[card-1]"})
    again = await store.retrieve("c")
    assert texts(again) == ["card [card-1]"]
    assert again is not None
    assert "4111" not in str(again.latest_message.as_dict())  # type: ignore[union-attr]


async def test_rasas_store_in_memory_forgets_too() -> None:
    """The store of the shell forgets as well."""
    store = InMemoryTrackerStore(DOMAIN)
    await turn(store, "secret")
    TrackerMemory(lambda: store).forget("c")
    assert await store.retrieve("c") is None


def test_a_store_that_cannot_forget_is_refused() -> None:
    """Promising to forget with a store that cannot is an error that names the remedy."""
    with pytest.raises(TypeError, match="ForgettingTrackerStore"):
        TrackerMemory(lambda: TrackerStore(DOMAIN)).forget("c")


async def test_what_was_not_understood_is_told(store: ForgettingTrackerStore) -> None:
    """What was asked back or refused can be learnt from, from a moment on; what was answered is not told."""
    for number, name in enumerate(("selling", "out_of_scope", "nlu_fallback")):
        tracker = await store.get_or_create_tracker("c")
        ranking = [{"name": "cookies", "confidence": 0.3}, {"name": "affirm", "confidence": 0.2}]
        parsed = {"intent": {"name": name, "confidence": 0.3}, "intent_ranking": ranking}
        said = UserUttered(f"about {name}", parsed["intent"], [], parsed, timestamp=1000.0 + number)
        tracker.update_with_events([said, ActionExecuted("action_listen")], DOMAIN, override_timestamp=False)
        await store.save(tracker)
    out_of_scope, unclear = store.missed()
    assert (out_of_scope.text, unclear.text) == ("about out_of_scope", "about nlu_fallback")
    assert (unclear.taken_for, unclear.likely) == ("nlu_fallback", ("cookies",))
    assert [missed.text for missed in store.missed(since=1001.5)] == ["about nlu_fallback"]
