"""Tests of the confirmation of an opt-in by mail, with a real server and a real mail server."""

import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.application.services import Services
from bot.optouts.ledger import Ledger
from bot.optouts.links import ConfirmationLinks
from bot.optouts.model import OptOutKind, Status
from bot.settings import Settings
from tests.conftest import Server, serving
from tests.optouts.conftest import email, opt_in, opt_out

PUBLIC = "https://privacy.example.com"


class Mailbox:
    """Mail server that keeps every mail, with the address that it was sent to."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        """Accept and keep a mail."""
        content = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
        assert isinstance(content, EmailMessage)
        self.mails.append((envelope.rcpt_tos[0], content))
        return "250 OK"

    def text_to(self, address: str) -> str:
        """Return the text of the mail to an address, as soon as it is there."""
        for _ in range(300):
            for recipient, mail in self.mails:
                if recipient == address:
                    return str(mail.get_content())
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address}")


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """Running mail server, and the URL by which the bot sends mail over it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, f"smtp://127.0.0.1:{port}?from=privacy@example.com"
    server.stop()


@pytest.fixture(scope="module")
def mailing(
    model: Path, mailbox: tuple[Mailbox, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Running server that mails shoppers."""
    settings = {"PRIVACY_BOT_SHOPPER_SMTP_URL": mailbox[1], "PRIVACY_BOT_PUBLIC_URL": PUBLIC}
    with serving(tmp_path_factory.mktemp("mailing"), **settings) as running:
        yield running


@pytest.fixture
def ledger(mailing: Server, mailbox: tuple[Mailbox, str]) -> Ledger:
    """Ledger of this server."""
    settings = Settings(data_dir=mailing.data_dir, shopper_smtp_url=mailbox[1], public_url=PUBLIC)
    return Services.open(settings).optouts.ledger


def test_the_owner_of_the_address_confirms_by_a_link(
    mailing: Server, ledger: Ledger, mailbox: tuple[Mailbox, str]
) -> None:
    """The mail has a link; opening it changes nothing, and its button confirms the opt-in."""
    owner = email("owner@example.com")
    ledger.record(opt_out(subject=owner, holder="a"))
    asked = ledger.record(opt_in(subject=owner, holder="b"))
    text = mailbox[0].text_to("owner@example.com")
    assert asked.reference in text and "Marketing e-mail again" in text
    link = re.search(rf"{PUBLIC}(/opt-in/\S+)", text)
    assert link
    with mailing.client() as client:
        for _ in range(2):
            page = client.get(link[1])
            assert page.status_code == 200 and "<button>" in page.text
            assert "owner@" not in page.text
        client.head(link[1])
        assert ledger.is_suppressed(owner, OptOutKind.MARKETING_EMAIL)
        assert "recorded" in client.post(link[1]).text
        assert not ledger.is_suppressed(owner, OptOutKind.MARKETING_EMAIL)
        assert client.post(link[1]).status_code == 200
        ledger.record(opt_out(subject=owner, holder="a"))
        assert client.post(link[1]).status_code == 404
    assert ledger.is_suppressed(owner, OptOutKind.MARKETING_EMAIL)


def test_an_address_with_a_domain_in_unicode_gets_its_mail(
    mailing: Server, ledger: Ledger, mailbox: tuple[Mailbox, str]
) -> None:
    """The mail goes to the domain as mail servers write it."""
    ledger.record(opt_in(subject=email("o'hara+1@bücher.example"), holder="b"))
    assert mailbox[0].text_to("o'hara+1@xn--bcher-kva.example")


def test_an_invented_or_old_link_confirms_nothing(mailing: Server, ledger: Ledger) -> None:
    """A token that was not made here, was made for something else, or is older than a week."""
    victim = email("victim@example.com")
    ledger.record(opt_out(subject=victim, holder="a"))
    asked = ledger.find(ledger.record(opt_in(subject=victim, holder="b")).reference)
    links = ConfirmationLinks(Settings())
    with time_machine.travel(datetime.now(UTC) - timedelta(days=8)):
        old = links.path(asked.id)
    unknown = links.path("f" * 32)
    with mailing.client() as client:
        for path in (old, unknown, "/opt-in/abc", f"/opt-in/{asked.id}", links.path(asked.id)[:-6]):
            assert client.get(path).status_code == 404
            assert client.post(path).status_code == 404
    assert ledger.find(asked.reference).status is Status.UNCONFIRMED
    assert ledger.is_suppressed(victim, OptOutKind.MARKETING_EMAIL)


def test_the_mail_does_not_tell_whether_the_address_was_out(
    mailing: Server, ledger: Ledger, mailbox: tuple[Mailbox, str]
) -> None:
    """The mail is the same for an address that is out and for one that is not."""
    known, fresh = email("was.out@example.com"), email("never.out@example.com")
    ledger.record(opt_out(subject=known, holder="a"))
    texts = []
    for subject in (known, fresh):
        reference = ledger.record(opt_in(subject=subject, holder="b")).reference
        text = mailbox[0].text_to(subject.value).replace(reference, "REFERENCE")
        texts.append(re.sub(r"/opt-in/\S+", "/opt-in/TOKEN", text))
    assert texts[0] == texts[1]
