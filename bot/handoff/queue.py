"""Queue: the shopper's side of handoffs. Here shoppers wait for an agent, or write a message.

It touches the tables of handoffs and the conversations, and calls no help desk: the outbox finds
each change in the tables. ``HandoffService`` decides when to call it. The agents' side is
``AgentInbox`` in ``bot.handoff.inbox``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.accounts.model import Role
from bot.accounts.tables import accounts, has_role
from bot.conversations.model import Reply
from bot.conversations.store import lock_conversation
from bot.conversations.tables import conversations
from bot.handoff.model import (
    EMBEDDED,
    OPEN,
    UNSENT,
    WAITING,
    Handoff,
    HandoffKind,
    NotStored,
    Reason,
    State,
)
from bot.handoff.records import (
    RETURNED,
    Records,
    first_look,
    lock_handoff,
    open_of,
    set_state,
    tell,
    unsent,
)
from bot.handoff.tables import handoffs

# Made once, because every turn executes it.
_DRAFT = sa.select(handoffs).where(handoffs.c.conversation == sa.bindparam("of"), unsent()).limit(1)

Why = tuple[Reason, tuple[str, ...]]  # reason of a handoff, and the topics before it


class Queue:
    """Waiting shoppers and their messages; every method is one transaction."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def wait(self, conversation: str, why: Why, desk: str = EMBEDDED) -> Handoff:
        """Put a conversation into the queue of a desk, once, and return its handoff.

        Raises NotStored.
        """
        with self._records.writing() as db:
            lock_conversation(db, conversation)
            row = db.execute(open_of(conversation)).first()
            if row is not None:
                return self._records.read(row)
            set_state(db, conversation, WAITING)
            return self._records.add(db, conversation, HandoffKind.LIVE, State.REQUESTED, why, desk)

    def draft(self, conversation: str, why: Why) -> Handoff:
        """Begin a message to support, in place of an earlier draft; raises NotStored."""
        with self._records.writing() as db:
            lock_conversation(db, conversation)
            db.execute(handoffs.delete().where(*_drafted(conversation)))
            return self._records.add(
                db, conversation, HandoffKind.MESSAGE, State.DRAFTED, why, EMBEDDED
            )

    def draft_of(self, conversation: str) -> Handoff | None:
        """Return the draft of a conversation, None if there is none."""
        return self._records.first(_DRAFT, of=conversation)

    def write(self, draft: Handoff, note: str, placeholder: str | None) -> Handoff:
        """Change the text and the contact of a draft, which is open then.

        The contact is a placeholder until the message is sent. Raises NotStored, also if the draft
        is gone.
        """
        with self._records.writing() as db:
            _drafted_row(db, draft)
            written = {"note": note, **self._records.sealed(placeholder)}
            return self._records.change(db, draft.id, state=str(State.DRAFTED), **written)

    def mark(self, draft: Handoff, state: State) -> Handoff:
        """Change the state of a draft to another of ``UNSENT``; raises NotStored as ``write``."""
        with self._records.writing() as db:
            _drafted_row(db, draft)
            return self._records.change(db, draft.id, state=str(state))

    def send(self, draft: Handoff, contact: str, desk: str = EMBEDDED) -> Handoff:
        """Send a draft to a desk and return its handoff; raises NotStored.

        If agents have a message of this conversation without contact data, the draft is added to
        that message.
        """
        sent: dict[str, Any] = {"note": draft.note, **self._records.sealed(contact)}
        with self._records.writing() as db:
            row = _drafted_row(db, draft)
            earlier = db.execute(_without_contact(draft.conversation)).first()
            if earlier is not None:
                db.execute(handoffs.delete().where(handoffs.c.id == row.id))
                return self._records.change(
                    db, earlier.id, **sent, added=True, attempts=0, next_at=first_look(earlier.desk)
                )
            sent |= {"state": str(State.REQUESTED), "requested_at": datetime.now(UTC), "desk": desk}
            return self._records.change(db, row.id, **sent, next_at=first_look(desk))

    def drop(self, draft: Handoff) -> None:
        """Delete a draft."""
        with self._records.writing() as db:
            db.execute(
                handoffs.delete().where(handoffs.c.id == draft.id, *_drafted(draft.conversation))
            )

    def live_of(self, conversation: str) -> Handoff | None:
        """Return the open live handoff of a conversation, None if there is none."""
        return self._records.first(open_of(conversation))

    def place(self, handoff: Handoff) -> int:
        """Return the place of a handoff in the queue of its desk; 1 is next."""
        ahead = (
            *_waiting(),
            handoffs.c.desk == handoff.desk,
            handoffs.c.requested_at <= handoff.requested_at,
        )
        with self._records.reading() as db:
            return max(1, int(db.execute(sa.select(sa.func.count()).where(*ahead)).scalar() or 0))

    def waiting(self) -> int:
        """Return the number of waiting shoppers."""
        with self._records.reading() as db:
            return int(db.execute(sa.select(sa.func.count()).where(*_waiting())).scalar() or 0)

    def is_typing(self, conversation: str, within: timedelta) -> bool:
        """Return whether the agent of a conversation has typed within this time."""
        typed = sa.select(handoffs.c.id).where(
            handoffs.c.conversation == conversation,
            handoffs.c.state == State.ACCEPTED,
            handoffs.c.typing_at > datetime.now(UTC) - within,
        )
        with self._records.reading() as db:
            return db.execute(typed).first() is not None

    def end(
        self, conversation: str, only: State | None = None, notice: Reply | None = None
    ) -> Handoff | None:
        """End the live handoff of a conversation, and return it; None if there is none.

        ``notice`` is shown to the shopper. With ``only``, a handoff in another state stays.
        """
        with self._records.writing() as db:
            lock_conversation(db, conversation)
            row = db.execute(open_of(conversation)).first()
            return (
                self._records.end(db, row, State.COMPLETED, notice)
                if row and only in (None, row.state)
                else None
            )

    def overdue(self, waited: timedelta) -> list[Handoff]:
        """Return the live handoffs that have waited for longer than this time."""
        return self._records.all(
            sa.select(handoffs).where(
                *_waiting(), handoffs.c.requested_at < datetime.now(UTC) - waited
            )
        )

    def idle(self, since: timedelta) -> list[Handoff]:
        """Return the chats with an agent in which nobody has written for this time."""
        quiet = conversations.c.active_at < datetime.now(UTC) - since
        chats = sa.select(handoffs).join(
            conversations, conversations.c.id == handoffs.c.conversation
        )
        return self._records.all(
            chats.where(
                handoffs.c.state == State.ACCEPTED, handoffs.c.kind == HandoffKind.LIVE, quiet
            )
        )

    def waiting_here(self) -> list[Handoff]:
        """Return the chats that wait at our own desk."""
        return self._records.all(
            sa.select(handoffs).where(*_waiting(), handoffs.c.desk == EMBEDDED)
        )

    def put_back(
        self, away: Sequence[str], kind: HandoffKind, notice: Reply | None = None
    ) -> list[Handoff]:
        """Put the handoffs of absent and removed agents back, and return them.

        ``away`` has the ids of the absent agents. The shoppers in chats are shown the notice.
        """
        gone = handoffs.c.agent.in_(away) | ~_may_answer()
        lost = (
            handoffs.c.state == State.ACCEPTED,
            handoffs.c.kind == kind,
            handoffs.c.agent.is_not(None),
            gone,
        )
        returned = []
        # The first look takes no lock, because mostly there is nothing.
        for left in self._records.all(sa.select(handoffs).where(*lost)):
            with self._records.writing() as db:
                row = lock_handoff(db, left.id)
                if (
                    row is None
                    or not db.execute(
                        sa.select(handoffs.c.id).where(handoffs.c.id == left.id, *lost)
                    ).first()
                ):
                    continue
                now = datetime.now(UTC)
                returned.append(
                    self._records.change(db, row.id, **RETURNED, typing_at=None, requested_at=now)
                )
                if kind is HandoffKind.LIVE:
                    set_state(db, row.conversation, WAITING)
                    if notice:
                        tell(db, row.conversation, notice)
        return returned

    def conversations_of(self, contact: str) -> list[str]:
        """Return the conversations in which an address or number was left as a contact."""
        theirs = handoffs.c.digest.in_(self._records.digests(contact))
        with self._records.reading() as db:
            return [
                row.conversation
                for row in db.execute(sa.select(handoffs.c.conversation).where(theirs).distinct())
            ]

    def last_message_of(self, conversation: str) -> Handoff | None:
        """Return the last message to support that was sent in a conversation, if any."""
        return next(
            (
                handoff
                for handoff in reversed(self.handoffs_of(conversation))
                if handoff.kind is HandoffKind.MESSAGE
            ),
            None,
        )

    def handoffs_of(self, conversation: str) -> list[Handoff]:
        """Return the handoffs of a conversation, without drafts, the oldest first."""
        sent = (handoffs.c.conversation == conversation, ~unsent())
        return self._records.all(sa.select(handoffs).where(*sent).order_by(handoffs.c.requested_at))


def _waiting() -> tuple[Any, ...]:
    return (handoffs.c.state == State.REQUESTED, handoffs.c.kind == HandoffKind.LIVE)


def _drafted(conversation: str) -> tuple[Any, ...]:
    return (handoffs.c.conversation == conversation, unsent())


def _drafted_row(db: sa.engine.Connection, draft: Handoff) -> sa.engine.Row:
    row = lock_handoff(db, draft.id)
    if row is None or row.state not in UNSENT:
        raise NotStored("It was deleted, or sent, meanwhile.")
    return row


def _without_contact(conversation: str) -> sa.sql.Select:
    """Return the query for the last message of a conversation that has no contact data.

    A completed message counts at an external help desk only: at our own desk, no agent would look
    at it again.
    """
    delivered = (handoffs.c.state == State.COMPLETED) & (handoffs.c.desk != EMBEDDED)
    with_support = handoffs.c.state.in_([str(state) for state in OPEN]) | delivered
    message = (
        handoffs.c.conversation == conversation,
        handoffs.c.kind == HandoffKind.MESSAGE,
        handoffs.c.contact.is_(None),
    )
    return (
        sa.select(handoffs)
        .where(*message, with_support)
        .order_by(handoffs.c.requested_at.desc())
        .limit(1)
    )


def _may_answer() -> Any:
    """Return the SQL condition that the agent of a handoff still is one."""
    return sa.exists().where(accounts.c.id == handoffs.c.agent, has_role(Role.AGENT))
