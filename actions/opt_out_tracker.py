"""Reading of the tracker: the talk about opt-outs in its slots, and the wish of a message."""

from itertools import islice
from typing import Any

from rasa_sdk import Tracker

from bot.optouts.form import Draft, Pressed
from bot.optouts.listening import EARLIER, Said, wish_in
from bot.optouts.model import EVERYTHING, OptOutKind
from bot.optouts.talk import Talk, fingerprint
from bot.optouts.wish.model import Wish
from bot.topics import ANSWERABLE

FORM = "opt_out_form"
_EVENTS = 20  # before the latest message, as in bot.dialogue.history


def talk_of(tracker: Tracker) -> Talk:
    """Return the talk in the slots."""
    return Talk.of(tracker.slots, in_form=(tracker.active_loop or {}).get("name") == FORM)


def wish_of(tracker: Tracker, talk: Talk) -> Wish:
    """Return the wish of the latest message."""
    return wish_in(talk, said_of(tracker))


def said_of(tracker: Tracker) -> Said:
    """Return the latest message, with what was said before it."""
    message = tracker.latest_message
    intent = message.get("intent") or {}
    return Said(
        original_text(tracker),
        str(message.get("text") or ""),
        str(intent.get("name") or ""),
        float(intent.get("confidence") or 0.0),
        _topic(tracker),
        _earlier(tracker),
    )


def is_choice(tracker: Tracker) -> bool:
    """Return whether the latest message is a pressed button, whose text is its payload."""
    return original_text(tracker).startswith("/")


def chosen(tracker: Tracker) -> dict[str, str]:
    """Return the values behind the pressed button, by the names of their entities."""
    entities = tracker.latest_message.get("entities") or ()
    return {entity["entity"]: str(entity["value"]) for entity in entities}


def pressed(tracker: Tracker, draft: Draft) -> Pressed:
    """Return what the pressed button says; one that was shown with another draft says nothing."""
    values = chosen(tracker)
    kind = values.get("optout_kind")
    kinds: frozenset[OptOutKind] = frozenset()
    if kind is not None:
        kinds = EVERYTHING if kind == "everything" else frozenset({OptOutKind(kind)})
    if values.get("optout_draft") != fingerprint(draft):
        return Pressed(kinds)
    return Pressed(
        kinds,
        values.get("optout_email"),
        agrees=tracker.latest_message["intent"]["name"] == "affirm",
        other_address=values.get("optout_do") == "another",
    )


def original_text(tracker: Tracker) -> str:
    """Return the original text of the latest message.

    The text in Rasa's ``latest_message`` may have been changed by the language understanding.
    """
    return next(
        (
            str(event.get("text") or "")
            for event in reversed(tracker.events)
            if event["event"] == "user"
        ),
        "",
    )


def is_answered(tracker: Tracker) -> bool:
    """Return whether another action has already answered the latest message."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "bot":
            return True
    return False


def _topic(tracker: Tracker) -> str | None:
    """Return the topic of the bot's last message before the latest one, as the policy does."""
    for event in reversed(_before(tracker)[-_EVENTS:]):
        if event["event"] == "bot":
            topic = (event.get("metadata") or {}).get("topic")
            return str(topic) if topic in ANSWERABLE else None
    return None


def _earlier(tracker: Tracker) -> list[str]:
    """Return the shopper's messages before the latest one, the latest first."""
    said = (
        str(event.get("text") or "")
        for event in reversed(_before(tracker)[-2 * _EVENTS :])
        if event["event"] == "user"
    )
    return list(islice(said, EARLIER))


def _before(tracker: Tracker) -> list[dict[str, Any]]:
    """Return the events before the latest message."""
    events = list(tracker.events)
    last = max((place for place, event in enumerate(events) if event["event"] == "user"), default=0)
    return events[:last]
