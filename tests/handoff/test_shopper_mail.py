"""Tests of mail to shoppers who left a message, with a real mail server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from bot.handoff.cards import Cards
from bot.handoff.model import Agent, Handoff, NotTaken, Reason
from bot.handoff.records import Records
from bot.handoff.service import HandoffService
from bot.handoff.shopper_mail import MailState, ShopperMails
from tests.handoff.conftest import CONVERSATION
from tests.handoff.mailbox import Mailbox, receiving

SAM, ANN = Agent("1" * 32, "Sam"), Agent("2" * 32, "Ann")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A running mail server."""
    with receiving() as box:
        yield box


@pytest.fixture
def mails(records: Records, mailbox: Mailbox) -> ShopperMails:
    """Mails over this server."""
    return ShopperMails(records, mailbox.url)


def left(handoffs: HandoffService, contact: str = "jo@example.com") -> Handoff:
    """Return a message that a shopper has left, and that Sam has taken."""
    draft = handoffs.queue.draft(CONVERSATION, (Reason.ASKED, ()))
    draft = handoffs.queue.write(draft, "My lamp flickers, call [phone-1]", None)
    return handoffs.inbox.claim(handoffs.queue.send(draft, contact).id, SAM)


def write(handoffs: HandoffService, mails: ShopperMails, of: Handoff, text: str) -> None:
    """Write a mail as Sam."""
    mails.write(of, SAM, text, handoffs.masked(of, text), None)


def test_answers_are_one_thread(
    handoffs: HandoffService, mails: ShopperMails, mailbox: Mailbox
) -> None:
    """The second mail answers the first; both have the reference and quote the message."""
    message = left(handoffs)
    write(handoffs, mails, message, "Which lamp is it?")
    mails.deliver()
    write(handoffs, mails, message, "We send you a new one.")
    mails.deliver()
    first, second = mailbox.mails
    assert first["To"] == "jo@example.com" and message.reference in first["Subject"]
    assert second["In-Reply-To"] == first["Message-ID"] == second["References"]
    assert second["Subject"] == f"Re: {first['Subject']}"
    text = second.get_content()
    assert "We send you a new one." in text and "Sam," in text
    assert "> My lamp flickers, call …" in text
    assert [mail.state for mail in mails.of(message)] == [MailState.SENT, MailState.SENT]


def test_personal_data_is_kept_masked(
    handoffs: HandoffService, mails: ShopperMails, mailbox: Mailbox, engine: Engine
) -> None:
    """The mail has what the agent wrote; stored it is masked, and the whole text is deleted."""
    message = left(handoffs)
    write(handoffs, mails, message, "We write to mo@example.org then.")
    with engine.begin() as db:
        assert "mo@example.org" not in str(db.execute(sa.text("SELECT * FROM handoff_mails")).all())
    mails.deliver()
    assert "mo@example.org" in mailbox.mails[0].get_content()
    assert "[email-1]" in mails.of(message)[0].text
    with engine.begin() as db:
        assert db.execute(sa.text("SELECT secret FROM handoff_mails")).scalar() is None


def test_a_mail_waits_for_the_mail_server(
    handoffs: HandoffService, mails: ShopperMails, mailbox: Mailbox
) -> None:
    """A mail that is refused for now is sent later, once."""
    message = left(handoffs)
    write(handoffs, mails, message, "Hello")
    mailbox.answer = "451 later"
    mails.deliver()
    assert (mails.of(message)[0].state, mails.of(message)[0].error) == (
        MailState.QUEUED,
        "SMTP 451",
    )
    mailbox.answer = "250 OK"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        mails.deliver()
        mails.deliver()
    assert len(mailbox.mails) == 1


def test_a_refused_mail_comes_back_to_the_desk(
    handoffs: HandoffService, mails: ShopperMails, mailbox: Mailbox, records: Records
) -> None:
    """A mail that is refused for good marks its message, also after the agent was done with it."""
    message = left(handoffs)
    write(handoffs, mails, message, "Hello")
    handoffs.inbox.resolve(message.id, SAM)
    assert handoffs.inbox.listed() == []
    mailbox.answer = "550 no such user"
    mails.deliver()
    (card,) = Cards(records).of(handoffs.inbox.listed())
    assert card.mail_failed and mails.of(message)[0].error == "SMTP 550"
    again = handoffs.inbox.reopen(message.id, SAM)
    mailbox.answer = "250 OK"
    write(handoffs, mails, again, "Hello again")
    assert not Cards(records).of([again])[0].mail_failed


def test_a_mail_needs_its_message_and_an_address(
    handoffs: HandoffService, mails: ShopperMails
) -> None:
    """Only the agent who has the message can write, and only to an address; twice is once."""
    message = left(handoffs, "612-555-0199")
    with pytest.raises(NotTaken, match="address"):
        mails.write(message, SAM, "x", "x", None)
    handoffs.inbox.resolve(message.id, SAM)
    other = left(handoffs)
    with pytest.raises(NotTaken, match="take it first"):
        mails.write(other, ANN, "x", "x", None)
    for _ in range(2):
        mails.write(other, SAM, "x", "x", "one")
    assert len(mails.of(other)) == 1
