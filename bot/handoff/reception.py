"""The reception: what is done about a shopper's message when it is for people, and about what people say to the shopper."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from actions.dialogue.words import agrees, cancels
from bot import metrics
from bot.dialogue.complaints import complains
from bot.handoff import words
from bot.handoff.agents import Agents
from bot.handoff.case import Heard
from bot.handoff.chain import Chain, Fallback
from bot.handoff.model import EMBEDDED, HUMAN, WITH_AGENT, Agent, Handoff, Kind, NotStored, NotTaken, Reason, State
from bot.handoff.queue import Queue, Why
from bot.handoff.records import Records
from bot.handoff.work import Work
from bot.intake import Typed, clean
from bot.policy.facts import facts
from bot.privacy.masking import PLACEHOLDER, mask
from bot.privacy.recognition import as_meant, find
from bot.privacy.vault import Vault
from bot.turns import Message, Reply
from bot.web.store import ConversationStore, UnknownConversation

LONGEST = 4000  # characters of what somebody says to a shopper
_CONTACTS = ("email", "phone")
_SHORT = 60  # characters of what may be meant for an address or number
_RECENT = 3  # messages in which a complaint may be
_AWAY = timedelta(minutes=5)  # after which an agent's chats go back to the queue
_IDLE = timedelta(hours=2)  # after which a chat with a person is over, though nobody has ended it
_TYPING = timedelta(seconds=6)  # for which a shopper is shown that the agent types


class Reception:
    """Between the shopper and people; the bot's answers come from elsewhere."""

    def __init__(self, records: Records, agents: Agents, chain: Chain, store: ConversationStore, vault: Vault) -> None:
        self._records = records
        self.queue = Queue(records)
        self.work = Work(records)
        self.agents = agents
        self._chain = chain
        self._fallback = Fallback(records, chain)
        self._store = store
        self._vault = vault

    def answer(self, conversation: str, typed: Typed) -> list[Reply] | None:
        """Return what is replied to a message that is for people, which may be nothing; None if it is for the bot."""
        state = self._store.state(conversation)
        try:
            if state in HUMAN:
                return self._beside_people(conversation, state, typed)
            if typed.said == words.LEAVE:
                return self._begin(conversation)
            draft = self.queue.draft_of(conversation)
            if draft is not None:
                return self._write(draft, typed)
        except NotStored:
            return [words.unavailable()]
        return self._over(conversation, typed) if typed.said in words.PAYLOADS else None

    def hand_over(self, conversation: str, replies: Sequence[Reply]) -> list[Reply]:
        """Return the bot's replies; the one that names support gives way to what is done: people are asked, or are away."""
        if not any(reply.hands_over for reply in replies) or not self._chain.has_people():  # nobody would read what is left
            return list(replies)
        return [self._ask(conversation) if reply.hands_over else reply for reply in replies]

    def is_typing(self, conversation: str) -> bool:
        """Return whether an agent is typing to the shopper."""
        return self.queue.is_typing(conversation, _TYPING)

    def say(self, handoff: Handoff, text: str, mark: str | None, name: str, agent: Agent | None = None) -> Handoff:
        """Let the shopper read what somebody says; personal data in it is kept as that of the shopper is. Raises NotTaken."""
        findings = find(text)
        masked = mask(text, findings, self._vault.keep(handoff.conversation, findings)) if findings else text
        after = self.work.say(handoff, masked, mark, name, agent)
        if handoff.replied_at is None and after.replied_at is not None:
            metrics.first_reply.observe((after.replied_at - after.requested_at).total_seconds())
        return after

    def heard(self, desk: str, heard: Heard) -> Handoff | None:
        """Take in what a desk of others tells; return the handoff whose shopper has news.

        None if it is about none of ours, and for a repetition, which changes nothing.
        """
        handoff = self.work.at(desk, heard.remote)
        text = clean(heard.text)[:LONGEST]
        try:
            if handoff is None:
                return None
            if heard.ended:
                return self.work.resolve(handoff.id) if handoff.kind is Kind.LIVE else None
            mark = self._records.mark(f"{desk} {heard.identifier}")
            if not text or self._store.received(handoff.conversation, mark):
                return None
            return self.say(handoff, text, mark, heard.name)
        except (NotTaken, UnknownConversation):
            return None

    def revealed(self, handoff: Handoff, message: Message) -> str:
        """Return a message as whoever has the chat may read it: with an address or number only if it was typed to them."""
        began = handoff.accepted_at
        if handoff.kind is not Kind.LIVE or began is None or not began <= message.at <= (handoff.ended_at or message.at):
            return message.text

        def value(match: re.Match[str]) -> str:
            """Return what stands behind a placeholder, if people may read it."""
            known = self._vault.value(handoff.conversation, match.group()) if match[1] in _CONTACTS else None
            return known or match.group()

        return PLACEHOLDER.sub(value, message.text)

    def put_back(self) -> list[str]:
        """Put back into the queue whom agents have left alone, tell them, and return their conversations."""
        return [handoff.conversation for handoff in self.queue.put_back(self.agents.are_away(_AWAY))]

    def end_idle(self) -> list[str]:
        """End chats that both sides have left, tell the shoppers, and return their conversations."""
        quiet = [handoff.conversation for handoff in self.queue.idle(_IDLE)]
        return [one for one in quiet if self.queue.end(one, State.ACCEPTED, words.nobody_wrote())]

    def give_up(self, waited: timedelta) -> list[str]:
        """Take the next way for those who have waited for too long, tell them, and return their conversations."""
        late = self.queue.overdue(waited)
        return [one.conversation for one in late if self._fallback.take_next(one, State.TIMED_OUT)]

    def _ask(self, conversation: str) -> Reply:
        now = datetime.now(UTC)
        if not facts().support_hours.is_open(now):
            return words.closed(now)
        desk = self._chain.for_chat()
        if desk is None:
            return words.nobody_there()
        try:
            handoff = self.queue.wait(conversation, self._why(conversation), desk)
        except NotStored:
            return words.unavailable()
        return words.waiting(handoff, self.queue.place(handoff))

    def _beside_people(self, conversation: str, state: str, typed: Typed) -> list[Reply]:
        """While people have the conversation the bot keeps silent, unless the shopper ends it."""
        if typed.said == words.STOP and self.queue.end(conversation, only=State.REQUESTED):
            return [words.stopped()]
        if typed.said == words.END and state == WITH_AGENT and self.queue.end(conversation):
            return [words.ended()]
        return []

    def _over(self, conversation: str, typed: Typed) -> list[Reply]:
        """Answer a button of a queue or a message that is over, by what became of it."""
        sent = self.queue.sent_of(conversation) if typed.said == words.SEND else None
        if sent:
            return [words.sent(sent)]
        return [words.over() if typed.said in (words.STOP, words.END) else words.dropped()]

    def _begin(self, conversation: str) -> list[Reply]:
        self.queue.draft(conversation, self._why(conversation))
        return [words.ask_note()]

    def _write(self, draft: Handoff, typed: Typed) -> list[Reply] | None:
        """Take a message into what is being written; None for one that is not part of it.

        When something else was talked about since, a yes, an address or "never mind" is about that: then only buttons count.
        """
        if typed.said == words.DROP:
            return self._drop(draft)
        if typed.said == words.SEND and draft.contact:
            return self._send(draft, draft.contact)
        topics, outcome = self._store.course(draft.conversation)
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
            return [words.ask_contact_again()]
        elif draft.contact and agrees(typed.shown):
            return self._send(draft, draft.contact)
        else:
            return None
        return [words.confirm(draft) if draft.contact else words.ask_contact()]

    def _drop(self, draft: Handoff) -> list[Reply]:
        self.queue.drop(draft)
        return [words.dropped()]

    def _send(self, draft: Handoff, placeholder: str) -> list[Reply]:
        value = self._vault.value(draft.conversation, placeholder)
        if value is None:
            self.queue.write(draft, draft.note, None)
            return [words.contact_expired()]
        desk = self._chain.for_message() or EMBEDDED
        return [words.sent(self.queue.send(draft, as_meant(value), desk))]

    def _why(self, conversation: str) -> Why:
        """Return why people are asked, by what was answered last, and what was asked about before."""
        topics, outcome = self._store.course(conversation)
        topics = tuple(topic for topic in topics if topic != "human")
        if any(complains(message.text) for message in self._store.recent(conversation, _RECENT)):
            return Reason.COMPLAINT, topics
        if outcome in ("clarify", "out_of_scope"):
            return (Reason.MISUNDERSTOOD if outcome == "clarify" else Reason.UNANSWERED), topics
        return (Reason.ACCESS if topics and topics[-1] == "access_or_delete" else Reason.ASKED), topics


def _contact_in(shown: str) -> str | None:
    """Return the placeholder of the first e-mail address or phone number in a message."""
    return next((match.group() for match in PLACEHOLDER.finditer(shown) if match[1] in _CONTACTS), None)
