"""Who is told of opt-outs: a webhook, a mailbox, a file. Each at least once, with an id by which a repetition is known."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import requests

from bot.outgoing import Mailer, NotDelivered, post_signed

_SECONDS = 20


@dataclass(frozen=True)
class Delivery:
    """What became of an attempt that succeeded: who took it, and whether they say that it is in force already."""

    how: str
    fulfilled: bool = False


class Receiver(Protocol):
    """Whoever can be told of a request."""

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Hand over one message, a JSON object with a stable ``id``; raises NotDelivered."""


class Webhook:
    """Posts the message as JSON, signed.

    An answer of 2xx has taken it; with the body ``{"status": "fulfilled"}`` it is in force. 429 and 5xx are tried again, other
    answers are for good.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Post it."""
        body = json.dumps(message, ensure_ascii=False).encode()
        return Delivery("webhook", _says_fulfilled(post_signed(self._url, self._secret, str(message["id"]), body, _SECONDS)))


class Mailbox:
    """Sends the message to the office by mail; ``url`` is that of a ``Mailer``."""

    def __init__(self, url: str) -> None:
        self._mailer = Mailer(url, _SECONDS)

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Send it."""
        told, wanted = (str(message[name]).replace("_", " ") for name in ("event", "action"))
        text = "\n".join(f"{name}: {_plain(value)}" for name, value in message.items())
        self._mailer.send(str(message["id"]), f"{message['reference']}: {told}, {wanted}", text)
        return Delivery("mail")


class LinesInFile:
    """Adds the message as a line of JSON to a file, for those who load one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Add it; it is on the disk before it counts as delivered."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(file, "ab") as lines:
                before = lines.tell()
                try:
                    lines.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
                    lines.flush()
                    os.fsync(file)
                except OSError:
                    os.ftruncate(file, before)  # half a line would spoil the next one
                    raise
        except OSError as error:
            raise NotDelivered(error.strerror or type(error).__name__) from None
        return Delivery("file")


def _says_fulfilled(answer: requests.Response) -> bool:
    try:
        said = answer.json()
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("status") == "fulfilled"


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
