"""Upkeep of our own desk and its queue: what happens when nobody does anything.

Agents lose their connection, shoppers wait in vain, and chats fall asleep. Every few seconds the
background work looks for these, changes them, and returns the conversations with news.
"""

from datetime import timedelta

from bot.handoff import replies
from bot.handoff.agents import PRESENCE, Agents
from bot.handoff.model import Handoff, HandoffKind, State
from bot.handoff.queue import Queue
from bot.handoff.records import Records
from bot.handoff.routing import Fallback, Router

_KEEPS_MESSAGE = timedelta(minutes=5)  # an agent who is gone for longer loses their messages
_IDLE = timedelta(hours=2)  # a chat with an agent is ended if nobody writes for longer


class Upkeep:
    """Upkeep of the queue; several processes may do it at once."""

    def __init__(self, records: Records, queue: Queue, agents: Agents, router: Router) -> None:
        self._queue = queue
        self._agents = agents
        self._fallback = Fallback(records, router)

    def put_back(self) -> list[str]:
        """Take chats and messages from agents who are gone; return the conversations with news.

        A shopper goes to the queue if another agent is there, else to the next desk, or is offered
        to leave a message. So does a shopper who waits when the last agent is gone.
        """
        away = self._agents.are_away(PRESENCE)
        self._queue.put_back(self._agents.are_away(_KEEPS_MESSAGE), HandoffKind.MESSAGE)
        if self._agents.is_somebody_there():
            lost = self._queue.put_back(away, HandoffKind.LIVE, replies.waits_again())
            return [handoff.conversation for handoff in lost]
        lost = self._queue.put_back(away, HandoffKind.LIVE)
        if not self._agents.is_somebody_there(available=False):
            lost = self._queue.waiting_here()
        return [handoff.conversation for handoff in lost if self._pass_on(handoff)]

    def end_idle(self) -> list[str]:
        """End chats in which nobody writes, tell the shoppers, and return the conversations."""
        idle = [handoff.conversation for handoff in self._queue.idle(_IDLE)]
        return [one for one in idle if self._queue.end(one, State.ACCEPTED, replies.nobody_wrote())]

    def give_up(self, waited: timedelta) -> list[str]:
        """End waits longer than ``waited``, tell the shoppers, and return the conversations.

        The request goes to the next desk as a message, if there is such a desk.
        """
        overdue = self._queue.overdue(waited)
        return [
            handoff.conversation
            for handoff in overdue
            if self._fallback.take_next(handoff, State.TIMED_OUT)
        ]

    def _pass_on(self, handoff: Handoff) -> bool:
        return self._fallback.take_next(handoff, State.FAILED, replies.left_alone)
