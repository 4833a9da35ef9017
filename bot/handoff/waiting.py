"""Waiting: the dialogue with a shopper while support has the conversation.

The assistant keeps out of it. What the shopper writes is for the agent, unless it ends the wait.
"""

from bot.conversations.intake import CleanText
from bot.conversations.model import Reply
from bot.conversations.store import ConversationStore
from bot.handoff import phrases, replies
from bot.handoff.drafting import Drafting
from bot.handoff.model import WAITING, WITH_AGENT, State
from bot.handoff.queue import Queue

_UNDO = '"optout_do": "undo"'  # in the payload of a choice
_NOTICE_EVERY = 3  # messages of a waiting shopper, of which the first gets a notice


class Waiting:
    """Dialogue with shoppers who wait for an agent, or talk to one."""

    def __init__(self, queue: Queue, store: ConversationStore, drafting: Drafting) -> None:
        self._queue = queue
        self._store = store
        self._drafting = drafting

    def answer(self, conversation: str, state: str, typed: CleanText) -> list[Reply] | None:
        """Return the replies to a message while support has the conversation, mostly none.

        The shopper can end that. A choice is never met with silence. None leaves it to the
        assistant: it undoes what was recorded, whoever has the conversation.
        """
        if typed.is_choice and _UNDO in typed.said:
            return None
        stops = (
            typed.said == replies.STOP
            if typed.is_choice
            else state == WAITING and phrases.stops_waiting(typed.shown)
        )
        if stops and self._queue.end(conversation, only=State.REQUESTED):
            return self._drafting.remind(conversation, replies.stopped())
        if typed.said == replies.END and state == WITH_AGENT and self._queue.end(conversation):
            return self._drafting.remind(conversation, replies.ended())
        if typed.is_choice:
            return [self._out_of_place(conversation)]
        return self._while_waiting(conversation, typed.shown) if state == WAITING else []

    def _out_of_place(self, conversation: str) -> Reply:
        """Return the reply to a choice that has no effect while support has the conversation."""
        state = self._store.state(conversation)  # the agent may just have come or gone
        if state == WAITING:
            return replies.stop_waiting_first()
        return replies.end_chat_first() if state == WITH_AGENT else replies.over()

    def _while_waiting(self, conversation: str, text: str) -> list[Reply]:
        """Return a short notice now and then, and after the first question, while one waits."""
        handoff = self._queue.live_of(conversation)
        if handoff is None or handoff.state is not State.REQUESTED:
            return []
        said = self._store.since(conversation, handoff.said_before)
        earlier = [message.text for message in said if message.sender == "visitor"][:-1]
        place = self._queue.place(handoff)
        if phrases.asks(text) and not any(phrases.asks(other) for other in earlier):
            return [replies.agent_will_answer(handoff, place)]
        often, silent = divmod(len(earlier), _NOTICE_EVERY)
        return [] if silent else [replies.passed_to_agent(handoff, place, often)]
