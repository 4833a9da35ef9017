"""The shopper's side of handoffs: who waits for a person, who writes a message, and what people were told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.handoff import words
from bot.handoff.model import EMBEDDED, OPEN, WAITING, Handoff, Kind, NotStored, Reason, State
from bot.handoff.records import Records, first_look, locked, open_of, set_state, tell
from bot.handoff.tables import agents, handoffs
from bot.turns import Reply
from bot.web.store import conversations, hold

Why = tuple[Reason, tuple[str, ...]]  # a reason, and the topics that were asked about


class Queue:
    """Those who want a person; every method is one transaction."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def wait(self, conversation: str, why: Why, desk: str = EMBEDDED) -> Handoff:
        """Let a conversation wait for the people of a desk, once; raises NotStored."""
        with self._records.writing() as db:
            hold(db, conversation)
            row = db.execute(open_of(conversation)).first()
            if row is not None:
                return self._records.read(row)
            set_state(db, conversation, WAITING)
            return self._records.add(db, conversation, Kind.LIVE, State.REQUESTED, why, desk)

    def draft(self, conversation: str, why: Why) -> Handoff:
        """Begin a message for people, in place of one that was begun before; raises NotStored."""
        with self._records.writing() as db:
            hold(db, conversation)
            db.execute(handoffs.delete().where(*_drafted(conversation)))
            return self._records.add(db, conversation, Kind.MESSAGE, State.DRAFTED, why, EMBEDDED)

    def draft_of(self, conversation: str) -> Handoff | None:
        """Return the message that is being written in a conversation."""
        return self._records.first(sa.select(handoffs).where(*_drafted(conversation)))

    def write(self, draft: Handoff, note: str, placeholder: str | None) -> Handoff:
        """Change a message that is being written; until it is sent, how to reach them is a placeholder. Raises NotStored."""
        with self._records.writing() as db:
            _drafted_row(db, draft)
            return self._records.change(db, draft.id, note=note, **self._records.sealed(placeholder))

    def send(self, draft: Handoff, contact: str, desk: str = EMBEDDED) -> Handoff:
        """Pass a message on to a desk; raises NotStored.

        If people were told of the conversation already and not how to reach anybody, it is added to what they have.
        """
        sent: dict[str, Any] = {"note": draft.note, **self._records.sealed(contact)}
        with self._records.writing() as db:
            row = _drafted_row(db, draft)
            told = db.execute(_unreachable(draft.conversation)).first()
            if told is not None:
                db.execute(handoffs.delete().where(handoffs.c.id == row.id))
                return self._records.change(db, told.id, **sent, added=True, attempts=0, next_at=first_look(told.desk))
            sent |= {"state": str(State.REQUESTED), "requested_at": datetime.now(UTC), "desk": desk}
            return self._records.change(db, row.id, **sent, next_at=first_look(desk))

    def drop(self, draft: Handoff) -> None:
        """Delete a message that is being written."""
        with self._records.writing() as db:
            db.execute(handoffs.delete().where(handoffs.c.id == draft.id, *_drafted(draft.conversation)))

    def place(self, handoff: Handoff) -> int:
        """Return how many wait up to this one; 1 is next."""
        ahead = (*_waiting(), handoffs.c.desk == handoff.desk, handoffs.c.requested_at <= handoff.requested_at)
        with self._records.reading() as db:
            return max(1, int(db.execute(sa.select(sa.func.count()).where(*ahead)).scalar() or 0))

    def waiting(self) -> int:
        """Return how many wait."""
        with self._records.reading() as db:
            return int(db.execute(sa.select(sa.func.count()).where(*_waiting())).scalar() or 0)

    def is_typing(self, conversation: str, within: timedelta) -> bool:
        """Return whether the agent of a conversation has typed so recently."""
        typed = sa.select(handoffs.c.id).where(
            handoffs.c.conversation == conversation,
            handoffs.c.state == State.ACCEPTED,
            handoffs.c.typing_at > datetime.now(UTC) - within,
        )
        with self._records.reading() as db:
            return db.execute(typed).first() is not None

    def end(self, conversation: str, only: State | None = None, told: Reply | None = None) -> Handoff | None:
        """End the live handoff of a conversation, of which the shopper is ``told``; return it, or None if there was none.

        With ``only``, one that is in another state by now stays.
        """
        with self._records.writing() as db:
            hold(db, conversation)
            row = db.execute(open_of(conversation)).first()
            return self._records.end(db, row, State.COMPLETED, told) if row and only in (None, row.state) else None

    def overdue(self, waited: timedelta) -> list[Handoff]:
        """Return those who have waited for a person for longer than that."""
        return self._records.all(sa.select(handoffs).where(*_waiting(), handoffs.c.requested_at < datetime.now(UTC) - waited))

    def idle(self, since: timedelta) -> list[Handoff]:
        """Return the chats with a person in which nobody has written for so long."""
        quiet = conversations.c.active_at < datetime.now(UTC) - since
        chats = sa.select(handoffs).join(conversations, conversations.c.id == handoffs.c.conversation)
        return self._records.all(chats.where(handoffs.c.state == State.ACCEPTED, handoffs.c.kind == Kind.LIVE, quiet))

    def put_back(self, away: Sequence[str]) -> list[Handoff]:
        """Put back into the queue what agents have who are away or are no agents any more; return the chats among it."""
        gone = handoffs.c.agent.in_(away) | ~sa.exists().where(agents.c.id == handoffs.c.agent)
        lost = (handoffs.c.state == State.ACCEPTED, handoffs.c.agent.is_not(None), gone)
        again = {"state": str(State.REQUESTED), "agent": None, "agent_name": None, "accepted_at": None}
        chats = []
        for left in self._records.all(sa.select(handoffs).where(*lost)):  # without a lock, because mostly there is nothing
            with self._records.writing() as db:
                row = locked(db, left.id)
                if row is None or not db.execute(sa.select(handoffs.c.id).where(handoffs.c.id == left.id, *lost)).first():
                    continue
                self._records.change(db, row.id, **again, requested_at=datetime.now(UTC))
                if row.kind == Kind.LIVE:
                    set_state(db, row.conversation, WAITING)
                    tell(db, row.conversation, words.waits_again())
                    chats.append(left)
        return chats

    def conversations_of(self, contact: str) -> list[str]:
        """Return the conversations in which a message was left with this address or number to be reached at."""
        theirs = handoffs.c.digest.in_(self._records.marks(contact))
        with self._records.reading() as db:
            return [row.conversation for row in db.execute(sa.select(handoffs.c.conversation).where(theirs).distinct())]

    def sent_of(self, conversation: str) -> Handoff | None:
        """Return the last message that was left in a conversation."""
        return next((told for told in reversed(self.told_of(conversation)) if told.kind is Kind.MESSAGE), None)

    def told_of(self, conversation: str) -> list[Handoff]:
        """Return what people were told of a conversation."""
        told = (handoffs.c.conversation == conversation, handoffs.c.state != State.DRAFTED)
        return self._records.all(sa.select(handoffs).where(*told).order_by(handoffs.c.requested_at))


def _waiting() -> tuple[Any, ...]:
    return (handoffs.c.state == State.REQUESTED, handoffs.c.kind == Kind.LIVE)


def _drafted(conversation: str) -> tuple[Any, ...]:
    return (handoffs.c.conversation == conversation, handoffs.c.state == State.DRAFTED)


def _drafted_row(db: sa.engine.Connection, draft: Handoff) -> sa.engine.Row:
    row = locked(db, draft.id)
    if row is None or row.state != State.DRAFTED:
        raise NotStored("It was deleted, or sent, meanwhile.")
    return row


def _unreachable(conversation: str) -> sa.sql.Select:
    """Return the query for what people were told of a conversation without learning how to reach anybody."""
    taken = (handoffs.c.state == State.COMPLETED) & (handoffs.c.desk != EMBEDDED)  # there, an agent would not look again
    told = handoffs.c.state.in_([str(state) for state in OPEN]) | taken
    message = (handoffs.c.conversation == conversation, handoffs.c.kind == Kind.MESSAGE, handoffs.c.contact.is_(None))
    return sa.select(handoffs).where(*message, told).order_by(handoffs.c.requested_at.desc()).limit(1)
