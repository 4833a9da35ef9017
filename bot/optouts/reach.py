"""Reach of a record: what the shopper's browser is told to act on, and the words for it."""

from collections.abc import Iterable

from bot.conversations.model import Recorded
from bot.optouts.model import Action, OptOutKind, in_order

# Kinds that also the browser carries out: it stops the ads of the pages that it shows.
IN_THE_BROWSER = frozenset({OptOutKind.TARGETED_ADVERTISING, OptOutKind.SHARING})

BROWSER, ADDRESS = "browser", "address"

_REACH = "For ads, it holds on this site, in this browser, until its data is cleared"


def recorded(reference: str, action: Action, kinds: Iterable[OptOutKind], scope: str) -> Recorded:
    """Return what a message or a page says of a record; ``scope`` is BROWSER or ADDRESS."""
    return Recorded(reference, str(action), tuple(map(str, in_order(kinds))), scope)


def reach_sentence(action: Action, kinds: frozenset[OptOutKind], scope: str) -> str:
    """Return a sentence about where an opt-out of ads holds; empty for other records."""
    if action is Action.OPT_IN or not kinds & IN_THE_BROWSER:
        return ""
    return (
        f"{_REACH}."
        if scope == BROWSER
        else f"{_REACH}, and with your address also for the store's ad lists."
    )
