"""How far a record reaches: what the shopper's browser is told to act on, and the words for it."""

from bot.conversations.model import Recorded
from bot.optouts.model import Action, OptOutKind, Record, in_order

# Kinds that also the browser carries out: it stops the ads of the pages that it shows.
IN_THE_BROWSER = frozenset({OptOutKind.TARGETED_ADVERTISING, OptOutKind.SHARING})

_REACH = "For ads, it holds on this site, in this browser, until its data is cleared"


def recorded(record: Record) -> Recorded:
    """Return what a message or a page says of a record."""
    browser = record.subject is not None and record.subject.type == "browser"
    return Recorded(
        record.reference,
        str(record.action),
        tuple(str(kind) for kind in in_order(record.kinds)),
        "browser" if browser else "address",
    )


def reach_sentence(record: Record) -> str:
    """Return a sentence about where an opt-out of ads holds; empty for other records."""
    if record.action is Action.OPT_IN or not record.kinds & IN_THE_BROWSER:
        return ""
    if recorded(record).scope == "browser":
        return f"{_REACH}."
    return f"{_REACH}, and with your address also for the store's ad lists."
