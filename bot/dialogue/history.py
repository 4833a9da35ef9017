"""Queries of a tracker: the questions of this turn, and the answers before it."""

from itertools import islice
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.decision import QUESTIONS
from bot.nlu.passages import PASSAGE
from bot.topics import ANSWERABLE, OUT_OF_SCOPE

UTTER = "utter_"
_NEAR = 40  # events before the last message, in which the talk right before it is


def questions(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """Return the questions of the last message, as ``bot.nlu.decision`` sets them.

    The list is empty for a choice, which names an intent itself.
    """
    message = tracker.latest_message
    return list(message.parse_data.get(QUESTIONS) or ()) if message else []


def closest_passage(tracker: DialogueStateTracker) -> str | None:
    """Return the id of the clause closest to the last message, if that was not understood."""
    message = tracker.latest_message
    return message.parse_data.get(PASSAGE) if message else None


def said(tracker: DialogueStateTracker) -> str:
    """Return the text of the shopper's last message, with placeholders for personal data."""
    return str(tracker.latest_message.text or "") if tracker.latest_message else ""


def said_before(tracker: DialogueStateTracker, count: int) -> list[str]:
    """Return the shopper's messages before the last one, the latest first."""
    start = len(tracker.events) - len(turn(tracker)) - 1
    texts = (
        str(event.text or "")
        for event in reversed(list(tracker.events)[max(0, start - _NEAR) : max(0, start)])
        if isinstance(event, UserUttered)
    )
    return list(islice(texts, count))


def intent(tracker: DialogueStateTracker) -> str:
    """Return the intent of the last message."""
    return str(tracker.latest_message.intent.get("name")) if tracker.latest_message else ""


def turn(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events after the shopper's last message, in order."""
    events: list[Event] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        events.append(event)
    return events[::-1]


def actions_this_turn(tracker: DialogueStateTracker) -> list[str]:
    """Return the names of the actions that ran after the last message."""
    return [
        str(event.action_name)
        for event in turn(tracker)
        if isinstance(event, ActionExecuted) and event.action_name != ACTION_LISTEN_NAME
    ]


def messages_this_turn(tracker: DialogueStateTracker) -> int:
    """Return the number of messages that the bot sent after the last message."""
    return sum(isinstance(event, BotUttered) for event in turn(tracker))


def earlier_answers(tracker: DialogueStateTracker, limit: int = 60) -> list[BotUttered]:
    """Return the bot's messages before the shopper's last one, the latest first.

    Only the last ``limit`` events before that message are searched.
    """
    start = len(tracker.events) - len(turn(tracker)) - 1
    before = list(tracker.events)[max(0, start - limit) : max(0, start)]
    return [event for event in reversed(before) if isinstance(event, BotUttered)]


def last_answers(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """Return the metadata of the last answers, the earliest first: all those of one turn."""
    start = len(tracker.events) - len(turn(tracker)) - 1
    found: list[dict[str, Any]] = []
    for event in reversed(list(tracker.events)[max(0, start - 60) : max(0, start)]):
        if isinstance(event, BotUttered) and event.metadata.get("outcome") == "answered":
            found.append(dict(event.metadata))
        elif isinstance(event, UserUttered) and found:
            break
    return found[::-1]


def missed_before(tracker: DialogueStateTracker) -> bool:
    """Return whether the bot's last message before this turn found a message out of scope."""
    answers = earlier_answers(tracker, limit=20)
    return bool(answers) and answers[0].metadata.get("outcome") == OUT_OF_SCOPE


def topic_before(tracker: DialogueStateTracker) -> str | None:
    """Return the topic of the bot's message right before the last one, if that was an answer."""
    answers = earlier_answers(tracker, limit=20)
    topic = answers[0].metadata.get("topic") if answers else None
    return str(topic) if topic in ANSWERABLE else None


def last_topic(tracker: DialogueStateTracker) -> str | None:
    """Return the topic of the last answer before this turn."""
    for answer in earlier_answers(tracker):
        if answer.metadata.get("topic") in ANSWERABLE:
            return str(answer.metadata["topic"])
    return None
