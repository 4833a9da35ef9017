"""The desks of others, one module each: how what they must be told is told in their own words.

A desk knows its own interface and nothing of the database; each method raises ``bot.outgoing.NotDelivered``.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from bot.handoff.case import Case, Heard

SECONDS = 6  # the longest silence of a desk


class Desk(Protocol):
    """Somebody who can be told of a shopper, and answers them elsewhere."""

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Tell all of a case, and return its id there.

        ``remote`` is its id if an earlier attempt got so far; ``keep`` stores one for a later attempt.
        """

    def add(self, case: Case, remote: str) -> None:
        """Tell what the shopper has added to a case: what they want, and how to reach them."""


@runtime_checkable
class LiveDesk(Desk, Protocol):
    """A desk whose people answer in the chat."""

    def say(self, remote: str, identifier: str, text: str) -> None:
        """Pass on what the shopper says; ``identifier`` is the same at every attempt."""

    def close(self, remote: str) -> None:
        """Tell that the shopper is not there any more."""

    def heard(self, remote: str) -> Sequence[Heard]:
        """Read all that its people have said in a chat, in order, and at last that they have ended it, if so."""
