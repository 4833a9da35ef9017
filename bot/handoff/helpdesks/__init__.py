"""External help desks, one module each: they send a case in the terms of their own API.

A help desk may touch its API only, never the database. Each method raises
``bot.outgoing.NotDelivered``.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from bot.handoff.case import Case, InboundEvent

SECONDS = 6  # the longest wait for data from a help desk


class HelpDesk(Protocol):
    """External help desk that takes cases; its agents answer the shopper there."""

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Open a case, and return its id at the help desk.

        ``remote`` is that id if an earlier attempt has begun the case. ``keep`` stores the id as
        soon as it is known, for a later attempt.
        """

    def add(self, case: Case, remote: str) -> None:
        """Add the shopper's note and contact to a case that is open."""


@runtime_checkable
class LiveHelpDesk(HelpDesk, Protocol):
    """External help desk with live chat: its agents answer in the chat of the shopper."""

    def say(self, remote: str, identifier: str, text: str) -> None:
        """Pass on a message of the shopper; ``identifier`` is the same at every attempt."""

    def close(self, remote: str) -> None:
        """Close a chat that the shopper has left."""

    def events(self, remote: str) -> Sequence[InboundEvent]:
        """Return all messages of agents in a chat, in order, and its end if it was ended."""
