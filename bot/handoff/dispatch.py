"""Tells desks of others what they do not know yet."""

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot import metrics
from bot.handoff.case import Case
from bot.handoff.chain import Chain, Fallback
from bot.handoff.closings import Closing, Closings
from bot.handoff.desks import LiveDesk
from bot.handoff.model import OPEN, Handoff, Kind, NotStored, State
from bot.handoff.records import LAST_PATIENCE, Records
from bot.handoff.transit import Transit
from bot.outgoing import NotDelivered
from bot.turns import Message
from bot.web.store import ConversationStore, UnknownConversation

_PATIENCE = 6  # attempts, about a minute: then the next way is taken
_LONG = timedelta(minutes=1)  # too long to wait for a desk that says when to come again

log = structlog.get_logger()

Reveal = Callable[[Handoff, Message], str]  # what people may read of a message


class Dispatcher:
    """Takes handoffs to their desks; a desk must be told the same again if this process dies."""

    def __init__(self, records: Records, chain: Chain, store: ConversationStore, reveal: Reveal) -> None:
        self._transit = Transit(records)
        self._closings = Closings(records)
        self._chain = chain
        self._fallback = Fallback(records, chain)
        self._store = store
        self._reveal = reveal
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let ``run`` end after what is under way."""
        self._stopped.set()

    def run(self, desk: str) -> list[str]:
        """Tell a desk all there is now; return the conversations in which the shopper was told something of it."""
        news = []
        while not self._stopped.is_set() and (handoff := self._transit.take(desk)) is not None:
            if self._tell(handoff):
                news.append(handoff.conversation)
        while not self._stopped.is_set() and (closing := self._closings.take(desk)) is not None:
            self._close(closing)
        return news

    def leave_strangers(self) -> None:
        """Take the next way for what waits for desks that are not configured any more."""
        for handoff in self._transit.strangers(list(self._chain.desks)):
            log.warning("handoff at a desk that is not configured", desk=handoff.desk)
            if not self._fallback.take_next(handoff, State.FAILED):
                self._transit.settled(handoff, for_good=True)

    def _tell(self, handoff: Handoff) -> bool:
        """Tell one handoff; return whether the shopper was told that it did not work."""
        try:
            self._deliver(handoff)
        except NotStored:
            raise
        except NotDelivered as error:
            return self._failed(handoff, error)
        except Exception as error:  # whatever it is, it must not keep others waiting, or go on for ever
            log.exception("handoff not delivered", desk=handoff.desk)
            return self._failed(handoff, NotDelivered(type(error).__name__))
        return False

    def _deliver(self, handoff: Handoff) -> None:
        desk = self._chain.desks[handoff.desk]
        if handoff.kind is Kind.LIVE and handoff.state not in OPEN:
            if handoff.remote is not None and isinstance(desk, LiveDesk):
                if handoff.opened_at is not None:
                    self._relay(handoff, desk, handoff.remote)  # their last words
                desk.close(handoff.remote)
            self._transit.settled(handoff, for_good=True)
        elif handoff.opened_at is None or handoff.remote is None:
            case = Case.of(handoff, self._said(handoff))
            self._transit.opened(handoff, desk.open(case, handoff.remote, lambda remote: self._transit.keep(handoff, remote)))
        elif handoff.kind is Kind.MESSAGE:
            desk.add(Case.added_to(handoff), handoff.remote)
            self._transit.settled(handoff, for_good=True)
        else:
            self._relay(handoff, desk, handoff.remote)
            self._transit.settled(handoff)

    def _relay(self, handoff: Handoff, desk: object, remote: str) -> None:
        assert isinstance(desk, LiveDesk), f"{handoff.desk} has a chat and cannot be talked to"
        for message in self._said(handoff, handoff.relayed):
            if message.sender == "visitor" and message.at <= (handoff.ended_at or message.at):
                desk.say(remote, f"{handoff.id}-{message.id}", self._reveal(handoff, message))
                self._transit.relayed(handoff, message.id)

    def _close(self, closing: Closing) -> None:
        desk = self._chain.desks[closing.desk]
        try:
            if isinstance(desk, LiveDesk):
                desk.close(closing.remote)
        except NotDelivered as error:
            log.warning("deleted chat not closed", desk=closing.desk, attempts=closing.attempts, for_good=error.for_good)
            self._closings.failed(closing, error.retry_after, error.for_good)
        else:
            self._closings.done(closing)

    def _said(self, handoff: Handoff, after: int = 0) -> list[Message]:
        try:
            return self._store.since(handoff.conversation, after)
        except UnknownConversation:
            raise NotDelivered("the conversation was deleted", for_good=True) from None

    def _failed(self, handoff: Handoff, error: NotDelivered) -> bool:
        log.warning("handoff not delivered", desk=handoff.desk, attempts=handoff.attempts, for_good=error.for_good)
        metrics.undelivered.labels(handoff.desk).inc()
        self._transit.failed(handoff, str(error), error.retry_after)
        if handoff.kind is Kind.MESSAGE:
            is_last = self._chain.for_message(after=handoff.desk) is None
        else:
            is_last = handoff.state not in OPEN  # that it is over is told to nobody else
        is_long = not is_last and (error.retry_after or timedelta()) > _LONG
        if not (error.for_good or is_long or handoff.attempts >= (LAST_PATIENCE if is_last else _PATIENCE)):
            return False
        if self._fallback.take_next(handoff, State.FAILED):
            return True
        if handoff.state not in OPEN:
            self._transit.settled(handoff, for_good=True)
        return False
