"""Delivery of the outbox: sends its messages to the receivers and notes the results."""

import threading
from collections.abc import Mapping
from typing import Any

import structlog

from bot.optouts.ledger import Ledger
from bot.optouts.model import (
    LedgerError,
    NotRecorded,
    OptOutKind,
    Record,
    Status,
    UnknownReference,
    in_order,
)
from bot.optouts.outbox import Outbox, OutboxMessage
from bot.optouts.receivers import Receiver
from bot.outgoing import NotDelivered

log = structlog.get_logger()


class DeliveryWorker:
    """Worker that sends the messages of the outbox to the receivers.

    If the process dies after a receiver has taken a message, the message is sent once more.
    """

    def __init__(self, ledger: Ledger, outbox: Outbox, receivers: Mapping[str, Receiver]) -> None:
        """Deliver to ``receivers``, by their names."""
        self._ledger = ledger
        self._outbox = outbox
        self._receivers = receivers
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let ``run`` end after its current message."""
        self._stopped.set()

    def run(self, receiver: str) -> int:
        """Deliver all messages to a receiver that are due; return the number of delivered ones."""
        delivered = 0
        while messages := self._outbox.take(receiver):
            for index, message in enumerate(messages):
                if self._stopped.is_set():
                    self._outbox.release(messages[index:])
                    return delivered
                delivered += self._deliver(message)
        return delivered

    def _deliver(self, message: OutboxMessage) -> bool:
        try:
            record = self._ledger.get(message.optout)
            kinds = self._kinds(message, record)
            if not kinds:  # it was undone meanwhile: a message would be too late
                self._outbox.delivered(message)
                return False
            delivery = self._receivers[message.receiver].deliver(content(message, record, kinds))
        except UnknownReference:
            self._outbox.failed(message, "the record is gone", for_good=True)
            return False
        except NotDelivered as error:
            self._outbox.failed(message, str(error), error.retry_after, error.for_good)
            log.warning(
                "opt-out not delivered",
                receiver=message.receiver,
                attempts=message.attempts,
                for_good=error.for_good,
            )
            return False
        except NotRecorded:
            raise
        # Every other error counts as a failed attempt: it must not stop the delivery of the other
        # messages, and this message must not be tried for ever.
        except Exception as error:
            self._outbox.failed(message, type(error).__name__)
            log.exception("opt-out not delivered", receiver=message.receiver)
            return False
        if message.event == "received":
            self._ledger.delivered(record.id, delivery.how)
            if delivery.fulfilled:
                self._confirm(record, delivery.how)
        self._outbox.delivered(message)
        return True

    def _kinds(self, message: OutboxMessage, record: Record) -> frozenset[OptOutKind]:
        """Return the kinds that a message is about as things are now."""
        if message.event == Status.UNCONFIRMED:
            return record.kinds if record.status is Status.UNCONFIRMED else frozenset()
        return self._ledger.changed_kinds(record, denied=message.event == Status.DENIED)

    def _confirm(self, record: Record, how: str) -> None:
        try:
            self._ledger.fulfil(record.reference, how=f"confirmed by {how}")
        except NotRecorded:  # the message stays in the outbox and is tried again
            raise
        except LedgerError:  # the request was denied or undone meanwhile, and stays so
            log.warning("confirmation came too late", receiver=how)


def content(message: OutboxMessage, record: Record, kinds: frozenset[OptOutKind]) -> dict[str, Any]:
    """Return the content of a message: the request, and the id that stays the same."""
    return {
        "id": message.id,
        "event": message.event,
        "action": str(record.action),
        "request_id": record.id,
        "reference": record.reference,
        "kinds": [str(kind) for kind in in_order(kinds)],
        "subject_type": record.subject.type if record.subject else "unknown",
        "subject": record.subject.value if record.subject else "",
        "channel": str(record.channel),
        "received_at": record.received_at.isoformat(),
        "due": record.due.isoformat(),
        "status": str(record.status),
        "reason": record.reason,
    }
