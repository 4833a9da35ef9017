"""Tests of accessibility of the widget and the pages.

They use axe-core, the keyboard alone, and the announcements to a screen reader.
"""

import re
import sqlite3
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.optouts.links import UnsubscribeLinks
from bot.settings import Settings
from tests.conftest import BASE, Server
from tests.web.widget.conftest import Chat, settle

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check(page: Page) -> None:
    """Fail with the violations that axe-core finds on a page and in its shadow roots."""
    settle(page)  # an element that still fades in has no contrast yet
    found = Axe().run(page, options={"runOnly": RULES})
    assert found.violations_count == 0, found.generate_report()


def answered(chat: Chat) -> None:
    """Show an answer with its sources open."""
    answer = chat.say("what do you collect about me?")
    for summary in answer.locator("summary").all():
        summary.click()


def refused(chat: Chat) -> None:
    """Show a message that could not be sent."""
    chat.page.route(f"**{BASE}/messages*", lambda route: route.abort())
    chat.input.fill("hello")
    chat.input.press("Enter")
    expect(chat.log.get_by_text("No answer yet.")).to_be_visible()


def asked_to_delete(chat: Chat) -> None:
    """Show the question before a deletion."""
    chat.menu("Delete this conversation")


def deleted(chat: Chat) -> None:
    """Delete the conversation."""
    chat.menu("Delete this conversation")
    chat.page.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.log).to_contain_text("was deleted")


def recorded(chat: Chat) -> None:
    """Show a message with a record: of the signal, which another page of the browser sends."""
    chat.page.evaluate(
        f"""async () => {{
            const [{{ token }}] = Object.values(localStorage).map(JSON.parse)
            const body = JSON.stringify({{resume: token, gpc: true}})
            await fetch('{BASE}/session', {{method: 'POST', body}})
        }}"""
    )
    expect(chat.log.get_by_role("button", name="Copy reference")).to_be_visible()


STATES: dict[str, Callable[[Chat], object]] = {
    "greeting": lambda chat: None,
    "answer": answered,
    "choices used": lambda chat: chat.choose("Cookies"),
    "form": lambda chat: chat.say("unsubscribe jo@gmial.com"),
    "menu": lambda chat: chat.page.get_by_role("button", name="More options").click(),
    "deleting": asked_to_delete,
    "deleted": deleted,
    "not sent": refused,
    "recorded": recorded,
}
PHONE = {"width": 320, "height": 640}


def check_all_looks(page: Page) -> None:
    """Check a page in light, dark and forced colours, and on a phone."""
    check(page)
    page.emulate_media(color_scheme="dark")
    check(page)
    page.emulate_media(color_scheme="light", forced_colors="active")
    check(page)
    page.emulate_media(forced_colors="none")
    page.set_viewport_size(PHONE)
    check(page)


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state(page: Page, chat: Chat, state: str) -> None:
    """The widget passes the WCAG 2.2 AA rules of axe-core in every state and look."""
    STATES[state](chat.open())
    check_all_looks(page)


@pytest.mark.parametrize("state", ["waiting_for_agent", "with_agent", "closed"])
def test_axe_finds_nothing_with_an_agent(browser: Browser, prompt: Server, state: str) -> None:
    """axe-core finds nothing while a shopper waits, talks to an agent, and after the end."""
    context = browser.new_context(base_url=prompt.url)
    page = context.new_page()
    page.goto("/")
    chat = Chat(page).open()
    with sqlite3.connect(prompt.data_dir / "privacy-bot.db", timeout=10) as database:
        database.execute(
            "INSERT INTO messages (conversation, id, sender, text, at) "
            "SELECT id, 95, 'agent', 'Hello, this is Sam. See https://example.com/x', "
            "'2026-11-25 18:00:00' FROM conversations"
        )
        database.execute("UPDATE conversations SET state = ?", (state,))
    expect(chat.log).to_contain_text("ended" if state == "closed" else "Sam")
    check(page)
    context.close()
    with sqlite3.connect(prompt.data_dir / "privacy-bot.db", timeout=10) as database:
        database.execute("DELETE FROM conversations")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/privacy",
        "/privacy#cookies.1",
        "/opt-out",
        UnsubscribeLinks(Settings()).path("jo@example.com"),
    ],
    ids=["storefront", "policy", "clause", "opt-out", "one-click"],  # the same in each process
)
def test_axe_finds_nothing_on_the_pages(page: Page, path: str) -> None:
    """axe-core finds nothing on the pages around the widget, in any look."""
    page.goto(path)
    check_all_looks(page)


@pytest.mark.parametrize("email", ["", "axe@example.com"])
def test_axe_finds_nothing_after_the_form(page: Page, email: str) -> None:
    """axe-core finds nothing on the form with a problem, and on the page after it."""
    page.goto("/opt-out")
    page.get_by_label("Ads that follow me").check()
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Opt me out").click()
    expect(page).to_have_title(
        "Your request is recorded – Bellacor" if email else "Error: Opt out – Bellacor"
    )
    check(page)


def test_a_shopper_can_opt_out_by_keyboard_alone(page: Page) -> None:
    """A shopper can opt out by keyboard alone.

    The keys open the panel, pick a choice, type an address, confirm it, and close the panel.
    """
    chat, keys = Chat(page), page.keyboard
    reach(page, "Privacy questions?")
    keys.press("Enter")
    expect(chat.input).to_be_focused()
    chat.of("bot").first.wait_for()
    keys.type("opt me out")
    keys.press("Enter")
    chat.of("bot").nth(1).wait_for()
    reach(page, "Marketing e-mail", back=True)
    keys.press("Enter")
    expect(chat.of("bot").nth(2)).to_contain_text("Which e-mail address")
    assert focused(page).startswith("Marketing e-mail")  # the focus stayed on the button
    reach(page, "Your message")
    keys.type("keys@example.com")
    keys.press("Enter")
    expect(chat.of("bot").nth(3)).to_contain_text("keys@example.com")
    reach(page, "Yes, record it", back=True)
    keys.press("Space")
    expect(chat.of("bot").nth(4)).to_contain_text("Your reference is")
    keys.press("Escape")
    expect(chat.panel).to_be_hidden()
    assert focused(page) == "Privacy questions?"


def test_everything_in_the_panel_can_be_reached_and_left(page: Page, chat: Chat) -> None:
    """Tab passes through header, log and input, and out of the panel: nothing traps it."""
    chat.open()
    names = []
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        names.append(focused(page))
    assert {"More options", "Close the chat", "Conversation"} <= set(names)
    assert "Opt out" in names  # a link of the page
    reach(page, "More options")
    page.keyboard.press("Enter")
    assert focused(page) == "Talk to a person"
    page.keyboard.press("Escape")
    assert focused(page) == "More options"
    expect(chat.panel).to_be_visible()


def test_enter_of_an_input_method_sends_nothing(page: Page, chat: Chat) -> None:
    """Enter that ends a composed word sends nothing; Shift and Enter break the line."""
    chat.open()
    chat.input.fill("ku")
    chat.input.evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, composed: true}))"
    )
    chat.input.press("Shift+Enter")
    expect(chat.input).to_have_value("ku\n")
    expect(chat.of("visitor")).to_have_count(0)


def test_a_screen_reader_is_told_each_message_once_and_whole(page: Page, chat: Chat) -> None:
    """Each message is added to the log as one node, with its sender, and not changed later.

    The other live regions stay silent.
    """
    chat.open()
    chat.log.evaluate(
        """log => {
            window.told = []
            new MutationObserver(changes => {
                for (const change of changes) {
                    for (const node of change.addedNodes) {
                        told.push([change.target === log, node.textContent])
                    }
                    if (change.type === 'characterData') told.push([false, change.target.data])
                }
            }).observe(log, {childList: true, subtree: true, characterData: true})
        }"""
    )
    answer = chat.say("when is support open?")
    told = page.evaluate("told")
    assert [whole for whole, _ in told] == [True, True]
    assert told[0][1] == "You: when is support open?"
    assert told[1][1].startswith("Assistant: ")
    assert told[1][1] == answer.evaluate("node => node.textContent")
    live = page.locator("privacy-chat").locator(
        "[role=log], [role=alert], [role=status], [aria-live]"
    )
    assert live.evaluate_all("all => all.map(one => one.getAttribute('role'))") == [
        "status",
        "log",
        "alert",
    ]
    expect(chat.alert).to_be_empty()


def test_an_older_conversation_is_not_read_out_again(page: Page, chat: Chat) -> None:
    """After a reload the log is silent until it is filled, and then live again."""
    chat.open().say("when is support open?")
    page.reload()
    expect(chat.said).to_have_count(3)
    assert chat.log.get_attribute("aria-live") == "off"
    expect(chat.log).not_to_have_attribute("aria-live", "off")


def test_problems_are_not_shown_as_messages(page: Page, chat: Chat) -> None:
    """An error is shown as an alert, and not as a message."""
    chat.open()
    page.route(f"**{BASE}/messages*", lambda route: route.abort())
    chat.input.fill("hello")
    chat.input.press("Enter")
    expect(chat.alert).to_contain_text("connection is lost")
    assert "connection" not in chat.log.inner_text()


def test_nothing_moves_with_reduced_motion(browser: Browser, server: Server) -> None:
    """Nothing is animated with reduced motion."""
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/")
    chat = Chat(page).open()
    expect(chat.of("bot").first).to_have_css("animation-name", "none")
    context.close()


def test_it_is_mirrored_on_a_right_to_left_page(page: Page, chat: Chat) -> None:
    """On a right-to-left page, launcher, panel and the shopper's messages are at the left."""
    page.evaluate("document.documentElement.dir = 'rtl'")
    chat.open().say("hello")
    width = page.viewport_size["width"] if page.viewport_size else 0
    panel, own = chat.panel.bounding_box(), chat.of("visitor").locator("p").bounding_box()
    assert panel and own
    assert panel["x"] < width / 2
    assert own["x"] < panel["x"] + panel["width"] / 4


@pytest.mark.parametrize(("width", "height"), [(320, 480), (390, 844), (320, 256)])
def test_it_fits_a_small_screen(browser: Browser, server: Server, width: int, height: int) -> None:
    """The panel fills a small screen; nothing is cut off at the sides, and the input is visible."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": width, "height": height}, has_touch=True
    )
    page = context.new_page()
    page.goto("/")
    chat = Chat(page).open()
    chat.say("what do you collect about me?")
    settle(page)
    panel, field = chat.panel.bounding_box(), chat.input.bounding_box()
    assert panel == {"x": 0, "y": 0, "width": width, "height": height}
    assert field and field["y"] + field["height"] <= height
    assert chat.log.evaluate("log => log.scrollWidth <= log.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_targets_are_large_enough(page: Page, chat: Chat) -> None:
    """Each clickable element is at least 24 pixels high and wide (WCAG 2.2, 2.5.8)."""
    answer = chat.open().say("do you use cookies?")
    answer.locator("summary").first.click()
    page.get_by_role("button", name="More options").click()
    for target in chat.panel.locator("button:visible, summary, textarea").all():
        box = target.bounding_box()
        assert box and box["width"] >= 24 and box["height"] >= 24, target.inner_text()


def focused(page: Page) -> str:
    """Return the accessible name of the focused element, in the page or in the widget."""
    return str(
        page.evaluate(
            """() => {
                const outer = document.activeElement
                const inner = outer.shadowRoot?.activeElement || outer
                const label = inner.ariaLabel || inner.labels?.[0]?.textContent
                return (label || inner.textContent || '').trim()
            }"""
        )
    )


def reach(page: Page, name: str, back: bool = False) -> None:
    """Press Tab until the element of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if re.match(re.escape(name), focused(page)):
            return
    pytest.fail(f"The keyboard does not reach {name!r}.")
