"""A message and its candidate questions: components work on all of them alike."""

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.models.splitting import Piece

CANDIDATES = "candidates"  # sub-messages, one for each part that might be a question of its own
START, END = "start", "end"  # where a candidate is in the message's text
ASKS = "asks"  # whether a candidate has the form of a question or a request
SCORES = "scores"  # what the classifier says of a unit
PROBABILITIES = "probabilities"
NEAREST = "nearest"  # in the parse data: the training examples that are nearest to a message
SCOPE = "in_scope"


def candidate(piece: Piece) -> Message:
    """Return a sub-message for a part of a message, with its own finer parts as candidates."""
    parts = [candidate(part) for part in piece.parts]
    return Message({TEXT: piece.text, START: piece.start, END: piece.end, ASKS: piece.asks, CANDIDATES: parts})


def candidates(message: Message) -> list[Message]:
    """Return the parts of a message that might be questions of their own."""
    return list(message.get(CANDIDATES) or ())


def units(message: Message) -> list[Message]:
    """Return the message itself, then its candidates, each with its own."""
    return [message, *(unit for part in candidates(message) for unit in units(part))]


def text_of(unit: Message) -> str:
    """Return a unit's text, never None."""
    return str(unit.get(TEXT) or "")
