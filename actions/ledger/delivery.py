"""Delivers what is in the outbox."""

import threading
from collections.abc import Mapping
from typing import Any

import structlog

from actions.ledger.ledger import Ledger
from actions.ledger.model import LedgerError, NotRecorded, Record, UnknownReference, in_order
from actions.ledger.outbox import Message, Outbox
from actions.ledger.receivers import Receiver
from bot.outgoing import NotDelivered

log = structlog.get_logger()


class Courier:
    """Takes messages to their receivers, by name; whoever takes one must be told the same again if this process dies."""

    def __init__(self, ledger: Ledger, outbox: Outbox, receivers: Mapping[str, Receiver]) -> None:
        self._ledger = ledger
        self._outbox = outbox
        self._receivers = receivers
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let ``run`` end after the message that is under way."""
        self._stopped.set()

    def run(self, receiver: str) -> int:
        """Deliver all messages to a receiver whose time has come; return how many arrived."""
        arrived = 0
        while messages := self._outbox.take(receiver):
            for tried, message in enumerate(messages):
                if self._stopped.is_set():
                    self._outbox.release(messages[tried:])
                    return arrived
                arrived += self._deliver(message)
        return arrived

    def _deliver(self, message: Message) -> bool:
        try:
            record = self._ledger.get(message.optout)
            delivery = self._receivers[message.receiver].deliver(content(message, record))
        except UnknownReference:
            self._outbox.failed(message, "the record is gone", for_good=True)
            return False
        except NotDelivered as error:
            self._outbox.failed(message, str(error), error.retry_after, error.for_good)
            log.warning("opt-out not delivered", receiver=message.receiver, attempts=message.attempts, for_good=error.for_good)
            return False
        except NotRecorded:
            raise
        except Exception as error:  # whatever it is, it must not keep other messages, or go on for ever
            self._outbox.failed(message, type(error).__name__)
            log.exception("opt-out not delivered", receiver=message.receiver)
            return False
        if message.event == "received":
            self._ledger.delivered(record.id, delivery.how)
            if delivery.fulfilled:
                self._confirm(record, delivery.how)
        self._outbox.delivered(message)
        return True

    def _confirm(self, record: Record, how: str) -> None:
        try:
            self._ledger.fulfil(record.reference, how=f"confirmed by {how}")
        except NotRecorded:  # the message stays in the outbox and is tried again
            raise
        except LedgerError:  # it was denied or undone meanwhile, which stands
            log.warning("confirmation came too late", receiver=how)


def content(message: Message, record: Record) -> dict[str, Any]:
    """Return what a receiver is told: the request, and the stable id of the message."""
    return {
        "id": message.id,
        "event": message.event,
        "action": str(record.action),
        "request_id": record.id,
        "reference": record.reference,
        "kinds": [str(kind) for kind in in_order(record.kinds)],
        "subject_type": record.subject.type if record.subject else "unknown",
        "subject": record.subject.value if record.subject else "",
        "channel": str(record.channel),
        "received_at": record.received_at.isoformat(),
        "due": record.due.isoformat(),
        "status": str(record.status),
        "reason": record.reason,
    }
