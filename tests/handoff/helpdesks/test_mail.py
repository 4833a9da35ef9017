"""Tests of mail to support, against a real SMTP server."""

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
from bot.handoff.helpdesks.mail import MailDesk
from bot.outgoing import NotDelivered


class Inbox:
    """Mailbox of support, with its SMTP server."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        """Accept a mail, or refuse it with ``answer``."""
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return self.answer


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Mailbox with an SMTP server that runs."""
    inbox = Inbox()
    yield inbox
    inbox.controller.stop()


def mail(inbox: Inbox) -> MailDesk:
    """Return a help desk that sends to this mailbox."""
    return MailDesk(f"smtp://127.0.0.1:{inbox.port}?to=support@example.com&from=bot@example.com")


def test_an_answer_goes_to_the_shopper(inbox: Inbox, case: Case) -> None:
    """The mail has subject and conversation, and the shopper's address as Reply-To."""
    mail(inbox).open(replace(case, note="It came broken.", contact="jo@example.com"), None, str)
    (received,) = inbox.mails
    assert (received["Reply-To"], received["To"], received["From"]) == (
        "jo@example.com",
        "support@example.com",
        "bot@example.com",
    )
    assert received["Subject"] == "K7M4-QXT9-RWDF: a shopper has a complaint"
    text = received.get_content()
    assert (
        "It came broken." in text
        and "a person please" in text
        and "Central Time; support was open." in text
    )


def test_an_addition_is_in_the_same_thread(inbox: Inbox, case: Case) -> None:
    """An addition answers the first mail; only an e-mail address becomes the Reply-To."""
    first = mail(inbox).open(replace(case, contact="612-555-0199"), None, str)
    mail(inbox).add(replace(case, contact="jo@example.com"), first)
    opened, added = inbox.mails
    assert opened["Reply-To"] is None and "612-555-0199" in opened.get_content()
    assert added["In-Reply-To"] == opened["Message-ID"] == first
    assert added["Reply-To"] == "jo@example.com"


@pytest.mark.parametrize("answer", ["451 later", "554 never"])
def test_a_mail_that_is_refused_is_not_delivered(inbox: Inbox, case: Case, answer: str) -> None:
    """A mail that the server refuses raises NotDelivered, with the status."""
    inbox.answer = answer
    with pytest.raises(NotDelivered, match=answer[:3]):
        mail(inbox).open(case, None, str)
    assert inbox.mails == []
