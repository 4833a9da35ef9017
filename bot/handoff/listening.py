"""Reads at live desks what their people have said: an event that came while nobody listened does not come again."""

from collections.abc import Iterator

import structlog

from bot.handoff.case import Heard
from bot.handoff.chain import Chain
from bot.handoff.desks import LiveDesk
from bot.handoff.reception import Reception
from bot.handoff.work import Work
from bot.outgoing import NotDelivered

log = structlog.get_logger()


class Listener:
    """Takes in what the events of a desk have not told; what they have told changes nothing."""

    def __init__(self, chain: Chain, work: Work, reception: Reception) -> None:
        self._chain = chain
        self._work = work
        self._reception = reception

    @property
    def desks(self) -> list[str]:
        """The desks that can be listened to."""
        return [name for name, desk in self._chain.desks.items() if isinstance(desk, LiveDesk)]

    def listen(self, desk: str) -> list[str]:
        """Read the open chats of a desk; return the conversations in which the shopper has news."""
        news = []
        for heard in self._heard(desk):
            handoff = self._reception.heard(desk, heard)
            if handoff is not None:
                news.append(handoff.conversation)
        return list(dict.fromkeys(news))

    def _heard(self, name: str) -> Iterator[Heard]:
        desk = self._chain.desks[name]
        assert isinstance(desk, LiveDesk), f"{name} cannot be listened to"
        for remote in self._work.chats_at(name):
            try:
                yield from desk.heard(remote)
            except NotDelivered as error:
                log.warning("chat at a desk not read", desk=name, error=str(error))
