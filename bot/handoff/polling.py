"""Polling of live help desks: reads the answers that no webhook delivered.

A help desk does not send a lost webhook again. This module calls ``LiveHelpDesk.events`` only, and
stores the events through ``HandoffService.on_event``, as the webhooks do.
"""

from collections.abc import Iterator

import structlog

from bot.handoff.case import InboundEvent
from bot.handoff.helpdesks import LiveHelpDesk
from bot.handoff.inbox import AgentInbox
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService
from bot.outgoing import NotDelivered

log = structlog.get_logger()


class Poller:
    """Reader of the open chats at live help desks; an event that came before changes nothing."""

    def __init__(self, router: Router, inbox: AgentInbox, handoffs: HandoffService) -> None:
        self._router = router
        self._inbox = inbox
        self._handoffs = handoffs

    @property
    def desks(self) -> list[str]:
        """Names of the live help desks of the settings."""
        return [name for name, desk in self._router.desks.items() if isinstance(desk, LiveHelpDesk)]

    def poll(self, desk: str) -> list[str]:
        """Read the open chats at a help desk; return the conversations with new messages."""
        updated = []
        for event in self._events(desk):
            handoff = self._handoffs.on_event(desk, event)
            if handoff is not None:
                updated.append(handoff.conversation)
        return list(dict.fromkeys(updated))

    def _events(self, name: str) -> Iterator[InboundEvent]:
        desk = self._router.desks[name]
        assert isinstance(desk, LiveHelpDesk), f"{name} cannot be polled"
        for remote in self._inbox.chats_at(name):
            try:
                yield from desk.events(remote)
            except NotDelivered as error:
                log.warning("chat at a desk not read", desk=name, error=str(error))
