"""Inbox: the agents' side of handoffs. Here agents list, take, answer and end them.

It touches the tables of handoffs and the conversations, and calls no help desk. Our own desk calls
it for its agents. For agents of external help desks, ``HandoffService.on_event`` and ``Poller``
call it. The shopper's side is ``Queue`` in ``bot.handoff.queue``.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot import metrics
from bot.conversations.model import Reply
from bot.conversations.store import add_messages_in
from bot.handoff import replies
from bot.handoff.model import (
    EMBEDDED,
    OPEN,
    WAITING,
    WITH_AGENT,
    Agent,
    Handoff,
    HandoffKind,
    NotTaken,
    State,
)
from bot.handoff.records import (
    RETURNED,
    Records,
    lock_handoff,
    set_state,
    tell,
    to_do,
    unsent,
)
from bot.handoff.tables import handoffs


class AgentInbox:
    """Handoffs for agents to take, answer and end; every method is one transaction."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def listed(self) -> list[Handoff]:
        """Return the handoffs of our own desk with something to do, the oldest first.

        They are waiting, taken, messages to answer, or marked for later.
        """
        here = sa.select(handoffs).where(to_do(), handoffs.c.desk == EMBEDDED)
        return self._records.all(here.order_by(handoffs.c.requested_at))

    def latest(self, limit: int) -> list[Handoff]:
        """Return the latest handoffs of all desks, without drafts, the latest first."""
        sent = sa.select(handoffs).where(~unsent())
        return self._records.all(sent.order_by(handoffs.c.requested_at.desc()).limit(limit))

    def find(self, reference: str) -> Handoff | None:
        """Return a handoff by its id or its reference, None if there is none."""
        named = (handoffs.c.id == reference) | (handoffs.c.reference == reference.upper())
        return self._records.first(sa.select(handoffs).where(named))

    def at(self, desk: str, remote: str) -> Handoff | None:
        """Return a handoff by its id at an external help desk, None if there is none."""
        named = (handoffs.c.desk == desk, handoffs.c.remote == remote)
        return self._records.first(sa.select(handoffs).where(*named))

    def chats_at(self, desk: str) -> list[str]:
        """Return the ids of the open chats at an external help desk, as it numbers them."""
        chats = sa.select(handoffs.c.remote).where(
            handoffs.c.desk == desk,
            handoffs.c.kind == HandoffKind.LIVE,
            handoffs.c.state.in_([str(state) for state in OPEN]),
            handoffs.c.opened_at.is_not(None),
        )
        with self._records.reading() as db:
            return [row.remote for row in db.execute(chats.order_by(handoffs.c.requested_at))]

    def claim(self, identifier: str, agent: Agent) -> Handoff:
        """Give a waiting handoff of our own desk to an agent.

        Raises NotTaken if it is over or another agent has it, also if both ask at the same time.
        """
        with self._records.writing() as db:
            row = lock_handoff(db, identifier)
            if row is None or row.state != State.REQUESTED or row.desk != EMBEDDED:
                raise NotTaken("Somebody else has taken it, or it is over.")
            return self._accept(db, row, agent.name, agent=agent.id)

    def post(
        self, handoff: Handoff, text: str, digest: str | None, name: str, agent: Agent | None = None
    ) -> Handoff:
        """Store a message of an agent for the shopper, once for each ``digest``.

        ``agent`` is an agent of our own desk, who must have the chat; None is an agent of an
        external help desk. There the first answer takes the chat, and a message that comes after
        the end of the chat is still shown. Raises NotTaken if the agent does not have the chat, or
        if the shopper has deleted the conversation.
        """
        with self._records.writing() as db:
            row = lock_handoff(db, handoff.id)
            if row is None:
                raise NotTaken("The shopper has deleted the conversation.")
            if agent is not None and (row.agent != agent.id or row.state != State.ACCEPTED):
                raise NotTaken(
                    "You do not have this chat: it is over, or somebody else has taken it."
                )
            if agent is None and row.kind == HandoffKind.LIVE and row.state == State.REQUESTED:
                self._accept(db, row, name)
            add_messages_in(db, row.conversation, "agent", [Reply(text)], digest)
            replied = {} if row.replied_at else {"replied_at": datetime.now(UTC)}
            return self._records.change(db, row.id, typing_at=None, **replied)

    def note_read(self, handoff: Handoff, agent: Agent, message: int) -> None:
        """Store that the agent who has a handoff has seen its conversation up to a message."""
        mine = (handoffs.c.id == handoff.id, handoffs.c.agent == agent.id)
        with self._records.writing() as db:
            db.execute(
                handoffs.update().where(*mine, handoffs.c.read_to < message).values(read_to=message)
            )

    def pass_on(self, identifier: str, agent: Agent, to: Agent | None) -> Handoff:
        """Give a chat or message of an agent to a colleague, or back to the queue for None.

        The shopper in a chat is told. Raises NotTaken if the agent does not have it.
        """
        with self._records.writing() as db:
            row = lock_handoff(db, identifier)
            if row is None or row.agent != agent.id or row.state != State.ACCEPTED:
                raise NotTaken("You do not have it: it is over, or somebody else has taken it.")
            changes = {"agent": to.id, "agent_name": to.name, "read_to": 0} if to else RETURNED
            if row.kind == HandoffKind.LIVE:
                if to is None:
                    set_state(db, row.conversation, WAITING)
                tell(db, row.conversation, replies.passed_to(agent.name, to.name if to else None))
            again = {} if to else {"requested_at": datetime.now(UTC)}
            return self._records.change(db, row.id, typing_at=None, **changes, **again)

    def reopen(self, identifier: str, agent: Agent) -> Handoff:
        """Give an answered message to an agent, to answer it once more.

        Raises NotTaken for a chat, whose shopper is gone, and if another agent has the message.
        """
        with self._records.writing() as db:
            row = lock_handoff(db, identifier)
            if row is None or row.kind != HandoffKind.MESSAGE or row.state != State.COMPLETED:
                raise NotTaken("Only a message that was answered can be opened again.")
            return self._accept(db, row, agent.name, agent=agent.id, ended_at=None)

    def note_typing(self, handoff: Handoff) -> None:
        """Store the time at which the agent typed."""
        with self._records.writing() as db:
            db.execute(
                handoffs.update()
                .where(handoffs.c.id == handoff.id)
                .values(typing_at=datetime.now(UTC))
            )

    def resolve(
        self, identifier: str, agent: Agent | None = None, follow_up: bool = False
    ) -> Handoff:
        """End a handoff; ``follow_up`` keeps it in the list for later.

        A shopper in a live chat is told. Raises NotTaken if it is over and not marked for later, or
        if another agent has it.
        """
        with self._records.writing() as db:
            row = lock_handoff(db, identifier)
            if row is None or (row.state not in OPEN and not row.follow_up):
                raise NotTaken("It is over already.")
            if agent is not None and row.agent not in (None, agent.id):
                raise NotTaken("Somebody else has taken it.")
            notice = None
            if row.kind == HandoffKind.LIVE and row.state in OPEN:
                joined = row.state == State.ACCEPTED
                notice = (
                    replies.left(row.agent_name or replies.SUPPORT)
                    if joined
                    else replies.nobody_came()
                )
            self._records.end(db, row, State.COMPLETED, notice)
            return self._records.change(db, row.id, follow_up=follow_up)

    def _accept(
        self, db: Connection, row: Row, name: str, agent: str | None = None, **more: Any
    ) -> Handoff:
        taken = {
            "state": str(State.ACCEPTED),
            "accepted_at": datetime.now(UTC),
            "agent": agent,
            "agent_name": name[:60],
        }
        if row.kind == HandoffKind.LIVE:
            set_state(db, row.conversation, WITH_AGENT)
            tell(db, row.conversation, replies.joined(name[:60] or replies.SUPPORT))
        metrics.handoffs.labels(str(State.ACCEPTED)).inc()
        return self._records.change(db, row.id, **taken, **more)
