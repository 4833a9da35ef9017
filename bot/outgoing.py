"""What goes out to other systems, by HTTP or by mail, and what it means when it does not arrive."""

import hashlib
import hmac
import random
import smtplib
import ssl
import time
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests

_PASSING = frozenset({408, 409, 425, 429})  # and everything from 500 on: worth another attempt
_LONGEST_WAIT = 86_400  # seconds that another system may ask us to stay away


def backoff(attempts: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait after so many attempts: doubled each time, between half and all of it at random."""
    return min(first * 2 ** (attempts - 1), longest) * random.uniform(0.5, 1)


class NotDelivered(Exception):
    """The other system did not take it; ``for_good`` if it never will, ``retry_after`` if it said when to come again."""

    def __init__(
        self, problem: str, for_good: bool = False, retry_after: timedelta | None = None, status: int | None = None
    ) -> None:
        super().__init__(problem)
        self.for_good = for_good
        self.retry_after = retry_after
        self.status = status


def call(method: str, url: str, seconds: float, **options: Any) -> requests.Response:
    """Ask a server for something and return its answer of 2xx; raises NotDelivered for every other end.

    ``options`` are those of ``requests.request``; ``seconds`` is the longest silence. Redirections are not followed: what is
    sent is meant for one address.
    """
    try:
        answer = requests.request(method, url, timeout=seconds, allow_redirects=False, **options)
    except requests.RequestException as error:
        raise NotDelivered(type(error).__name__) from None
    if 200 <= answer.status_code < 300:
        return answer
    passing = answer.status_code in _PASSING or answer.status_code >= 500
    raise NotDelivered(f"HTTP {answer.status_code}", not passing, _retry_after(answer), answer.status_code)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return how a body is signed: ``sha256=<HMAC-SHA256(secret, "{timestamp}.{body}") in hexadecimal>``."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def post_signed(url: str, secret: str, identifier: str, body: bytes, seconds: float) -> requests.Response:
    """Post JSON to a webhook, signed, with an id that is the same at every attempt; raises NotDelivered."""
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": identifier,
        "X-Timestamp": timestamp,
        "X-Signature": signature(secret, timestamp, body),
    }
    return call("POST", url, seconds, data=body, headers=headers)


class Mailer:
    """Sends mail by one server; ``url`` is ``smtp[s]://[user:password@]host[:port]?to=…[&from=…][&starttls=1]``."""

    def __init__(self, url: str, seconds: float) -> None:
        """Raises ValueError for an address that is not of this form."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.port == 0 or not asked.get("to"):
            raise ValueError("must be smtp[s]://[user:password@]host[:port]?to=ADDRESS[&from=ADDRESS][&starttls=1]")
        self._parts = parts
        self._seconds = seconds
        self._to = asked["to"][0]
        self._from = asked.get("from", asked["to"])[0]
        self._starttls = asked.get("starttls") == ["1"]

    def send(self, identifier: str, subject: str, text: str, **headers: str) -> None:
        """Send a mail, by whose ``Message-ID`` a repetition is known; raises NotDelivered."""
        mail = EmailMessage()
        mail["Subject"] = subject
        mail["From"], mail["To"] = self._from, self._to
        mail["Message-ID"] = message_id(identifier)
        mail["X-Privacy-Bot-Id"] = identifier
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        try:
            with self._connection() as server:
                if self._parts.username:
                    server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
                server.send_message(mail)
        except smtplib.SMTPResponseException as error:
            raise NotDelivered(f"SMTP {error.smtp_code}", status=error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(type(error).__name__) from None

    def _connection(self) -> smtplib.SMTP:
        host, port = str(self._parts.hostname), self._parts.port
        if self._parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=self._seconds, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port or 25, timeout=self._seconds)
        if self._starttls:
            server.starttls(context=ssl.create_default_context())
        return server


def message_id(identifier: str) -> str:
    """Return the Message-ID of a mail."""
    return f"<{identifier}@privacy-bot.invalid>"


def _retry_after(answer: requests.Response) -> timedelta | None:
    given = answer.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(given), _LONGEST_WAIT)) if given.isascii() and given.isdigit() else None
