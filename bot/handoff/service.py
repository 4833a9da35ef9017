"""Handoff service: the entry to handoffs for the turn engine, the web and the commands.

It answers the shopper's messages to support, stores agents' messages with personal data masked, and
ends waits that are too long. It changes handoffs only through ``Queue``, ``AgentInbox``,
``Fallback`` and ``HandoffOutbox``. It calls no help desk: ``bot.handoff.dispatch`` does that in the
background.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from bot import metrics
from bot.conversations.intake import CleanText, clean
from bot.conversations.model import Message, Reply
from bot.conversations.store import ConversationStore, UnknownConversation
from bot.handoff import draft_replies, phrases, replies
from bot.handoff.agents import Agents
from bot.handoff.case import InboundEvent
from bot.handoff.contact import CONTACTS
from bot.handoff.drafting import Drafting
from bot.handoff.helpdesks import HelpDesk
from bot.handoff.inbox import AgentInbox
from bot.handoff.model import (
    HUMAN,
    Agent,
    Handoff,
    HandoffError,
    HandoffKind,
    NotStored,
    NotTaken,
    Reason,
)
from bot.handoff.outbox import HandoffOutbox
from bot.handoff.queue import Queue, Why
from bot.handoff.records import Records
from bot.handoff.routing import Router
from bot.handoff.upkeep import Upkeep
from bot.handoff.waiting import Waiting
from bot.phrases import complains
from bot.policy.facts import facts
from bot.privacy.masking import PLACEHOLDER
from bot.privacy.vault import Vault, masked

LONGEST = 4000  # characters of an agent's message to a shopper
_RECENT = 3  # last messages of the shopper, in which a complaint is looked for
_TYPING = timedelta(seconds=6)  # the shopper sees for so long that the agent types
_LONGEST_TURN = 10  # messages that are read back for what was said last


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
        self._store = store
        self._vault = vault
        self._drafting = Drafting(self.queue, store, vault, router)
        self._waiting = Waiting(self.queue, store, self._drafting)
        self.upkeep = Upkeep(records, self.queue, agents, router)

    def answer(self, conversation: str, typed: CleanText) -> list[Reply] | None:
        """Return the replies to a message for support, perhaps none; None if it is for the bot.

        If the database fails, the reply says that nobody knows of the message.
        """
        try:
            answers = self._answer(conversation, typed)
        except NotStored:
            answers = [replies.unavailable()]
        if not answers:
            return answers
        return _in_new_words(answers, self._said_before(conversation))

    def complete(
        self, conversation: str, typed: CleanText, answers: Sequence[Reply]
    ) -> list[Reply]:
        """Return the assistant's replies to a message that ``answer`` left to it, completed.

        A wish for a person becomes a handoff, and a message to support goes on, or waits. Contact
        data stays as it is if no agent would read a handoff.
        """
        handed = [self._hand_over(conversation, typed, reply) for reply in answers]
        return self._drafting.go_on(conversation, handed)

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
        after = self.inbox.post(handoff, self.masked(handoff, text), digest, name, agent)
        if handoff.replied_at is None and after.replied_at is not None:
            metrics.first_reply.observe((after.replied_at - after.requested_at).total_seconds())
        return after

    def masked(self, handoff: Handoff, text: str) -> str:
        """Return a text of an agent with its personal data masked."""
        return masked(self._vault, handoff.conversation, text)

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
        place of its placeholders, and all that agents typed. Other personal data, and messages
        before the agent came, stay masked.
        """
        began = handoff.accepted_at
        if (
            handoff.kind is not HandoffKind.LIVE
            or message.sender not in ("visitor", "agent")
            or began is None
            or not began <= message.at <= (handoff.ended_at or message.at)
        ):
            return message.text

        def value(match: re.Match[str]) -> str:
            """Return the value of a placeholder if agents may read it, else the placeholder."""
            known = (
                self._vault.value(handoff.conversation, match.group())
                if match[1] in CONTACTS or message.sender == "agent"
                else None
            )
            return known or match.group()

        return PLACEHOLDER.sub(value, message.text)

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

    def _hand_over(self, conversation: str, typed: CleanText, reply: Reply) -> Reply:
        """Return a reply of the assistant, or the handoff in its place if it asks for one.

        Nobody is called for a shopper who only says that they do not understand.
        """
        if not reply.hands_over:
            return reply
        if phrases.puzzled(typed.shown):
            reply = replies.offer_person()
        elif self._router.has_people():
            reply = self._request_agent(conversation)
        return _in_new_words([reply], self._said_before(conversation))[0]

    def _request_agent(self, conversation: str) -> Reply:
        """Put the shopper into the queue, or return a reply that says why not."""
        now = datetime.now(UTC)
        hours = facts().support_hours  # without hours, agents may be there at any time
        if hours and not hours.is_open(now):
            return replies.closed(now, hours)
        desk = self._router.for_chat()
        if desk is None:
            return replies.nobody_there()
        try:
            handoff = self.queue.wait(conversation, self._reason(conversation), desk)
        except NotStored:
            return replies.unavailable()
        return replies.waiting(handoff, self.queue.place(handoff))

    def _answer(self, conversation: str, typed: CleanText) -> list[Reply] | None:
        state = self._store.state(conversation)
        if state in HUMAN:
            return self._waiting.answer(conversation, state, typed)
        draft = self.queue.draft_of(conversation)
        if draft is not None:
            answers = self._drafting.answer(draft, typed, self._said_before(conversation))
            if answers is not None:
                return answers
        elif typed.said == replies.LEAVE:
            return self._drafting.begin(conversation, self._reason(conversation))
        elif not typed.is_choice and phrases.leaves_message(typed.shown):
            if not self._router.has_people():
                return [draft_replies.nobody_reads()]
            return self._drafting.begin(conversation, self._reason(conversation))
        return (
            self._answer_old_choice(conversation, typed) if typed.said in replies.PAYLOADS else None
        )

    def _said_before(self, conversation: str) -> list[Message]:
        """Return what the shopper heard between their last message and the one before it."""
        last = self._store.last_id(conversation)
        recent = self._store.since(conversation, last - _LONGEST_TURN)[:-1]
        heard = takewhile(lambda message: message.sender != "visitor", reversed(recent))
        return list(heard)

    def _answer_old_choice(self, conversation: str, typed: CleanText) -> list[Reply]:
        """Return the reply to a choice of a handoff that is over."""
        if typed.said in (replies.STOP, replies.END):
            return [replies.over()]
        if sent := self.queue.last_message_of(conversation):
            return [draft_replies.sent(sent)]
        return [
            draft_replies.dropped() if typed.said == replies.DROP else draft_replies.no_message()
        ]

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


def _in_new_words(answers: Sequence[Reply], before: Sequence[Message]) -> list[Reply]:
    """Return replies of which none repeats, word for word, what was said right before."""
    said = {message.text for message in before}
    return [replies.unlike(reply, said) for reply in answers]
