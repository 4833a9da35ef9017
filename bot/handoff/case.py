"""Case: a handoff as an external help desk gets it, and the events that the help desk sends back.

Values and texts only: nothing here touches the database or a help desk. The dispatcher makes a
case, and the modules of ``bot.handoff.helpdesks`` send it in the terms of each API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.conversations.model import Message
from bot.conversations.transcript import as_text
from bot.handoff.model import Handoff, Reason
from bot.policy.facts import facts
from bot.policy.hours import clock
from bot.policy.store import store

REASONS = {
    Reason.ASKED: "asked for a person",
    Reason.MISUNDERSTOOD: "was not understood",
    Reason.UNANSWERED: "asked what the policy does not answer",
    Reason.COMPLAINT: "has a complaint",
    Reason.ACCESS: "wants to see or delete their data",
}


@dataclass(frozen=True)
class Case:
    """Handoff for agents outside; the conversation in it is without personal data.

    The only personal data is ``contact``, which the shopper left for the answer.
    """

    id: str
    reference: str
    reason: Reason
    topics: tuple[str, ...]  # titles
    note: str
    contact: str | None
    requested_at: datetime
    said: tuple[Message, ...]  # conversation up to the request

    @classmethod
    def of(cls, handoff: Handoff, said: Sequence[Message]) -> "Case":
        """Return the case of a handoff as it was when it was requested: the same at every attempt.

        Messages that were written later are left out, and so is a note that was added later.
        """
        return cls._of(
            handoff,
            "" if handoff.added else handoff.note,
            None if handoff.added else handoff.contact,
            said,
        )

    @classmethod
    def added_to(cls, handoff: Handoff) -> "Case":
        """Return the case with the note and contact that were added later, and no conversation."""
        return cls._of(handoff, handoff.note, handoff.contact, ())

    @classmethod
    def _of(
        cls, handoff: Handoff, note: str, contact: str | None, said: Sequence[Message]
    ) -> "Case":
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
        """Subject of the case, in one line."""
        return f"{self.reference}: a shopper {REASONS[self.reason]}"

    @property
    def email(self) -> str | None:
        """E-mail address for the answer; None if the shopper left a phone number or nothing."""
        return self.contact if self.contact and "@" in self.contact else None

    @property
    def is_open(self) -> bool | None:
        """True if support was open at the time of the request; None if its hours are unknown."""
        hours = facts().support_hours
        return hours.is_open(self.requested_at) if hours else None

    @property
    def store_time(self) -> str:
        """Time of the request, by the clock of the store."""
        local = self.requested_at.astimezone(store().zone)
        return f"{local:%A, %Y-%m-%d} {clock(local)} {store().zone_name}"

    def as_text(self) -> str:
        """Return the whole case as text for an agent."""
        states = {True: "; support was open", False: "; support was closed", None: ""}
        lines = [
            f"Reference: {self.reference}",
            f"A shopper {REASONS[self.reason]}.",
            f"When: {self.store_time}{states[self.is_open]}.",
        ]
        if self.topics:
            lines.append(f"Asked about: {', '.join(self.topics)}.")
        lines += self._message()
        return "\n".join(
            [
                *lines,
                "",
                "The conversation, without personal data:",
                as_text(self.said, visitor="Shopper"),
            ]
        )

    def added_as_text(self) -> str:
        """Return the shopper's addition as text for an agent."""
        return "\n".join([f"The shopper of {self.reference} adds:", *self._message()])

    def _message(self) -> list[str]:
        note = [f"Message: {self.note}"] if self.note else []
        return (
            [*note, f"Answer to: {self.contact or '(they gave no address or number)'}"]
            if note or self.contact
            else []
        )


@dataclass(frozen=True)
class InboundEvent:
    """Event of an external help desk: an agent's message to the shopper, or the end of the chat."""

    remote: str  # id of the case at the help desk
    identifier: str = ""  # id of the message there, the same at every repetition
    name: str = ""  # name of the agent
    text: str = ""
    ended: bool = False
