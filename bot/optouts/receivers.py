"""Receivers of opt-outs: a webhook, a mailbox, and a file.

Each gets a message at least once. The id of the message shows a repetition.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import requests

from bot.outgoing import Mailer, NotDelivered, post_signed

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Delivery:
    """Result of a successful attempt.

    ``how`` names the receiver; ``fulfilled`` means that it confirms the request as in force.
    """

    how: str
    fulfilled: bool = False


class Receiver(Protocol):
    """A system to which requests can be delivered."""

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Deliver one message, a JSON object with a stable ``id``; raises NotDelivered."""


class WebhookReceiver:
    """Webhook that gets each message as signed JSON.

    With an answer of 2xx the receiver has taken the message. The body ``{"status": "fulfilled"}``
    confirms that the request is in force. Without an answer, and after 408, 409, 425, 429 and 5xx,
    the message is tried again. After other answers it is given up.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Post the message; raises NotDelivered."""
        body = json.dumps(message, ensure_ascii=False).encode()
        return Delivery(
            "webhook",
            _is_fulfilled(
                post_signed(self._url, self._secret, str(message["id"]), body, TIMEOUT_SECONDS)
            ),
        )


class MailReceiver:
    """Mailbox that gets each message as a mail; ``url`` is the URL of ``bot.outgoing.Mailer``."""

    def __init__(self, url: str) -> None:
        self._mailer = Mailer(url, TIMEOUT_SECONDS)

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Send the mail; raises NotDelivered."""
        event, action = (str(message[name]).replace("_", " ") for name in ("event", "action"))
        text = "\n".join(f"{name}: {_as_text(value)}" for name, value in message.items())
        self._mailer.send(str(message["id"]), f"{message['reference']}: {event}, {action}", text)
        return Delivery("mail")


class FileReceiver:
    """File that gets each message as a line of JSON, for other systems to load."""

    def __init__(self, path: Path) -> None:
        """Take the path; raises ValueError if nothing can be written there."""
        if path.is_dir():
            raise ValueError(f"{path} is a folder: name a file")
        # Nothing is created: a command of another user would make a file that the bot cannot write.
        place = next(known for known in (path, *path.absolute().parents) if known.exists())
        if place != path and not place.is_dir():
            raise ValueError(f"{place} is no folder: name another file")
        if not os.access(place, os.W_OK):
            raise ValueError(
                f"{place} cannot be written to. Give the user of the bot the right, or name "
                "another file"
            )
        self._path = path

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Add the line and sync it to the disk; raises NotDelivered."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(file, "ab") as lines:
                size = lines.tell()
                try:
                    lines.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
                    lines.flush()
                    os.fsync(file)
                except OSError:
                    os.ftruncate(file, size)  # half a line would damage the next one
                    raise
        except OSError as error:
            raise NotDelivered(error.strerror or type(error).__name__) from None
        return Delivery("file")


def _is_fulfilled(answer: requests.Response) -> bool:
    try:
        body = answer.json()
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("status") == "fulfilled"


def _as_text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
