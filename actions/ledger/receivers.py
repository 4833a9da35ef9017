"""Who is told of opt-outs: a webhook, a mailbox, a file. Each at least once, with an id by which a repetition is known."""

import hashlib
import hmac
import json
import os
import smtplib
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import requests

_SECONDS = 20


@dataclass(frozen=True)
class Delivery:
    """What became of an attempt that succeeded: who took it, and whether they say that it is in force already."""

    how: str
    fulfilled: bool = False


class NotDelivered(Exception):
    """The receiver did not take it; ``for_good`` if it never will, ``retry_after`` if it said when to come again."""

    def __init__(self, problem: str, for_good: bool = False, retry_after: timedelta | None = None) -> None:
        super().__init__(problem)
        self.for_good = for_good
        self.retry_after = retry_after


class Receiver(Protocol):
    """Whoever can be told of a request."""

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Hand over one message, a JSON object with a stable ``id``; raises NotDelivered."""


class Webhook:
    """Posts the message as JSON, signed: ``X-Signature: sha256=<HMAC-SHA256(secret, "{timestamp}.{body}") in hexadecimal>``.

    An answer of 2xx has taken it; with the body ``{"status": "fulfilled"}`` it is in force. 429 and 5xx are tried again, other
    answers are for good.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret.encode()

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Post it."""
        body = json.dumps(message, ensure_ascii=False).encode()
        timestamp = str(int(time.time()))
        signature = hmac.new(self._secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(message["id"]),
            "X-Timestamp": timestamp,
            "X-Signature": f"sha256={signature}",
        }
        try:
            answer = requests.post(self._url, data=body, headers=headers, timeout=_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            raise NotDelivered(type(error).__name__) from None
        if 200 <= answer.status_code < 300:
            return Delivery("webhook", _says_fulfilled(answer))
        passing = answer.status_code == 429 or answer.status_code in (408, 409, 425) or answer.status_code >= 500
        raise NotDelivered(f"HTTP {answer.status_code}", for_good=not passing, retry_after=_retry_after(answer))


class Mailbox:
    """Sends the message to the office by mail; ``url`` is ``smtp[s]://[user:password@]host[:port]?to=…&from=…[&starttls=1]``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.port == 0 or not asked.get("to"):
            raise ValueError("must be smtp[s]://[user:password@]host[:port]?to=ADDRESS[&from=ADDRESS][&starttls=1]")
        self._parts = parts
        self._to = asked["to"][0]
        self._from = asked.get("from", asked["to"])[0]
        self._starttls = asked.get("starttls") == ["1"]

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Send it."""
        mail = EmailMessage()
        mail["Subject"] = f"{message['reference']}: {message['event'].replace('_', ' ')}, {message['action'].replace('_', ' ')}"
        mail["From"], mail["To"] = self._from, self._to
        mail["Message-ID"] = f"<{message['id']}@privacy-bot.invalid>"
        mail["X-Privacy-Bot-Id"] = str(message["id"])
        mail.set_content("\n".join(f"{name}: {_plain(value)}" for name, value in message.items()))
        try:
            with self._connection() as server:
                if self._parts.username:
                    server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
                server.send_message(mail)
        except smtplib.SMTPResponseException as error:
            raise NotDelivered(f"SMTP {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(type(error).__name__) from None
        return Delivery("mail")

    def _connection(self) -> smtplib.SMTP:
        host, port = str(self._parts.hostname), self._parts.port
        if self._parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=_SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port or 25, timeout=_SECONDS)
        if self._starttls:
            server.starttls(context=ssl.create_default_context())
        return server


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


def _retry_after(answer: requests.Response) -> timedelta | None:
    given = answer.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(given), 86_400)) if given.isascii() and given.isdigit() else None


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
