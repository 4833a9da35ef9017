"""What people are told of a handoff, and what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.handoff.model import Handoff, Reason
from bot.policy.facts import facts
from bot.policy.hours import STORE_ZONE, clock
from bot.transcript import as_text
from bot.turns import Message

REASONS = {
    Reason.ASKED: "asked for a person",
    Reason.MISUNDERSTOOD: "was not understood",
    Reason.UNANSWERED: "asked what the policy does not answer",
    Reason.COMPLAINT: "has a complaint",
    Reason.ACCESS: "wants to see or delete their data",
}


@dataclass(frozen=True)
class Case:
    """A handoff as people outside see it: the conversation in it is without personal data."""

    id: str
    reference: str
    reason: Reason
    topics: tuple[str, ...]  # as people read them
    note: str
    contact: str | None
    requested_at: datetime
    said: tuple[Message, ...]

    @classmethod
    def of(cls, handoff: Handoff, said: Sequence[Message]) -> "Case":
        """Return the case of a handoff as it was when it was requested: the same at every attempt.

        So the conversation is in it until then, and what was added later is not.
        """
        return cls._of(handoff, "" if handoff.added else handoff.note, None if handoff.added else handoff.contact, said)

    @classmethod
    def added_to(cls, handoff: Handoff) -> "Case":
        """Return the case of a handoff with what was added to it."""
        return cls._of(handoff, handoff.note, handoff.contact, ())

    @classmethod
    def _of(cls, handoff: Handoff, note: str, contact: str | None, said: Sequence[Message]) -> "Case":
        return cls(
            id=handoff.id,
            reference=handoff.reference,
            reason=handoff.reason,
            topics=handoff.titles,
            note=note,
            contact=contact,
            requested_at=handoff.requested_at,
            said=tuple(message for message in said if message.id <= handoff.said_before),
        )

    @property
    def subject(self) -> str:
        """What it is about, in one line."""
        return f"{self.reference}: a shopper {REASONS[self.reason]}"

    @property
    def email(self) -> str | None:
        """The address to answer to, if that is how to reach them."""
        return self.contact if self.contact and "@" in self.contact else None

    @property
    def is_open(self) -> bool:
        """Whether support was open when it was requested."""
        return facts().support_hours.is_open(self.requested_at)

    @property
    def store_time(self) -> str:
        """When it was requested, by the clock of the store."""
        local = self.requested_at.astimezone(STORE_ZONE)
        return f"{local:%A, %Y-%m-%d} {clock(local)} Central Time"

    def as_text(self) -> str:
        """Return all of it as a person reads it."""
        lines = [
            f"Reference: {self.reference}",
            f"A shopper {REASONS[self.reason]}.",
            f"When: {self.store_time}; support was {'open' if self.is_open else 'closed'}.",
        ]
        if self.topics:
            lines.append(f"Asked about: {', '.join(self.topics)}.")
        lines += self._message()
        return "\n".join([*lines, "", "The conversation, without personal data:", as_text(self.said, visitor="Shopper")])

    def added_as_text(self) -> str:
        """Return what the shopper has added, as a person reads it."""
        return "\n".join([f"The shopper of {self.reference} adds:", *self._message()])

    def _message(self) -> list[str]:
        note = [f"Message: {self.note}"] if self.note else []
        return [*note, f"Answer to: {self.contact or '(they gave no address or number)'}"] if note or self.contact else []


@dataclass(frozen=True)
class Heard:
    """What somebody of a desk says to the shopper, or that they have ended it."""

    remote: str  # which case, by the desk's own id
    identifier: str = ""  # of what is said, the same at every repetition
    name: str = ""  # who says it
    text: str = ""
    ended: bool = False
