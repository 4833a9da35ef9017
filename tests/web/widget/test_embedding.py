"""Tests of the widget on another site's page, under a strict policy, in a real browser."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import BASE, Server, serving
from tests.web.widget.conftest import Chat

STRICT = "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'"


class Shop:
    """A shop of another origin, with the server's widget on its pages."""

    def __init__(self) -> None:
        self.widget = ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Send the page of the shop."""
                script = f'<script type="module" src="{shop.widget}/widget.js"></script>'
                body = (
                    f"<!doctype html><title>Shop</title>{script}"
                    "<h1>Shop</h1><privacy-chat></privacy-chat>"
                )
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                policy = STRICT.replace("script-src 'self'", f"script-src {shop.widget}")
                self.send_header(
                    "Content-Security-Policy",
                    policy.replace("connect-src 'self'", f"connect-src {shop.widget}"),
                )
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture(scope="module")
def shop(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop that the server allows to embed the widget."""
    shop = Shop()
    with serving(tmp_path_factory.mktemp("shop"), PRIVACY_BOT_ORIGINS=f'["{shop.url}"]') as running:
        shop.widget = running.url
        yield shop
    shop.server.shutdown()
    shop.server.server_close()


class Watch:
    """The hosts that a page sends requests to, and the complaints of the browser."""

    def __init__(self, page: Page) -> None:
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


def use(page: Page) -> None:
    """Use each function of the widget once."""
    chat = Chat(page).open()
    chat.say("do you use cookies?").locator("summary").first.click()
    chat.say("opt me out")
    chat.choose("Ads that follow me")
    chat.choose("Yes, record it")
    with page.expect_download():
        chat.menu("Download transcript")
    chat.menu("Delete this conversation")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.log).to_contain_text("was deleted")


def test_it_works_on_an_allowed_site_under_a_strict_policy(browser: Browser, shop: Shop) -> None:
    """On an allowed site the widget violates no policy and sets no cookie.

    It sends requests only to the shop and to its own server.
    """
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page)
    page.goto(shop.url)
    use(page)
    assert watch.complaints == []
    assert watch.hosts == {urlsplit(shop.url).netloc, urlsplit(shop.widget).netloc}
    assert context.cookies() == []
    context.close()


def test_it_works_on_the_servers_own_page_under_the_strictest_policy(
    browser: Browser, server: Server
) -> None:
    """The widget works on the demo storefront too.

    The policy of that page allows only its own files.
    """
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    watch = Watch(page)
    page.goto("/")
    use(page)
    assert watch.complaints == []
    assert watch.hosts == {urlsplit(server.url).netloc}
    assert context.cookies() == []
    context.close()


def test_another_site_cannot_use_it(browser: Browser, server: Server) -> None:
    """A page of an origin that is not listed cannot even load the widget."""
    stranger = Shop()
    stranger.widget = server.url
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page)
    page.goto(stranger.url)
    page.wait_for_timeout(500)
    assert page.evaluate("customElements.get('privacy-chat') === undefined")
    assert any("CORS" in complaint for complaint in watch.complaints)
    told = page.evaluate(
        f"fetch('{server.url}{BASE}/session', {{method: 'POST'}})"
        ".then(a => a.status, () => 'refused')"
    )
    assert told == "refused"
    context.close()
    stranger.server.shutdown()
    stranger.server.server_close()
