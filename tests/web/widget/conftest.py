"""Fixtures of the widget tests: a real browser, and the actions of a shopper in the widget."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.conftest import Server, serving
from tests.web.widget.shop import Shop, shopping

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# No sandbox, because tests may run as root; no features that send requests by themselves.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)  # other tests run beside it


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, for one module.

    Playwright's event loop must not be running when tests of other modules start their own.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser context of a new shopper."""
    context = browser.new_context(base_url=server.url)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of the storefront."""
    page = context.new_page()
    page.goto("/")
    return page


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """A shop that the server ``prompt`` allows to embed the widget."""
    with shopping() as shop:
        yield shop


@pytest.fixture(scope="session")
def prompt(model: Path, shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that holds a call for new messages for one second only.

    So the widget soon shows a change that a test writes to the database.
    """
    settings = {
        "PRIVACY_BOT_MAX_WAIT_SECONDS": "1",
        "PRIVACY_BOT_ORIGINS": json.dumps([shop.url]),
    }
    with serving(tmp_path_factory.mktemp("prompt"), **settings) as running:
        shop.widget = running.url
        yield running


def settle(page: Page) -> None:
    """Wait until nothing moves any more, on the page and in the widget."""
    page.evaluate(
        """() => {
            const widget = document.querySelector('privacy-chat')?.shadowRoot
            const moving = [document, widget].flatMap(root => root?.getAnimations() ?? [])
            return Promise.allSettled(moving.map(one => one.finished))
        }"""
    )


class Chat:
    """The widget on a page, as a shopper sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.get_by_role("button", name="Privacy questions?")
        self.panel = page.get_by_role("region", name="Privacy assistant")
        self.log = page.get_by_role("log")
        self.input = page.get_by_label("Your message")
        self.alert = page.locator("privacy-chat").get_by_role("alert")
        self.said = self.log.locator(".m")

    def open(self) -> "Chat":
        """Open the panel and wait for the greeting."""
        self.launcher.click()
        self.of("bot").first.wait_for()
        return self

    def of(self, sender: str) -> Locator:
        """Return the messages of a sender: bot, visitor, agent or system."""
        return self.log.locator(f".{sender}")

    def say(self, text: str) -> Locator:
        """Type a message and return the answer to it."""
        before = self.of("bot").count()
        self.input.fill(text)
        self.input.press("Enter")
        return self.answer_after(before)

    def choose(self, title: str) -> Locator:
        """Pick a choice and return the answer to it."""
        before = self.of("bot").count()
        self.log.get_by_role("button", name=title, exact=True).last.click()
        return self.answer_after(before)

    def answer_after(self, before: int) -> Locator:
        """Wait for the next message of the bot after its first ``before`` ones, and return it."""
        answer = self.of("bot").nth(before)
        answer.wait_for()
        return answer

    def menu(self, item: str) -> None:
        """Pick an item of the menu."""
        self.page.get_by_role("button", name="More options").click()
        self.page.get_by_role("button", name=item, exact=True).click()


@pytest.fixture
def chat(page: Page) -> Chat:
    """The widget on the storefront, closed."""
    return Chat(page)


class Watch:
    """The hosts that the pages of a shopper send requests to, and the complaints of the browser."""

    def __init__(self, context: BrowserContext) -> None:
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        context.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type in ("error", "warning")
                else None
            ),
        )
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
