"""Tests of the widget when the network goes and returns, in a real browser with a real cut.

The clock of the page is stopped, so a test says how much time passes before something happens.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import BASE, Server
from tests.web.widget.conftest import Chat
from tests.web.widget.wire import Wire, wired

SOON = 3_000  # milliseconds from the network's return to the answer's way
SEEN = "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))"


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """The wire between the browser and the server."""
    with wired(server.url) as wire:
        yield wire


@pytest.fixture
def shopper(browser: Browser, wire: Wire) -> Iterator[BrowserContext]:
    """A browser context of a new shopper at the end of the wire."""
    context = browser.new_context(base_url=wire.url)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def chat(shopper: BrowserContext) -> Chat:
    """An open chat that waits for news, on a page whose clock is stopped."""
    page = shopper.new_page()
    page.clock.install()
    page.goto("/")
    with page.expect_request("**/messages?*"):
        chat = Chat(page).open()
        stop_clock(page)
    return chat


def stop_clock(page: Page) -> None:
    """Let time pass in the page only when a test says so."""
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))


def type_unsent(chat: Chat, text: str) -> None:
    """Type a message that does not reach the server."""
    before = chat.log.get_by_text("No answer yet.").count()
    chat.input.fill(text)
    chat.input.press("Enter")
    expect(chat.log.get_by_text("No answer yet.")).to_have_count(before + 1)


def test_what_was_not_sent_goes_out_within_3_seconds(chat: Chat, wire: Wire) -> None:
    """Messages that a killed server did not get go out, in order, within 3 s of its return."""
    wire.cut()
    type_unsent(chat, "do you use cookies?")
    type_unsent(chat, "when is support open?")
    for _ in range(20):  # long enough that a pause which grows would be long
        chat.page.clock.run_for(SOON)
    expect(chat.alert).to_contain_text("Trying again")
    wire.mend()
    chat.page.clock.run_for(SOON)
    expect(chat.of("bot")).to_have_count(3)
    expect(chat.of("bot").nth(1)).to_contain_text("cookie")
    expect(chat.of("bot").nth(2)).to_contain_text("AM")
    expect(chat.log.get_by_text("No answer yet.")).to_have_count(0)
    expect(chat.alert).to_be_empty()
    expect(chat.of("visitor")).to_have_count(2)


def test_a_message_under_way_survives_a_killed_server(chat: Chat, wire: Wire) -> None:
    """A message whose call was cut off is answered once, within 3 s of the server's return."""
    page = chat.page
    page.route(f"**{BASE}/messages", lambda route: (wire.cut(), route.continue_()))
    type_unsent(chat, "do you use cookies?")
    page.unroute(f"**{BASE}/messages")
    wire.mend()
    page.clock.run_for(SOON)
    expect(chat.of("bot")).to_have_count(2)
    expect(chat.of("visitor")).to_have_count(1)


def test_a_browser_that_is_online_again_sends_at_once(shopper: BrowserContext, chat: Chat) -> None:
    """The browser's event ``online`` is enough: no time passes before the unsent goes out."""
    shopper.set_offline(True)
    type_unsent(chat, "do you use cookies?")
    shopper.set_offline(False)
    expect(chat.of("bot").nth(1)).to_contain_text("cookie")
    expect(chat.log.get_by_text("No answer yet.")).to_have_count(0)


def test_a_call_that_hangs_is_given_up_when_the_network_returns(chat: Chat, wire: Wire) -> None:
    """A message that hangs on a dead connection is sent again when the browser is online again."""
    wire.freeze()
    chat.input.fill("do you use cookies?")
    with chat.page.expect_request(f"**{BASE}/messages"):
        chat.input.press("Enter")
    wire.thaw()
    chat.page.evaluate("dispatchEvent(new Event('online'))")
    chat.page.clock.run_for(SOON)
    expect(chat.of("bot").nth(1)).to_contain_text("cookie")
    expect(chat.of("visitor")).to_have_count(1)


def test_a_tab_that_slept_asks_for_news_when_it_is_seen(chat: Chat, wire: Wire) -> None:
    """A tab whose call for news hangs since it slept asks anew as soon as it is seen."""
    wire.freeze()
    wire.thaw()
    said = chat.page.context.request.post(
        f"{BASE}/messages",
        headers={"Authorization": f"Bearer {token_of(chat.page)}"},
        data={"text": "do you use cookies?"},
    )
    assert said.ok
    chat.page.evaluate(SEEN)
    expect(chat.of("bot").nth(1)).to_contain_text("cookie")


def test_a_message_that_never_arrives_is_tried_with_pauses(chat: Chat) -> None:
    """A message that something on the way refuses is tried again at most once a second."""
    sent: list[str] = []
    chat.page.route(
        f"**{BASE}/messages",
        lambda route: (
            (sent.append(route.request.url), route.abort())
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    type_unsent(chat, "do you use cookies?")
    for _ in range(10):
        chat.page.clock.run_for(1_000)
    assert len(sent) <= 11


def token_of(page: Page) -> str:
    """Return the token of the conversation in the browser."""
    return page.evaluate("Object.values(localStorage).map(value => JSON.parse(value).token)[0]")
