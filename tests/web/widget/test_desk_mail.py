"""Test of a left message that is answered by mail at the desk, with a real mail server."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import Server, Shopper, serving
from tests.handoff.conftest import OPEN_SERVER
from tests.handoff.mailbox import Mailbox, receiving
from tests.web.test_agent_desk import command
from tests.web.widget.test_accessibility import check
from tests.web.widget.test_desk_page import button, sign_in


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """A running mail server."""
    with receiving() as box:
        yield box


@pytest.fixture(scope="module")
def mailing(
    model: Path, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that mails shoppers, whose support is always open."""
    settings = {
        "PRIVACY_BOT_SHOPPER_SMTP_URL": mailbox.url,
        "PRIVACY_BOT_PUBLIC_URL": "https://privacy.example.com",
    }
    with serving(
        tmp_path_factory.mktemp("mailing"), command=[sys.executable, str(OPEN_SERVER)], **settings
    ) as running:
        yield running


def test_a_left_message_is_answered_by_mail(
    browser: Browser, mailing: Server, mailbox: Mailbox
) -> None:
    """The answer is mailed, its state is shown, and the case can be opened again later."""
    command(mailing, "accounts", "add", "Absent")
    shopper = Shopper(mailing.client())
    offered = shopper.say("talk to a human")["messages"][0]
    shopper.choose(offered["choices"][0]["id"])
    shopper.say("My lamp flickers. Write to lamp@example.com")
    assert shopper.say("yes")["outcome"] == "done"
    agent = sign_in(browser, mailing, "Sam")
    agent.locator("#queue button", has_text="My lamp flickers").click()
    button(agent, "Take this message").click()
    text = agent.get_by_label("Your answer by mail to lamp@example.com")
    text.fill("Hello,\n\nwe send you a new one to mo@example.org.")
    check(agent)
    button(agent, "Send the mail").click()
    expect(agent.locator("#log .mail.sent")).to_contain_text("we send you a new one")
    (mail,) = mailbox.mails
    assert mail["To"] == "lamp@example.com" and "mo@example.org" in mail.get_content()
    button(agent, "Done").click()
    button(agent, "History").click()
    agent.locator("#results button", has_text="My lamp flickers").click()
    expect(agent.locator("#log .mail")).to_contain_text("we send you a new one to [email-")
    button(agent, "Open again").click()
    mailbox.answer = "550 no such user"
    text.fill("Did it arrive?")
    button(agent, "Send the mail").click()
    expect(agent.locator("#log .mail.failed")).to_contain_text("SMTP 550")
    button(agent, "To do").click()
    expect(agent.locator("#queue")).to_contain_text("mail not delivered")
    check(agent)
