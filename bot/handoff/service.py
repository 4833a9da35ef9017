"""Handoff service: the entry to handoffs for the turn engine, the web and the commands.

It answers the shopper's messages to support, stores agents' messages with personal data masked, and
ends waits that are too long. It changes handoffs only through ``Queue``, ``AgentInbox``,
``Fallback`` and ``HandoffOutbox``. It calls no help desk: ``bot.handoff.dispatch`` does that in the
background.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot import metrics
from bot.conversations.intake import CleanText, clean
from bot.conversations.model import Message, Reply
from bot.conversations.store import ConversationStore, UnknownConversation
from bot.handoff import replies
from bot.handoff.agents import Agents
from bot.handoff.case import InboundEvent
from bot.handoff.helpdesks import HelpDesk
from bot.handoff.inbox import AgentInbox
from bot.handoff.model import (
    EMBEDDED,
    HUMAN,
    WITH_AGENT,
    Agent,
    Handoff,
    HandoffError,
    HandoffKind,
    NotStored,
    NotTaken,
    Reason,
    State,
)
from bot.handoff.outbox import HandoffOutbox
from bot.handoff.queue import Queue, Why
from bot.handoff.records import Records
from bot.handoff.routing import Fallback, Router
from bot.phrases import agrees, cancels, complains
from bot.policy.facts import facts
from bot.privacy.emails import BadAddress, normalise
from bot.privacy.masking import PLACEHOLDER, mask
from bot.privacy.recognition import find
from bot.privacy.vault import Vault

LONGEST = 4000  # characters of an agent's message to a shopper
_CONTACTS = ("email", "phone")
_SHORT = 60  # characters; a longer text is no failed attempt to give an address or number
_RECENT = 3  # last messages of the shopper, in which a complaint is looked for
_AWAY = timedelta(minutes=5)  # the chats of an agent who is away for longer go back to the queue
_IDLE = timedelta(hours=2)  # a chat with an agent is ended if nobody writes for longer
_TYPING = timedelta(seconds=6)  # the shopper sees for so long that the agent types


class HandoffService:
    """Handoffs between shoppers and support agents; the bot's own answers come from elsewhere."""

    def __init__(
        self,
        records: Records,
        agents: Agents,
        router: Router,
        store: ConversationStore,
        vault: Vault,
    ) -> None:
        self._records = records
        self.queue = Queue(records)
        self.inbox = AgentInbox(records)
        self.agents = agents
        self._router = router
        self._fallback = Fallback(records, router)
        self._store = store
        self._vault = vault

    def answer(self, conversation: str, typed: CleanText) -> list[Reply] | None:
        """Return the replies to a message for support, perhaps none; None if it is for the bot.

        If the database fails, the reply says that nobody knows of the message.
        """
        state = self._store.state(conversation)
        try:
            if state in HUMAN:
                return self._while_with_support(conversation, state, typed)
            if typed.said == replies.LEAVE:
                return self._begin_draft(conversation)
            draft = self.queue.draft_of(conversation)
            if draft is not None:
                return self._continue_draft(draft, typed)
        except NotStored:
            return [replies.unavailable()]
        return (
            self._answer_old_choice(conversation, typed) if typed.said in replies.PAYLOADS else None
        )

    def hand_over(self, conversation: str, answers: Sequence[Reply]) -> list[Reply]:
        """Return the bot's replies, with a handoff in place of the contact data of support.

        They stay as they are if no agent would read the handoff.
        """
        if not any(reply.hands_over for reply in answers) or not self._router.has_people():
            return list(answers)
        return [
            self._request_agent(conversation) if reply.hands_over else reply for reply in answers
        ]

    def help_desk(self, name: str) -> HelpDesk | None:
        """Return an external help desk by its name, None if it is not configured."""
        return self._router.desks.get(name)

    def is_typing(self, conversation: str) -> bool:
        """Return whether an agent is typing to the shopper."""
        return self.queue.is_typing(conversation, _TYPING)

    def post(
        self, handoff: Handoff, text: str, digest: str | None, name: str, agent: Agent | None = None
    ) -> Handoff:
        """Store an agent's message to the shopper, with personal data masked; raises NotTaken."""
        findings = find(text)
        masked = (
            mask(text, findings, self._vault.keep(handoff.conversation, findings))
            if findings
            else text
        )
        after = self.inbox.post(handoff, masked, digest, name, agent)
        if handoff.replied_at is None and after.replied_at is not None:
            metrics.first_reply.observe((after.replied_at - after.requested_at).total_seconds())
        return after

    def reply(self, handoff: Handoff, text: str, agent: Agent, client_id: str | None) -> Handoff:
        """Send a message of an agent of our own desk; the same ``client_id`` is stored once.

        Raises NotTaken if the agent does not have the chat any more.
        """
        digest = self._records.digest(f"{agent.id} {client_id}") if client_id else None
        return self.post(handoff, text, digest, agent.name, agent)

    def on_event(self, desk: str, event: InboundEvent) -> Handoff | None:
        """Store an event of an external help desk; return its handoff if there is news to show.

        None for an unknown chat, for a repetition, and for an event without a meaning here.
        """
        handoff = self.inbox.at(desk, event.remote)
        text = clean(event.text)[:LONGEST]
        try:
            if handoff is None:
                return None
            if event.ended:
                return self.inbox.resolve(handoff.id) if handoff.kind is HandoffKind.LIVE else None
            digest = self._records.digest(f"{desk} {event.identifier}")
            if not text or self._store.received(handoff.conversation, digest):
                return None
            return self.post(handoff, text, digest, event.name)
        except (NotTaken, UnknownConversation):
            return None

    def revealed(self, handoff: Handoff, message: Message) -> str:
        """Return the text of a message for its agent.

        In the messages of a live chat with the agent, the contact data that the shopper typed is in
        place of its placeholders. Other personal data, and messages before the agent came, stay
        masked.
        """
        began = handoff.accepted_at
        if (
            handoff.kind is not HandoffKind.LIVE
            or began is None
            or not began <= message.at <= (handoff.ended_at or message.at)
        ):
            return message.text

        def value(match: re.Match[str]) -> str:
            """Return the value of a placeholder if agents may read it, else the placeholder."""
            known = (
                self._vault.value(handoff.conversation, match.group())
                if match[1] in _CONTACTS
                else None
            )
            return known or match.group()

        return PLACEHOLDER.sub(value, message.text)

    def put_back(self) -> list[str]:
        """Put the chats of absent agents back, tell the shoppers, and return the conversations."""
        return [
            handoff.conversation for handoff in self.queue.put_back(self.agents.are_away(_AWAY))
        ]

    def end_idle(self) -> list[str]:
        """End chats in which nobody writes, tell the shoppers, and return the conversations."""
        idle = [handoff.conversation for handoff in self.queue.idle(_IDLE)]
        return [one for one in idle if self.queue.end(one, State.ACCEPTED, replies.nobody_wrote())]

    def give_up(self, waited: timedelta) -> list[str]:
        """End waits longer than ``waited``, tell the shoppers, and return the conversations.

        The request goes to the next desk as a message, if there is such a desk.
        """
        overdue = self.queue.overdue(waited)
        return [
            handoff.conversation
            for handoff in overdue
            if self._fallback.take_next(handoff, State.TIMED_OUT)
        ]

    def retry_undelivered(self) -> tuple[int, str]:
        """Send undelivered messages again, to the first desk for messages.

        Return the number of messages and the name of the desk. Raises HandoffError if no desk takes
        messages.
        """
        desk = self._router.for_message()
        if desk is None:
            raise HandoffError(
                "Nobody takes messages: add an agent, or name a desk in PRIVACY_BOT_HANDOFF_DESKS."
            )
        return HandoffOutbox(self._records).retry(desk), desk

    def _request_agent(self, conversation: str) -> Reply:
        """Put the shopper into the queue, or return a reply that says why not."""
        now = datetime.now(UTC)
        if not facts().support_hours.is_open(now):
            return replies.closed(now)
        desk = self._router.for_chat()
        if desk is None:
            return replies.nobody_there()
        try:
            handoff = self.queue.wait(conversation, self._reason(conversation), desk)
        except NotStored:
            return replies.unavailable()
        return replies.waiting(handoff, self.queue.place(handoff))

    def _while_with_support(self, conversation: str, state: str, typed: CleanText) -> list[Reply]:
        """Return no replies while support has the conversation, unless the shopper ends it."""
        if typed.said == replies.STOP and self.queue.end(conversation, only=State.REQUESTED):
            return [replies.stopped()]
        if typed.said == replies.END and state == WITH_AGENT and self.queue.end(conversation):
            return [replies.ended()]
        return []

    def _answer_old_choice(self, conversation: str, typed: CleanText) -> list[Reply]:
        """Return the reply to a choice of a handoff that is over."""
        sent = self.queue.last_message_of(conversation) if typed.said == replies.SEND else None
        if sent:
            return [replies.sent(sent)]
        return [replies.over() if typed.said in (replies.STOP, replies.END) else replies.dropped()]

    def _begin_draft(self, conversation: str) -> list[Reply]:
        self.queue.draft(conversation, self._reason(conversation))
        return [replies.ask_note()]

    def _continue_draft(self, draft: Handoff, typed: CleanText) -> list[Reply] | None:
        """Take a message of the shopper as the next step of the draft; None if it is for the bot.

        After a reply on another topic, only the choices of the draft count: a yes, an address or
        "never mind" then belongs to the other topic.
        """
        if typed.said == replies.DROP:
            return self._drop(draft)
        if typed.said == replies.SEND and draft.contact:
            return self._send(draft, draft.contact)
        topics, outcome = self._store.topics_and_outcome(draft.conversation)
        if typed.said.startswith("/") or topics[-1:] != ("human",) or outcome != "form":
            return None
        if cancels(typed.shown):
            return self._drop(draft)
        contact = _contact_in(typed.shown)
        if not draft.note:
            draft = self.queue.write(draft, typed.shown, contact)
        elif contact:
            draft = self.queue.write(draft, draft.note, contact)
        elif draft.contact is None and len(typed.shown) <= _SHORT and "?" not in typed.shown:
            return [replies.ask_contact_again()]
        elif draft.contact and agrees(typed.shown):
            return self._send(draft, draft.contact)
        else:
            return None
        return [replies.confirm(draft) if draft.contact else replies.ask_contact()]

    def _drop(self, draft: Handoff) -> list[Reply]:
        self.queue.drop(draft)
        return [replies.dropped()]

    def _send(self, draft: Handoff, placeholder: str) -> list[Reply]:
        value = self._vault.value(draft.conversation, placeholder)
        if value is None:
            self.queue.write(draft, draft.note, None)
            return [replies.contact_expired()]
        desk = self._router.for_message() or EMBEDDED
        return [replies.sent(self.queue.send(draft, _normal(value), desk))]

    def _reason(self, conversation: str) -> Why:
        """Return the reason of a handoff and the topics before it."""
        topics, outcome = self._store.topics_and_outcome(conversation)
        topics = tuple(topic for topic in topics if topic != "human")
        if any(complains(message.text) for message in self._store.recent(conversation, _RECENT)):
            return Reason.COMPLAINT, topics
        if outcome in ("clarify", "out_of_scope"):
            return (Reason.MISUNDERSTOOD if outcome == "clarify" else Reason.UNANSWERED), topics
        return (
            Reason.ACCESS if topics and topics[-1] == "access_or_delete" else Reason.ASKED
        ), topics


def _normal(contact: str) -> str:
    """Return a contact as it is stored and found: an address in its normal form, else as typed."""
    try:
        return normalise(contact)
    except BadAddress:
        return contact


def _contact_in(shown: str) -> str | None:
    """Return the placeholder of the first e-mail address or phone number in a message."""
    return next(
        (match.group() for match in PLACEHOLDER.finditer(shown) if match[1] in _CONTACTS), None
    )
