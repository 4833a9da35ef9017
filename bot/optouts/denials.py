"""Reasons for a denial that the office chooses from.

An opt-out may be denied only for a documented, good-faith belief of fraud (11 CCR 7026(e)). Whoever
has the reference can read the reason.
"""

from bot.optouts.model import LedgerError

# By a short name: the text that is recorded. OTHER needs words of its own.
OTHER = "other"
REASONS = {
    "not_theirs": "The owner of the address told us that they did not make this request.",
    "automated": "It came with many others, sent by a machine and not by the owners of the "
    "addresses.",
    "not_confirmed": "Nobody could confirm that the owner of the address asked for it.",
    OTHER: "",
}
_MIN_WORDS = 3


def denial(name: str, words: str = "") -> str:
    """Return the text of a reason, with words of the office after it; raises LedgerError.

    The name may be that of a reason in the list; any other text stands for itself.
    """
    words = " ".join(words.split())
    if name == OTHER and len(words.split()) < _MIN_WORDS:
        raise LedgerError("Say in a few words why you believe that the request is fraudulent.")
    return " ".join(filter(None, (REASONS.get(name, name), words)))
