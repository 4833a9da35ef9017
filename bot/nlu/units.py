"""A message and its candidate questions: components work on all of them alike."""

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

CANDIDATES = "candidates"  # sub-messages, one for each part that might be a question of its own
START, END = "start", "end"  # where a candidate is in the message's text
MARGINS = "margins"
PROBABILITIES = "probabilities"
SCOPE = "in_scope"


def candidate(text: str, start: int, end: int) -> Message:
    """Return a sub-message for characters ``start`` to ``end`` of a message."""
    return Message({TEXT: text, START: start, END: end})


def units(message: Message) -> list[Message]:
    """Return the message itself, then its candidates."""
    return [message, *(message.get(CANDIDATES) or ())]


def text_of(unit: Message) -> str:
    """Return a unit's text, never None."""
    return str(unit.get(TEXT) or "")
