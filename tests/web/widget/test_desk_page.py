"""Tests of the desk and the widget together in a real browser: agents and shoppers."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Server
from tests.handoff.conftest import staffed
from tests.web.test_agent_desk import Desk
from tests.web.widget.conftest import Chat
from tests.web.widget.test_accessibility import PHONE, check

__all__ = ["staffed"]

WIDE = {"width": 1280, "height": 800}


def sign_in(browser: Browser, server: Server, name: str, size: dict[str, int] = WIDE) -> Page:
    """Return the desk of a new agent, just after they have signed in."""
    token = Desk(server, name).token
    page = browser.new_context(base_url=server.url, viewport=size).new_page()
    page.goto("/desk")
    page.get_by_label("Your token").fill(token)
    page.get_by_label("Your token").press("Enter")
    expect(page.get_by_role("heading", name="To do")).to_be_focused()
    return page


def visit(browser: Browser, server: Server) -> Chat:
    """Return the chat of a new shopper, open."""
    page = browser.new_context(base_url=server.url).new_page()
    page.goto("/")
    return Chat(page).open()


@pytest.fixture
def agent(browser: Browser, staffed: Server) -> Page:
    """The desk, just after an agent has signed in."""
    return sign_in(browser, staffed, "Sam")


@pytest.fixture
def shopper(browser: Browser, staffed: Server) -> Chat:
    """A shopper with the chat open."""
    return visit(browser, staffed)


def card(agent: Page, words: str) -> Locator:
    """Return the card of a shopper by their last words."""
    return agent.locator("#queue button", has_text=words)


def joined(agent: Page, shopper: Chat, words: str) -> Locator:
    """Let a shopper ask for a person and an agent join; return the box for the answer."""
    shopper.menu("Talk to a person")
    expect(shopper.panel.get_by_role("status")).to_contain_text("Waiting for a person")
    shopper.say(words)
    card(agent, words).click()
    agent.get_by_role("button", name="Join the chat").click()
    expect(shopper.log).to_contain_text("Sam has joined")
    return agent.get_by_label("Your answer")


def button(page: Page, name: str) -> Locator:
    """Return a button by its whole name."""
    return page.get_by_role("button", name=name, exact=True)


def confirm(agent: Page, name: str) -> None:
    """Press a button, and the one of the same name in the question that follows."""
    button(agent, name).click()
    agent.get_by_role("dialog").get_by_role("button", name=name).click()


def test_an_agent_and_a_shopper_talk(agent: Page, shopper: Chat) -> None:
    """An agent takes a chat by keyboard, answers, sees the replies, and ends it.

    Each sees the other type; the agent sees that the shopper's page was loaded again, and the
    shopper sees the agent join and leave.
    """
    shopper.say("do you use cookies?")
    shopper.menu("Talk to a person")
    expect(shopper.panel.get_by_role("status")).to_contain_text("Waiting for a person")
    entry = card(agent, "Cookies")
    expect(entry).to_contain_text("waits")
    expect(entry).to_contain_text("here")
    expect(agent).to_have_title(re.compile(r"^\(\d+\) Desk – Bellacor"))
    check(agent)
    entry.focus()
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("log")).to_contain_text("do you use cookies?")
    agent.get_by_role("button", name="Join the chat").press("Enter")
    expect(shopper.log).to_contain_text("Sam has joined")
    agent.get_by_label("Your answer").press_sequentially("Hello, this is Sam", delay=5)
    expect(shopper.panel.get_by_text("Typing")).to_be_visible()
    agent.keyboard.press("Enter")
    expect(shopper.of("agent")).to_contain_text("Hello, this is Sam")
    expect(agent.get_by_role("log")).to_contain_text("Hello, this is Sam")
    shopper.input.press_sequentially("My lamp", delay=5)
    expect(agent.locator("#presence")).to_contain_text("typing")
    shopper.input.fill("My lamp flickers")
    shopper.input.press("Enter")
    expect(agent.get_by_role("log")).to_contain_text("My lamp flickers")
    check(agent)
    check(shopper.page)
    shopper.page.reload()
    expect(shopper.of("agent")).to_contain_text("Hello, this is Sam")
    expect(agent.locator("#presence")).to_contain_text("page loaded again")
    button(agent, "End the chat").press("Enter")
    check(agent)
    agent.keyboard.press("Escape")
    expect(button(agent, "End the chat")).to_be_focused()
    agent.keyboard.press("Enter")
    agent.get_by_role("dialog").get_by_role("button", name="End the chat").press("Enter")
    expect(agent.get_by_role("heading", name="To do")).to_be_focused()
    expect(shopper.log).to_contain_text("Sam has ended the chat")
    expect(shopper.panel.get_by_role("status")).to_have_count(0)
    shopper.say("do you use cookies?")


def test_a_shopper_can_end_the_chat(agent: Page, shopper: Chat) -> None:
    """A shopper can end the chat with a button, and the desk shows the end."""
    joined(agent, shopper, "I shall end it myself")
    shopper.log.get_by_role("button", name="End the chat").click()
    expect(shopper.log).to_contain_text("I am the assistant again")
    expect(button(agent, "Join the chat")).to_have_count(0)
    expect(button(agent, "End the chat")).to_have_count(0)


def test_a_wrong_token_is_refused(browser: Browser, staffed: Server) -> None:
    """A wrong token is refused with a reason, and no handoff is shown."""
    page = browser.new_context(base_url=staffed.url).new_page()
    page.goto("/desk")
    check(page)
    page.get_by_label("Your token").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("token is not known")
    expect(page.get_by_role("heading", name="To do")).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_reply_box_is_always_in_view(
    browser: Browser, staffed: Server, size: dict[str, int]
) -> None:
    """After a long talk, and with the details open, one can answer without scrolling."""
    agent, shopper = sign_in(browser, staffed, "Sam", size), visit(browser, staffed)
    text = joined(agent, shopper, f"a long talk at {size['width']}")
    for number in range(12):
        text.fill(f"{number} is a long line that needs more room than there is on this screen " * 2)
        text.press("Enter")
        expect(agent.locator("#log .agent").nth(number)).to_be_visible()
    for _ in range(2):
        expect(text).to_be_in_viewport(ratio=1)
        expect(button(agent, "Send")).to_be_in_viewport(ratio=1)
        check(agent)
        button(agent, "Details").click()
    widths = agent.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    filled = [
        one.text_content() for one in agent.locator("#chat button:visible:not(.second)").all()
    ]
    assert filled == ["Send"]  # the one button that stands out


def test_ready_made_answers_by_keyboard(agent: Page, shopper: Chat) -> None:
    """A slash opens the answers, a search and Enter put one into the box, and own ones are kept."""
    text = joined(agent, shopper, "what are your hours")
    text.press("/")
    check(agent)
    agent.keyboard.type("support hours")
    agent.keyboard.press("Enter")
    expect(text).to_be_focused()
    expect(text).to_have_value(re.compile("^Monday to Friday 7 AM to 8 PM"))
    button(agent, "Ready-made answers").click()
    agent.get_by_label("Keep what you have written as").fill("Our hours")
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("button", name="Delete Our hours")).to_be_visible()
    check(agent)
    agent.keyboard.press("Escape")
    text.fill("")
    text.press("/")
    agent.keyboard.type("our hours")
    agent.keyboard.press("ArrowDown")
    agent.keyboard.press("Enter")
    expect(text).to_have_value(re.compile("^Monday to Friday"))


def test_notes_and_opt_outs_in_the_details(agent: Page, shopper: Chat) -> None:
    """A note is for colleagues; an opt-out is told to the shopper, who can object."""
    joined(agent, shopper, "stop the ads")
    agent.get_by_label("A note").fill("A friendly one")
    button(agent, "Add the note").click()
    expect(agent.locator("#notes")).to_contain_text("A friendly one")
    agent.get_by_label("Ads that follow me").check()
    button(agent, "Record for the shopper").click()
    expect(agent.locator("#looked")).to_contain_text("the shopper is told")
    expect(shopper.log).to_contain_text("Sam has recorded for this browser")
    expect(shopper.log).not_to_contain_text("friendly")
    check(agent)
    check(shopper.page)
    button(agent, "Look up").click()
    expect(agent.locator("#records")).to_contain_text("by agent")
    shopper.choose("Undo it")
    expect(agent.get_by_role("log")).to_contain_text("Undo it")
    button(agent, "Look up").click()
    expect(agent.locator("#records")).to_contain_text("revoked")
    check(agent)


def over(agent: Page) -> None:
    """Show what is over."""
    button(agent, "History").click()
    agent.get_by_label("Reference, words").fill("a purple lamp")
    agent.keyboard.press("Enter")
    agent.locator("#results button", has_text="Sam").first.click()
    expect(agent.get_by_role("log")).to_contain_text("a purple lamp")
    expect(agent.locator("#presence")).to_contain_text("Ended")


def asked_to_pass_on(agent: Page) -> None:
    """Show the question to whom a chat goes."""
    agent.locator("#queue button").first.click()
    button(agent, "Pass on").click()


STATES: dict[str, Callable[[Page], object]] = {
    "history": over,
    "signing out": lambda agent: button(agent, "Sign out").click(),
    "passing on": asked_to_pass_on,
}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_all_states_are_accessible(browser: Browser, staffed: Server, size: dict[str, int]) -> None:
    """The history, and the questions before something ends, have no finding of axe-core."""
    agent, shopper = sign_in(browser, staffed, "Sam", size), visit(browser, staffed)
    joined(agent, shopper, "a purple lamp")
    confirm(agent, "End the chat")
    joined(agent, visit(browser, staffed), "somebody who stays")
    if size is PHONE:
        button(agent, "Back").click()
    for show in (STATES["signing out"], STATES["passing on"]):
        show(agent)
        expect(agent.get_by_role("dialog")).to_be_visible()
        check(agent)
        agent.keyboard.press("Escape")
        if size is PHONE and button(agent, "Back").is_visible():
            button(agent, "Back").click()
    over(agent)
    check(agent)
