"""Tests of the desk and the widget together in a real browser: an agent and a shopper."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server
from tests.handoff.conftest import staffed
from tests.web.test_agent_desk import Desk
from tests.web.widget.conftest import Chat
from tests.web.widget.test_accessibility import check

__all__ = ["staffed"]


@pytest.fixture
def agent(browser: Browser, staffed: Server) -> Page:
    """The desk, just after an agent has signed in."""
    token = Desk(staffed, "Sam").token
    page = browser.new_context(base_url=staffed.url).new_page()
    page.goto("/desk")
    page.get_by_label("Your token").fill(token)
    page.get_by_label("Your token").press("Enter")
    expect(page.get_by_role("heading", name="Waiting")).to_be_focused()
    return page


@pytest.fixture
def shopper(browser: Browser, staffed: Server) -> Chat:
    """A shopper with the chat open."""
    page = browser.new_context(base_url=staffed.url).new_page()
    page.goto("/")
    return Chat(page).open()


def test_an_agent_and_a_shopper_talk(agent: Page, shopper: Chat) -> None:
    """An agent takes a chat by keyboard, answers, sees the replies, and ends it.

    The shopper sees the agent join, type and leave.
    """
    shopper.say("do you use cookies?")
    shopper.menu("Talk to a person")
    expect(shopper.panel.get_by_role("status")).to_contain_text("Waiting for a person")
    entry = agent.get_by_role("button", name="Waits in the chat").last
    expect(entry).to_contain_text("Cookies")
    expect(agent).to_have_title("(1) Desk – Bellacor")
    check(agent)
    entry.focus()
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("log")).to_contain_text("do you use cookies?")
    agent.get_by_role("button", name="Join the chat").press("Enter")
    expect(shopper.log).to_contain_text("Sam has joined")
    check(agent)
    agent.get_by_label("Your answer").press_sequentially("Hello, this is Sam", delay=5)
    expect(shopper.panel.get_by_text("Typing")).to_be_visible()
    agent.keyboard.press("Enter")
    expect(shopper.of("agent")).to_contain_text("Hello, this is Sam")
    shopper.input.fill("My lamp flickers")
    shopper.input.press("Enter")
    expect(agent.get_by_role("log")).to_contain_text("My lamp flickers")
    check(shopper.page)
    agent.get_by_label("From the policy").select_option(index=1)
    expect(agent.get_by_label("Your answer")).to_have_value(
        "Monday to Friday 7 AM to 8 PM, Saturday 8 AM to 4 PM, Sunday 9 AM to 5 PM, Central Time"
    )
    shopper.page.reload()
    expect(shopper.of("agent")).to_contain_text("Hello, this is Sam")
    agent.get_by_role("button", name="End the chat").press("Enter")
    expect(agent.get_by_role("heading", name="Waiting")).to_be_focused()
    expect(shopper.log).to_contain_text("Sam has ended the chat")
    expect(shopper.panel.get_by_role("status")).to_have_count(0)
    shopper.say("do you use cookies?")


def test_a_shopper_can_end_the_chat(agent: Page, shopper: Chat) -> None:
    """A shopper can end the chat with a button, and the desk shows the end."""
    shopper.menu("Talk to a person")
    agent.get_by_role("button", name="Waits in the chat").last.click()
    agent.get_by_role("button", name="Join the chat").click()
    shopper.log.get_by_role("button", name="End the chat").click()
    expect(shopper.log).to_contain_text("I am the assistant again")
    expect(agent.get_by_role("button", name="Join the chat")).to_have_count(0)
    expect(agent.get_by_role("button", name="End the chat")).to_have_count(0)


def test_a_wrong_token_is_refused(browser: Browser, staffed: Server) -> None:
    """A wrong token is refused with a reason, and no handoff is shown."""
    page = browser.new_context(base_url=staffed.url).new_page()
    page.goto("/desk")
    check(page)
    page.get_by_label("Your token").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("token is not known")
    expect(page.get_by_role("heading", name="Waiting")).to_be_hidden()
