"""Tests of mail to support, by a real server."""

import email
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.handoff.case import Case
from bot.handoff.desks.mail import Mail
from bot.outgoing import NotDelivered


class Inbox:
    """The mailbox of support."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        """Take a mail, or refuse it."""
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return self.answer


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A mail server."""
    inbox = Inbox()
    yield inbox
    inbox.controller.stop()


def mail(inbox: Inbox) -> Mail:
    """Return the way to it."""
    return Mail(f"smtp://127.0.0.1:{inbox.port}?to=support@example.com&from=bot@example.com")


def test_an_answer_goes_to_the_shopper(inbox: Inbox, case: Case) -> None:
    """Reply-To is their address; the mail says what it is about, and what was said."""
    mail(inbox).open(replace(case, note="It came broken.", contact="jo@example.com"), None, str)
    (got,) = inbox.mails
    assert (got["Reply-To"], got["To"], got["From"]) == ("jo@example.com", "support@example.com", "bot@example.com")
    assert got["Subject"] == "K7M-4QXT: a shopper has a complaint"
    text = got.get_content()
    assert "It came broken." in text and "a person please" in text and "Central Time; support was open." in text


def test_what_is_added_is_in_the_same_thread(inbox: Inbox, case: Case) -> None:
    """A number has no Reply-To; an address that comes later has."""
    first = mail(inbox).open(replace(case, contact="612-555-0199"), None, str)
    mail(inbox).add(replace(case, contact="jo@example.com"), first)
    begun, added = inbox.mails
    assert begun["Reply-To"] is None and "612-555-0199" in begun.get_content()
    assert added["In-Reply-To"] == begun["Message-ID"] == first
    assert added["Reply-To"] == "jo@example.com"


@pytest.mark.parametrize("answer", ["451 later", "554 never"])
def test_a_mail_that_is_refused_is_not_delivered(inbox: Inbox, case: Case, answer: str) -> None:
    """It is tried again, or goes another way."""
    inbox.answer = answer
    with pytest.raises(NotDelivered, match=answer[:3]):
        mail(inbox).open(case, None, str)
    assert inbox.mails == []
