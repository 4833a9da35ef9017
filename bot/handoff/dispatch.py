"""Dispatcher: delivers the news in the outbox to external help desks.

It runs in the background. It is the one module that opens, adds to, writes to and closes cases at
help desks; the only other call, reading, is in ``bot.handoff.polling``. It changes the database
through the outbox and ``Fallback``.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot import metrics
from bot.conversations.model import Message
from bot.conversations.store import ConversationStore, UnknownConversation
from bot.handoff.case import Case
from bot.handoff.helpdesks import LiveHelpDesk
from bot.handoff.model import OPEN, Handoff, HandoffKind, NotStored, State
from bot.handoff.outbox import Closing, ClosingOutbox, HandoffOutbox
from bot.handoff.records import LAST_PATIENCE, Records
from bot.handoff.routing import Fallback, Router
from bot.outgoing import NotDelivered

_PATIENCE = 6  # attempts, over about a minute, before the handoff goes to the next desk
_LONG = timedelta(minutes=1)  # a help desk that asks for a longer wait is not waited for

log = structlog.get_logger()

Reveal = Callable[[Handoff, Message], str]  # returns the text of a message for its agent


class Dispatcher:
    """Delivery of handoffs to their help desks.

    If this process dies between a delivery and its record, the same is delivered again. Therefore
    each case and each message has an id that is the same at every attempt.
    """

    def __init__(
        self, records: Records, router: Router, store: ConversationStore, reveal: Reveal
    ) -> None:
        self._outbox = HandoffOutbox(records)
        self._closings = ClosingOutbox(records)
        self._router = router
        self._fallback = Fallback(records, router)
        self._store = store
        self._reveal = reveal
        self._stopped = threading.Event()

    @property
    def desks(self) -> list[str]:
        """Names of the external help desks of the settings."""
        return list(self._router.desks)

    def stop(self) -> None:
        """End ``run`` after the call to a help desk that is in progress."""
        self._stopped.set()

    def run(self, desk: str) -> list[str]:
        """Deliver all the news for a help desk, and close the chats that are to close there.

        Return the conversations with news for the shopper: a handoff was passed on, or failed.
        """
        passed_on = []
        while not self._stopped.is_set() and (handoff := self._outbox.take(desk)) is not None:
            if self._attempt(handoff):
                passed_on.append(handoff.conversation)
        while not self._stopped.is_set() and (closing := self._closings.take(desk)) is not None:
            self._close(closing)
        return passed_on

    def pass_on_unconfigured(self) -> list[str]:
        """Pass on handoffs of help desks that are not configured any more.

        Return their conversations, in which the shoppers have news.
        """
        passed_on = []
        for handoff in self._outbox.unconfigured(list(self._router.desks)):
            log.warning("handoff at a desk that is not configured", desk=handoff.desk)
            if self._fallback.take_next(handoff, State.FAILED):
                passed_on.append(handoff.conversation)
            else:
                self._outbox.settled(handoff, for_good=True)
        return passed_on

    def _attempt(self, handoff: Handoff) -> bool:
        """Try to deliver the news of a handoff; return True if it was passed on, or failed."""
        try:
            self._deliver(handoff)
        except NotStored:
            raise
        except NotDelivered as error:
            return self._failed(handoff, error)
        # An unknown error must not keep other handoffs waiting, and must not repeat for ever.
        except Exception as error:
            log.exception("handoff not delivered", desk=handoff.desk)
            return self._failed(handoff, NotDelivered(type(error).__name__))
        return False

    def _deliver(self, handoff: Handoff) -> None:
        """Deliver the next news: the end of a chat, a case, an addition, or new messages."""
        desk = self._router.desks[handoff.desk]
        if handoff.kind is HandoffKind.LIVE and handoff.state not in OPEN:
            if handoff.remote is not None and isinstance(desk, LiveHelpDesk):
                if handoff.opened_at is not None:
                    self._relay(handoff, desk, handoff.remote)  # messages before the end
                desk.close(handoff.remote)
            self._outbox.settled(handoff, for_good=True)
        elif handoff.opened_at is None or handoff.remote is None:
            case = Case.of(handoff, self._messages(handoff))
            self._outbox.opened(
                handoff,
                desk.open(case, handoff.remote, lambda remote: self._outbox.keep(handoff, remote)),
            )
        elif handoff.kind is HandoffKind.MESSAGE:
            desk.add(Case.added_to(handoff), handoff.remote)
            self._outbox.settled(handoff, for_good=True)
        else:
            self._relay(handoff, desk, handoff.remote)
            self._outbox.settled(handoff)

    def _relay(self, handoff: Handoff, desk: object, remote: str) -> None:
        assert isinstance(desk, LiveHelpDesk), f"{handoff.desk} has a chat and cannot be talked to"
        for message in self._messages(handoff, handoff.relayed):
            if message.sender == "visitor" and message.at <= (handoff.ended_at or message.at):
                desk.say(remote, f"{handoff.id}-{message.id}", self._reveal(handoff, message))
                self._outbox.relayed(handoff, message.id)

    def _close(self, closing: Closing) -> None:
        desk = self._router.desks[closing.desk]
        try:
            if isinstance(desk, LiveHelpDesk):
                desk.close(closing.remote)
        except NotDelivered as error:
            log.warning(
                "deleted chat not closed",
                desk=closing.desk,
                attempts=closing.attempts,
                for_good=error.for_good,
            )
            self._closings.failed(closing, error.retry_after, error.for_good)
        else:
            self._closings.done(closing)

    def _messages(self, handoff: Handoff, after: int = 0) -> list[Message]:
        try:
            return self._store.since(handoff.conversation, after)
        except UnknownConversation:
            raise NotDelivered("the conversation was deleted", for_good=True) from None

    def _failed(self, handoff: Handoff, error: NotDelivered) -> bool:
        """Store a failed attempt; pass the handoff on if there is no use in waiting.

        Return True if it was passed on, or failed.
        """
        log.warning(
            "handoff not delivered",
            desk=handoff.desk,
            attempts=handoff.attempts,
            for_good=error.for_good,
        )
        metrics.undelivered.labels(handoff.desk).inc()
        self._outbox.failed(handoff, str(error), error.retry_after)
        if handoff.kind is HandoffKind.MESSAGE:
            is_last = self._router.for_message(after=handoff.desk) is None
        else:
            is_last = handoff.state not in OPEN  # the end of a chat concerns no other desk
        is_long = not is_last and (error.retry_after or timedelta()) > _LONG
        if not (
            error.for_good
            or is_long
            or handoff.attempts >= (LAST_PATIENCE if is_last else _PATIENCE)
        ):
            return False
        if self._fallback.take_next(handoff, State.FAILED):
            return True
        if handoff.state not in OPEN:
            self._outbox.settled(handoff, for_good=True)
        return False
