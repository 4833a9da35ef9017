"""Units of a message: the message itself and its candidate questions.

The components treat all units alike. A unit carries the attributes that are named here.
"""

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.models.splitting import Piece

CANDIDATES = "candidates"  # sub-messages, one for each part that may be a question of its own
START, END = "start", "end"  # of a candidate in the message's text, in characters
ASKS = "asks"  # True if a candidate has the form of a question or a request
SCORES = "scores"  # of a unit by the classifier, as ``Scores``
PROBABILITIES = "probabilities"  # of the labels, in the order of the classifier's columns
NEAREST = "nearest"  # in the parse data: the training examples that are nearest to a message
SCOPE = "in_scope"  # probability that a unit is in scope


def candidate(piece: Piece) -> Message:
    """Return a sub-message for a piece of a message, with its finer parts as candidates."""
    parts = [candidate(part) for part in piece.parts]
    return Message(
        {TEXT: piece.text, START: piece.start, END: piece.end, ASKS: piece.asks, CANDIDATES: parts}
    )


def candidates(message: Message) -> list[Message]:
    """Return the parts of a message that may be questions of their own."""
    return list(message.get(CANDIDATES) or ())


def units(message: Message) -> list[Message]:
    """Return the message itself, then each candidate followed by its own candidates."""
    return [message, *(unit for part in candidates(message) for unit in units(part))]


def text_of(unit: Message) -> str:
    """Return a unit's text, never None."""
    return str(unit.get(TEXT) or "")
