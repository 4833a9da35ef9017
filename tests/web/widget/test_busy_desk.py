"""Test of a busy desk: two agents, ten chats, and a network that comes and goes."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server, Shopper
from tests.handoff.conftest import staffed
from tests.web.test_agent_desk import Desk, heard
from tests.web.widget.test_desk_page import button, card, confirm
from tests.web.widget.wire import Wire, wired

__all__ = ["staffed"]

# Counts the notes that the page plays, as no test can hear them.
LISTEN = """
    window.notes = 0
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (...when) {
        window.notes++
        return start.apply(this, when)
    }
"""
NAMES = [f"shopper {number} is here" for number in "abcdefghij"]


def at_desk(browser: Browser, server: Server, url: str, name: str) -> Page:
    """Return the desk of an agent who comes over this address."""
    page = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(LISTEN)
    page.goto("/desk")
    page.get_by_label("Your token").fill(Desk(server, name).token)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="To do")).to_be_focused()
    return page


def take(agent: Page, words: str) -> None:
    """Join the chat of a shopper."""
    card(agent, words).click()
    expect(agent.get_by_role("log")).to_contain_text(words)
    button(agent, "Join the chat").click()
    expect(agent.get_by_label("Your answer")).to_be_visible()


def answer(agent: Page, text: str) -> None:
    """Send an answer."""
    agent.get_by_label("Your answer").fill(text)
    agent.get_by_label("Your answer").press("Enter")


def test_two_agents_ten_chats_and_a_flaky_network(browser: Browser, staffed: Server) -> None:
    """No word is lost or doubled, and every chat that needs something is marked.

    Whoever loses the agent for good is told that another one is there, who takes over.
    """
    with staffed.client() as client, wired(staffed.url) as wire:
        sam, ann = (
            at_desk(browser, staffed, wire.url, "Sam"),
            at_desk(browser, staffed, staffed.url, "Ann"),
        )
        shoppers = [Shopper(client) for _ in NAMES]
        for shopper, words in zip(shoppers, NAMES, strict=True):
            shopper.say("I want to talk to a person")
            shopper.say(words)
        for agent in (sam, ann):
            expect(agent.locator("#queue li")).to_have_count(10)
            expect(agent).to_have_title(re.compile(r"^\(10\)"))
            assert agent.evaluate("notes") > 0
        for place, words in enumerate(NAMES):
            take((sam, ann)[place % 2], words)
        expect(sam).to_have_title(re.compile("^Desk"))

        _mark_words_in_another_chat(sam, shoppers[0], shoppers[8])
        _answer_over_a_broken_line(sam, wire, shoppers[0])
        _keep_drafts(sam)
        _pass_on(sam, ann, shoppers[0])

        wire.cut()  # Sam's laptop closes
        _told_of_the_loss(shoppers[2])
        take(ann, NAMES[2])
        answer(ann, "I take over.")
        expect(ann.get_by_role("log")).to_contain_text("I take over.")
        assert ("agent", "I take over.") in heard(shoppers[2])
        confirm(ann, "End the chat")
        expect(card(ann, NAMES[2])).to_have_count(0)


def _mark_words_in_another_chat(sam: Page, first: Shopper, shown: Shopper) -> None:
    """Words in a chat that is not shown are marked on its card, in the title, and by a sound."""
    before = sam.evaluate("notes")
    first.say("are you still there, Sam?")
    expect(card(sam, "are you still there")).to_contain_text("1 unread")
    expect(sam).to_have_title(re.compile(r"^\(1\)"))
    assert sam.evaluate("notes") > before
    sam.get_by_label("Sound").uncheck()
    silent = sam.evaluate("notes")
    first.say("hello?")
    expect(card(sam, "hello?")).to_contain_text("2 unread")
    assert sam.evaluate("notes") == silent
    card(sam, "hello?").click()
    expect(sam.get_by_role("log")).to_contain_text("hello?")
    expect(sam).to_have_title(re.compile("^Desk"))
    sam.reload()
    expect(card(sam, "hello?")).not_to_contain_text("unread")
    card(sam, "hello?").click()
    expect(sam.get_by_role("log")).to_contain_text("hello?")


def _answer_over_a_broken_line(sam: Page, wire: Wire, shopper: Shopper) -> None:
    """What is written without a network is shown as not sent, and arrives once, in order."""
    wire.cut()
    answer(sam, "one moment")
    answer(sam, "I am looking")
    expect(sam.locator(".unsent p")).to_have_count(2)
    expect(sam.locator("#lost")).to_contain_text("cannot be reached")
    wire.mend()
    expect(sam.locator(".unsent p")).to_have_count(0)
    expect(sam.locator("#lost")).to_be_empty()
    said = [text for sender, text in heard(shopper) if sender == "agent"]
    assert said == ["one moment", "I am looking"]


def _keep_drafts(sam: Page) -> None:
    """What was begun in one chat is there again after a look into others, by keyboard."""
    sam.get_by_label("Your answer").fill("a half sentence")
    sam.keyboard.press("Alt+ArrowDown")
    expect(sam.get_by_label("Your answer")).to_have_value("")
    sam.keyboard.press("Alt+ArrowUp")
    expect(sam.get_by_label("Your answer")).to_have_value("a half sentence")
    sam.get_by_label("Your answer").fill("")


def _pass_on(sam: Page, ann: Page, shopper: Shopper) -> None:
    """A chat that is passed on is marked at the colleague's desk."""
    shopper.say("a colleague please")
    expect(sam.get_by_role("log")).to_contain_text("a colleague please")
    button(sam, "Pass on").click()
    sam.get_by_label("To", exact=True).select_option("Ann")
    sam.get_by_role("dialog").get_by_role("button", name="Pass on").click()
    expect(card(ann, "a colleague please")).to_contain_text("unread")
    expect(card(sam, "a colleague please")).to_contain_text("with Ann")


def _told_of_the_loss(shopper: Shopper) -> None:
    """The shopper of an agent who is gone is told within a minute."""
    last = shopper.get("/messages", after=0).json()["messages"][-1]["id"]
    told: list[dict] = []
    for _ in range(3):  # each held call waits for 25 seconds at most
        told = told or shopper.get("/messages", after=last, wait=20).json()["messages"]
    assert told and "another colleague is here" in told[-1]["text"]
