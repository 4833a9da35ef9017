"""Drafting: the dialogue in which a shopper leaves a message for support, up to the yes.

The message needs a text, a way to be reached, and a yes. What the shopper writes meanwhile belongs
to it, unless it is for the assistant. The assistant's answer does not drop the message:

- ``drafted``: the message is open; after an answer of the assistant it is ``interrupted``.
- ``interrupted``: it is open, too, and the bot has come back to it once. After a second answer in
  a row it is ``parked``.
- ``parked``: it waits; what the shopper writes is for the assistant again. It is taken up by its
  choice or by words.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversations.intake import CleanText
from bot.conversations.model import Message, Reply, forgets
from bot.conversations.store import ConversationStore
from bot.handoff import draft_replies, phrases
from bot.handoff.contact import contact_in, is_only_contact
from bot.handoff.model import EMBEDDED, HUMAN, Handoff, NotStored, State
from bot.handoff.queue import Queue, Why
from bot.handoff.replies import DROP, GO_ON, LEAVE, SEND
from bot.handoff.routing import Router
from bot.phrases import agrees, cancels
from bot.privacy.emails import BadAddress, normalise
from bot.privacy.vault import Vault

_SHORT = 60  # characters; a longer text is no failed attempt to give an address or number
_LONGEST = 4000  # characters of a message, from which on nothing is added to it
_OTHER_FORMS = ("opt_out", "opt_in")  # topics of what the assistant may be asking for


class Drafting:
    """Dialogue of the messages to support that are not sent yet."""

    def __init__(
        self, queue: Queue, store: ConversationStore, vault: Vault, router: Router
    ) -> None:
        self._queue = queue
        self._store = store
        self._vault = vault
        self._router = router

    def begin(self, conversation: str, why: Why) -> list[Reply]:
        """Begin a message, and ask for its text."""
        return [draft_replies.ask(self._queue.draft(conversation, why))]

    def answer(
        self, draft: Handoff, typed: CleanText, before: Sequence[Message]
    ) -> list[Reply] | None:
        """Return the replies to a message of the shopper; None if it is for the assistant.

        ``before`` has what the bot said last.
        """
        if typed.is_choice:
            return self._chosen(draft, typed.said)
        step = self._while_parked if draft.state is State.PARKED else self._while_open
        return step(draft, typed.shown, before)

    def go_on(self, conversation: str, answers: Sequence[Reply]) -> list[Reply]:
        """Return the assistant's replies, and how the message goes on after them.

        The bot comes back to it once, then the message waits. It also waits if the assistant asks
        for something else, or if the shopper now waits for an agent.
        """
        draft = self._queue.draft_of(conversation)
        if draft is None or forgets(answers):
            return list(answers)
        try:
            return self._gone_on(draft, answers)
        except NotStored:  # the assistant's answer is right without it
            return list(answers)

    def remind(self, conversation: str, reply: Reply) -> list[Reply]:
        """Return a reply, and after it a reminder of the message that waits, if there is one."""
        if self._queue.draft_of(conversation) is None:
            return [reply]
        return [replace(reply, choices=()), draft_replies.still_waits()]

    def _gone_on(self, draft: Handoff, answers: Sequence[Reply]) -> list[Reply]:
        asks_else = any(reply.outcome == "form" for reply in answers)
        if draft.state is State.PARKED:
            done = any(reply.outcome == "done" for reply in answers) and not asks_else
            return [*answers, draft_replies.still_waits()] if done else list(answers)
        if self._store.state(draft.conversation) in HUMAN:
            self._queue.mark(draft, State.PARKED)
            return [*answers, draft_replies.kept()]
        if asks_else:
            self._queue.mark(draft, State.PARKED)
            return [draft_replies.makes_room(), *answers]
        # The message is there already: the assistant need not offer to take one.
        answers = [replace(reply, choices=()) if reply.hands_over else reply for reply in answers]
        if draft.state is State.INTERRUPTED:
            self._queue.mark(draft, State.PARKED)
            return [*answers, draft_replies.waits()]
        return [*answers, draft_replies.go_on(self._queue.mark(draft, State.INTERRUPTED))]

    def _chosen(self, draft: Handoff, payload: str) -> list[Reply] | None:
        if payload == DROP:
            return self._drop(draft)
        if payload == SEND and _is_complete(draft):
            return self._send(draft)
        return self._take_up(draft) if payload in (LEAVE, SEND, GO_ON) else None

    def _while_parked(
        self, draft: Handoff, text: str, before: Sequence[Message]
    ) -> list[Reply] | None:
        """Take up a message that waits, if the shopper speaks of it; else the assistant answers.

        Short words count if the bot spoke of it last: "never mind" may belong to something else.
        """
        topics = {message.topic for message in before}
        just_named = "human" in topics and topics.isdisjoint(_OTHER_FORMS)
        if phrases.drops(text) or (just_named and cancels(text)):
            return self._drop(draft)
        if phrases.sends(text):
            return self._send(draft) if _is_complete(draft) else self._take_up(draft)
        if phrases.takes_up(text) and (
            phrases.names_message(text) or topics.isdisjoint(_OTHER_FORMS)
        ):
            return self._take_up(draft)
        if just_named and draft.note and is_only_contact(text):
            return self._take_contact(draft, text)
        return None

    def _while_open(
        self, draft: Handoff, text: str, before: Sequence[Message]
    ) -> list[Reply] | None:
        """Do what the shopper says about the message, or take the text for the message itself."""
        if cancels(text) or phrases.drops(text):
            return self._drop(draft)
        if _is_complete(draft) and (agrees(text) or phrases.sends(text)):
            return self._send(draft)
        if phrases.takes_up(text) or phrases.sends(text):
            return self._take_up(draft)
        if phrases.is_for_the_assistant(text):
            return None
        if phrases.puzzled(text) or phrases.says_nothing(text):
            return self._explain(draft)
        if not draft.note:
            return self._explain(draft) if agrees(text) else self._take_note(draft, text)
        if phrases.rewrites(text):
            return self._write(draft, "", draft.contact)
        return self._after_note(draft, text, before)

    def _take_note(self, draft: Handoff, text: str) -> list[Reply]:
        contact = self._contact_in(draft, text, asked=is_only_contact(text))
        return self._write(draft, text, contact or draft.contact)

    def _after_note(
        self, draft: Handoff, text: str, before: Sequence[Message]
    ) -> list[Reply] | None:
        """Take the address or number, or ask again; other wishes are for the assistant."""
        if phrases.opts_out(text):
            return None
        if (taken := self._take_contact(draft, text)) is not None:
            return taken
        if draft.contact or phrases.asks(text):
            return None
        return self._without_contact(draft, text, before)

    def _without_contact(self, draft: Handoff, text: str, before: Sequence[Message]) -> list[Reply]:
        """Take a text in which the shopper was to say how to be reached, and did not."""
        if len(text) > _SHORT and len(draft.note) < _LONGEST:
            self._queue.write(draft, f"{draft.note}\n{text}", None)
            return [draft_replies.added()]
        again = draft_replies.ask_contact_again()
        if any(message.text == again.text for message in before):
            return self._explain(draft)
        self._reopened(draft)
        return [again]

    def _take_contact(self, draft: Handoff, text: str) -> list[Reply] | None:
        contact = self._contact_in(draft, text, asked=True)
        return self._write(draft, draft.note, contact) if contact else None

    def _contact_in(self, draft: Handoff, text: str, asked: bool) -> str | None:
        return contact_in(text, lambda kept: self._vault.value(draft.conversation, kept), asked)

    def _write(self, draft: Handoff, note: str, contact: str | None) -> list[Reply]:
        return [draft_replies.ask(self._queue.write(draft, note, contact))]

    def _take_up(self, draft: Handoff) -> list[Reply]:
        return [draft_replies.ask(self._reopened(draft))]

    def _explain(self, draft: Handoff) -> list[Reply]:
        return [draft_replies.explain(self._reopened(draft))]

    def _reopened(self, draft: Handoff) -> Handoff:
        return self._queue.mark(draft, State.DRAFTED)

    def _drop(self, draft: Handoff) -> list[Reply]:
        self._queue.drop(draft)
        return [draft_replies.dropped()]

    def _send(self, draft: Handoff) -> list[Reply]:
        value = self._vault.value(draft.conversation, draft.contact or "")
        if value is None:
            self._queue.write(draft, draft.note, None)
            return [draft_replies.contact_expired()]
        desk = self._router.for_message() or EMBEDDED
        return [draft_replies.sent(self._queue.send(draft, _normal(value), desk))]


def _is_complete(draft: Handoff) -> bool:
    return bool(draft.note and draft.contact)


def _normal(contact: str) -> str:
    """Return a contact as it is stored and found: an address in its normal form, else as typed."""
    try:
        return normalise(contact)
    except BadAddress:
        return contact
