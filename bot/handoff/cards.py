"""Cards: what an agent sees of each handoff at one glance, without opening it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.conversations.tables import messages
from bot.database import aware
from bot.handoff.model import Handoff, State
from bot.handoff.presence import Presence
from bot.handoff.records import Records
from bot.handoff.shopper_mail import failed_mail
from bot.handoff.tables import handoffs

_LONGEST = 160  # characters of the last words


@dataclass(frozen=True)
class Card:
    """A handoff with the shopper's last words, how long they wait, and whether they are there."""

    handoff: Handoff
    presence: Presence
    last_words: str  # with placeholders for personal data
    # since when the shopper waits for an agent, or for the answer to their words; None: answered
    waiting_since: datetime | None
    unread: int  # messages of the shopper that its agent has not seen
    mail_failed: bool


class Cards:
    """Cards of the handoffs of our own desk; it only reads."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def of(self, which: Sequence[Handoff]) -> list[Card]:
        """Return the cards of handoffs, in their order, without those that were deleted."""
        if not which:
            return []
        wanted = sa.select(
            handoffs.c.id,
            handoffs.c.read_to,
            handoffs.c.shopper_at,
            handoffs.c.shopper_typing_at,
            handoffs.c.shopper_loaded_at,
            failed_mail().label("mail_failed"),
        ).where(handoffs.c.id.in_([handoff.id for handoff in which]))
        with self._records.reading() as db:
            rows = {row.id: row for row in db.execute(wanted)}
            words = _words(db, {handoff.conversation for handoff in which})
        return [
            _card(handoff, rows[handoff.id], words.get(handoff.conversation, []))
            for handoff in which
            if handoff.id in rows
        ]


def _card(handoff: Handoff, row: Row, words: list[Row]) -> Card:
    unanswered = [word for word in words if word.id > (word.answered or 0)]
    since: datetime | None = None
    if handoff.state is State.REQUESTED:
        since = handoff.requested_at
    elif handoff.state is State.ACCEPTED and unanswered:
        since = max(aware(unanswered[0].at), handoff.requested_at)
    return Card(
        handoff=handoff,
        presence=Presence.of(row),
        last_words=(handoff.note or (words[-1].text if words else ""))[:_LONGEST],
        waiting_since=since,
        unread=sum(word.id > max(row.read_to, handoff.said_before) for word in unanswered),
        mail_failed=bool(row.mail_failed),
    )


def _words(db: Connection, conversations: set[str]) -> dict[str, list[Row]]:
    """Return the shopper's words that no agent has answered, and the last words in any case.

    They are by conversation, in order; ``answered`` is the id of the agent's last message.
    """
    spoken = (
        sa.select(
            messages.c.conversation,
            sa.func.max(sa.case((messages.c.sender == "agent", messages.c.id))).label("answered"),
            sa.func.max(sa.case((messages.c.sender == "visitor", messages.c.id))).label("last"),
        )
        .where(messages.c.conversation.in_(conversations))
        .group_by(messages.c.conversation)
        .subquery()
    )
    later = messages.c.id > sa.func.coalesce(spoken.c.answered, 0)
    wanted = (
        sa.select(messages.c.conversation, messages.c.id, messages.c.text, messages.c.at)
        .add_columns(spoken.c.answered)
        .join(spoken, spoken.c.conversation == messages.c.conversation)
        .where(messages.c.sender == "visitor", later | (messages.c.id == spoken.c.last))
    )
    found: dict[str, list[Row]] = {}
    for row in db.execute(wanted.order_by(messages.c.conversation, messages.c.id)):
        found.setdefault(row.conversation, []).append(row)
    return found
