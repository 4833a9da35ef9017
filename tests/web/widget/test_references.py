"""Tests of references in a real browser: a link to the status, and a button that copies."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import Server
from tests.web.test_optouts import reference_in
from tests.web.widget.conftest import Chat
from tests.web.widget.test_accessibility import check, recorded

REFUSED = "void (navigator.clipboard.writeText = () => Promise.reject(new DOMException('no')))"


@pytest.fixture
def reader(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser context whose clipboard a test may read."""
    context = browser.new_context(base_url=server.url)
    context.set_default_timeout(10_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def told(reader: BrowserContext) -> Chat:
    """A chat with a message that says what was recorded."""
    page = reader.new_page()
    page.goto("/")
    chat = Chat(page).open()
    recorded(chat)
    return chat


def copied(page: Page) -> str:
    """Return the text of the clipboard."""
    return page.evaluate("navigator.clipboard.readText()")


def test_a_reference_links_to_its_status(reader: BrowserContext, told: Chat) -> None:
    """The reference below a message opens its status in a new tab."""
    reference = reference_in(told.of("bot").last.inner_text())
    with reader.expect_page() as opened:
        told.log.get_by_role("link", name=reference).click()
    expect(opened.value.get_by_text("It is recorded.")).to_be_visible()
    assert opened.value.url.endswith(f"/optouts/{reference}")


@pytest.mark.parametrize("way", ["clipboard", "older way"])
def test_a_reference_is_copied(told: Chat, way: str) -> None:
    """The button copies the reference, says so, and keeps the focus.

    It does so also where the page may not write to the clipboard by itself.
    """
    reference = reference_in(told.of("bot").last.inner_text())
    if way != "clipboard":
        told.page.evaluate(REFUSED)
    told.log.get_by_role("button", name=f"Copy reference {reference}").press("Enter")
    done = told.log.get_by_role("button", name=f"Copied reference {reference}")
    expect(done).to_be_focused()
    expect(done).to_have_text(f"Copied reference {reference}")
    assert copied(told.page) == reference
    assert told.log.locator("textarea").count() == 0


def test_a_choice_after_a_record_leaves_its_button(told: Chat) -> None:
    """The button that copies is no choice, so a later message does not disable it."""
    told.say("do you use cookies?")
    told.log.get_by_role("button", name="Copy reference").click()
    expect(told.log.get_by_role("button", name="Copied reference")).to_be_visible()


def test_the_pages_of_a_request_have_a_button_that_copies(reader: BrowserContext) -> None:
    """The page after the form and the page of the status copy the reference; axe finds nothing."""
    page = reader.new_page()
    page.goto("/opt-out")
    page.get_by_label("Marketing e-mail").check()
    page.get_by_label("Your e-mail address").fill("pages@example.com")
    page.get_by_role("button", name="Opt me out").click()
    for _ in ("after the form", "status"):
        reference = reference_in(page.locator("main").inner_text())
        page.get_by_role("button", name=f"Copy reference {reference}").click()
        expect(page.get_by_role("button", name=f"Copied reference {reference}")).to_be_focused()
        assert copied(page) == reference
        check(page)
        page.goto(f"/optouts/{reference}")
