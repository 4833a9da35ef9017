"""Access to the desk: who calls, to which handoff, and the form in which the desk gets it."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.accounts.model import Account, Role
from bot.conversations.model import Message, rfc3339
from bot.conversations.store import UnknownConversation
from bot.handoff.cards import Card
from bot.handoff.model import EMBEDDED, UNSENT, Agent, Handoff, NotTaken, State
from bot.handoff.notes import Note
from bot.handoff.shopper_mail import SentMail
from bot.web.context import WebContext
from bot.web.errors import not_found
from bot.web.staff import StaffDoor


class DeskAccess:
    """Checks of every call of the desk, and the JSON of handoffs."""

    def __init__(self, web: WebContext, door: StaffDoor) -> None:
        self._door = door
        self._engine = web.engine
        self._store = web.services.store
        self.handoffs = web.services.handoffs
        self.desk = web.services.desk

    @property
    def has_single_sign_on(self) -> bool:
        """Return whether the page offers the single sign-on."""
        return self._door.has_single_sign_on

    def agent(self, request: Request) -> Agent:
        """Return the agent who is signed in, and is at the desk now."""
        account = self._door.account(request)
        self.handoffs.agents.note_presence(account.id)
        return Agent(account.id, account.name)

    def note(self, act: str, agent: Agent, reference: str, **more: str) -> None:
        """Add an act of an agent to the audit log."""
        account = Account(agent.id, agent.name, frozenset({Role.AGENT}))
        self._door.note(act, account, reference=reference, **more)

    def changed(self, act: str, agent: Agent, handoff: Handoff) -> None:
        """Note an act of an agent on a handoff, and wake the page of its shopper."""
        self.note(act, agent, handoff.reference)
        self._engine.announce(handoff.conversation)

    def handoff(self, identifier: str) -> Handoff:
        """Return a handoff of our own desk by its id; raises ApiError 404."""
        known = re.fullmatch(r"[0-9a-f]{32}", identifier)
        handoff = self.handoffs.inbox.find(identifier) if known else None
        if handoff is None or handoff.state in UNSENT or handoff.desk != EMBEDDED:
            raise not_found(
                "There is no such handoff: the shopper may have deleted the conversation."
            )
        return handoff

    def mine(self, request: Request, identifier: str) -> tuple[Agent, Handoff]:
        """Return the agent and their handoff; raises NotTaken if the agent does not have it."""
        agent = self.agent(request)
        handoff = self.handoff(identifier)
        if handoff.agent != agent.id or handoff.state is not State.ACCEPTED:
            raise NotTaken("You do not have this chat: it is over, or somebody else has taken it.")
        return agent, handoff

    def case(self, handoff: Handoff, agent: Agent) -> Response:
        """Return the answer with a handoff and all that belongs to it."""
        return JSONResponse(self.case_json(handoff, agent))

    def case_json(self, handoff: Handoff, agent: Agent) -> dict[str, Any]:
        """Return a handoff with its conversation, its notes and its mails; raises ApiError 404."""
        cards = self.desk.cards.of([handoff])
        try:
            said = self._store.since(handoff.conversation, 0)
        except UnknownConversation:
            said = []
        if not cards:
            raise not_found("The shopper has deleted the conversation.")
        messages = [
            message.as_json() | {"text": self._shown(handoff, agent, message)} for message in said
        ]
        mails = [
            {**note_json(mail), "state": str(mail.state), "error": mail.error}
            for mail in self.desk.mails.of(handoff)
        ]
        notes = [note_json(note) for note in self.desk.notes.of(handoff)]
        return {**card_json(cards[0], agent), "messages": messages, "notes": notes, "mails": mails}

    def _shown(self, handoff: Handoff, agent: Agent, message: Message) -> str:
        """Return the text of a message; contact data only for the agent of the handoff."""
        mine = handoff.agent == agent.id
        return self.handoffs.revealed(handoff, message) if mine else message.text


def note_json(note: Note | SentMail) -> dict[str, Any]:
    """Return a note, or the part of a mail that is like one."""
    return {"at": rfc3339(note.at), "agent": note.agent_name, "text": note.text}


def card_json(card: Card, agent: Agent) -> dict[str, Any]:
    """Return a card."""
    presence = card.presence
    return {
        **handoff_json(card.handoff, agent),
        "last_words": card.last_words,
        "waiting_since": rfc3339(card.waiting_since) if card.waiting_since else None,
        "unread": card.unread,
        "here": presence.here,
        "seen_at": rfc3339(presence.seen_at) if presence.seen_at else None,
        "typing": presence.typing,
        "loaded_at": rfc3339(presence.loaded_at) if presence.loaded_at else None,
        "mail_failed": card.mail_failed,
    }


def handoff_json(handoff: Handoff, agent: Agent) -> dict[str, Any]:
    """Return a handoff; contact data only for the agent who has it."""
    mine = handoff.agent == agent.id
    return {
        "id": handoff.id,
        "reference": handoff.reference,
        "kind": str(handoff.kind),
        "state": str(handoff.state),
        "reason": str(handoff.reason),
        "topics": list(handoff.titles),
        "note": handoff.note,
        "contact": handoff.contact if mine else None,
        "requested_at": rfc3339(handoff.requested_at),
        "ended_at": rfc3339(handoff.ended_at) if handoff.ended_at else None,
        "mine": mine,
        "agent": handoff.agent_name,
        "follow_up": handoff.follow_up,
    }
