"""The reception: what is done about a shopper's message when it is for people rather than for the bot."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from actions.dialogue.words import agrees, cancels
from bot.dialogue.complaints import complains
from bot.handoff import words
from bot.handoff.agents import Agents
from bot.handoff.model import HUMAN, WITH_AGENT, Handoff, NotStored, Reason, State
from bot.handoff.queue import Queue
from bot.intake import Typed
from bot.policy.facts import facts
from bot.privacy.masking import PLACEHOLDER
from bot.privacy.recognition import as_meant
from bot.privacy.vault import Vault
from bot.turns import Reply
from bot.web.store import ConversationStore

_CONTACTS = ("email", "phone")
_SHORT = 60  # characters of what may be meant for an address or number
_RECENT = 3  # messages in which a complaint may be
_AWAY = timedelta(minutes=5)  # after which an agent's chats go back to the queue
_TYPING = timedelta(seconds=6)  # for which a shopper is shown that the agent types


class Reception:
    """Between the shopper and the queue; the bot's answers come from elsewhere."""

    def __init__(self, queue: Queue, agents: Agents, store: ConversationStore, vault: Vault) -> None:
        self.queue = queue
        self.agents = agents
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
        if not any(reply.hands_over for reply in replies) or not self.agents.listed():  # nobody would read what is left
            return list(replies)
        return [self._ask(conversation) if reply.hands_over else reply for reply in replies]

    def is_typing(self, conversation: str) -> bool:
        """Return whether an agent is typing to the shopper."""
        return self.queue.is_typing(conversation, _TYPING)

    def claimed(self, handoff: Handoff) -> None:
        """Tell the shopper who has come."""
        self._store.say(handoff.conversation, "system", [words.joined(self.agents.name(handoff.agent))])

    def resolved(self, handoff: Handoff) -> None:
        """Tell the shopper that the agent has ended it."""
        self._store.say(handoff.conversation, "system", [words.left(self.agents.name(handoff.agent))])

    def put_back(self) -> list[str]:
        """Put back into the queue whom agents have left alone, tell them, and return their conversations."""
        lost = [handoff.conversation for handoff in self.queue.abandoned(self.agents.are_away(_AWAY))]
        for conversation in lost:
            self._store.say(conversation, "system", [words.waits_again()])
        return lost

    def give_up(self, waited: timedelta) -> list[str]:
        """End the waits that nobody took in time, tell those who waited, and return their conversations."""
        ended = []
        for handoff in self.queue.overdue(waited):
            if self.queue.end(handoff.conversation, State.TIMED_OUT, only=State.REQUESTED):
                self._store.say(handoff.conversation, "system", [words.nobody_came()])
                ended.append(handoff.conversation)
        return ended

    def _ask(self, conversation: str) -> Reply:
        now = datetime.now(UTC)
        if not facts().support_hours.is_open(now):
            return words.closed(now)
        if not self.agents.is_somebody_there():
            return words.nobody_there()
        try:
            handoff = self.queue.wait(conversation, *self._why(conversation))
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
        self.queue.draft(conversation, *self._why(conversation))
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
        return [words.sent(self.queue.write(draft, draft.note, as_meant(value), send=True))]

    def _why(self, conversation: str) -> tuple[Reason, tuple[str, ...]]:
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
