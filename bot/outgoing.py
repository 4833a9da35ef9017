"""Requests and mails to other systems, and the errors that say whether to try again."""

import hashlib
import hmac
import random
import smtplib
import ssl
import time
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from email_validator import validate_email

_TEMPORARY = frozenset({408, 409, 425, 429})  # with all from 500 on: worth another attempt
_LONGEST_WAIT = 86_400  # seconds; a longer Retry-After is cut to this


def backoff(attempts: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return the wait before the next attempt: doubled each time, up to ``longest``.

    A random factor between 0.5 and 1 spreads the attempts.
    """
    return min(first * 2 ** (attempts - 1), longest) * random.uniform(0.5, 1)


class NotDelivered(Exception):
    """The other system did not accept a request or a mail.

    ``for_good`` means that it never will. ``retry_after`` is the wait that it asked for, if any.
    """

    def __init__(
        self,
        problem: str,
        for_good: bool = False,
        retry_after: timedelta | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(problem)
        self.for_good = for_good
        self.retry_after = retry_after
        self.status = status


def call(method: str, url: str, seconds: float, **options: Any) -> requests.Response:
    """Send a request and return the response of 2xx; raises NotDelivered for every other result.

    ``options`` are those of ``requests.request``; ``seconds`` is the longest wait for data.
    Redirects are not followed, because the content is meant for one address only.
    """
    try:
        answer = requests.request(method, url, timeout=seconds, allow_redirects=False, **options)
    except requests.RequestException as error:
        raise NotDelivered(type(error).__name__) from None
    if 200 <= answer.status_code < 300:
        return answer
    temporary = answer.status_code in _TEMPORARY or answer.status_code >= 500
    raise NotDelivered(
        f"HTTP {answer.status_code}", not temporary, _retry_after(answer), answer.status_code
    )


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body: ``sha256=`` and an HMAC-SHA256 in hexadecimal digits.

    The HMAC is that of ``{timestamp}.{body}`` under ``secret``.
    """
    return (
        "sha256="
        + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    )


def post_signed(
    url: str, secret: str, identifier: str, body: bytes, seconds: float
) -> requests.Response:
    """Post signed JSON to a webhook; raises NotDelivered.

    ``identifier`` is the same at every attempt, so that the receiver knows a repetition.
    """
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": identifier,
        "X-Timestamp": timestamp,
        "X-Signature": signature(secret, timestamp, body),
    }
    return call("POST", url, seconds, data=body, headers=headers)


class Mailer:
    """Sender of mail over one SMTP server.

    Its ``url`` is ``smtp[s]://[user:password@]host[:port]?to=…[&from=…][&starttls=1]``. A sender to
    many people has ``from`` in place of ``to``.
    """

    def __init__(self, url: str, seconds: float, to_many: bool = False) -> None:
        """Parse the URL; raises ValueError if it has another form."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        if (
            parts.scheme not in ("smtp", "smtps")
            or not parts.hostname
            or parts.port == 0
            or not query.get("from" if to_many else "to")
        ):
            named = "?from=ADDRESS" if to_many else "?to=ADDRESS[&from=ADDRESS]"
            raise ValueError(f"must be smtp[s]://[user:password@]host[:port]{named}[&starttls=1]")
        self._parts = parts
        self._seconds = seconds
        self._to = query.get("to", [""])[0]
        self._from = query.get("from", [self._to])[0]
        self._starttls = query.get("starttls") == ["1"]

    def send(self, identifier: str, subject: str, text: str, to: str = "", **headers: str) -> None:
        """Send a mail to an address, or to that of the URL; raises NotDelivered.

        Its ``Message-ID`` comes from ``identifier``, so that the receiver knows a repetition.
        """
        mail = EmailMessage()
        mail["Subject"] = subject
        mail["From"] = self._from
        mail["To"] = Address(addr_spec=to) if to else self._to
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
            return smtplib.SMTP_SSL(
                host, port or 465, timeout=self._seconds, context=ssl.create_default_context()
            )
        server = smtplib.SMTP(host, port or 25, timeout=self._seconds)
        if self._starttls:
            server.starttls(context=ssl.create_default_context())
        return server


def deliverable(address: str) -> str:
    """Return an address in ASCII if it can be written so: not every mail server takes Unicode."""
    written = validate_email(address, check_deliverability=False, test_environment=True)
    return written.ascii_email or address


def message_id(identifier: str) -> str:
    """Return the ``Message-ID`` of the mail with this identifier."""
    return f"<{identifier}@privacy-bot.invalid>"


def _retry_after(answer: requests.Response) -> timedelta | None:
    given = answer.headers.get("Retry-After", "")
    return (
        timedelta(seconds=min(int(given), _LONGEST_WAIT))
        if given.isascii() and given.isdigit()
        else None
    )
