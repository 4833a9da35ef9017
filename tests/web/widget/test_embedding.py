"""Tests of the widget on another site's page, under a strict policy, in a real browser."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.conftest import BASE, Server
from tests.web.widget.conftest import Chat, Watch
from tests.web.widget.shop import Shop, shopping


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


def test_it_works_on_an_allowed_site_under_a_strict_policy(
    browser: Browser, prompt: Server, shop: Shop
) -> None:
    """On an allowed site the widget violates no policy and sets no cookie.

    It sends requests only to the shop and to its own server.
    """
    context = browser.new_context()
    watch = Watch(context)
    page = context.new_page()
    page.goto(shop.url)
    use(page)
    assert watch.complaints == []
    assert watch.hosts == {urlsplit(shop.url).netloc, urlsplit(prompt.url).netloc}
    assert context.cookies() == []
    context.close()


def test_it_works_on_the_servers_own_page_under_the_strictest_policy(
    browser: Browser, server: Server
) -> None:
    """The widget works on the demo storefront too.

    The policy of that page allows only its own files.
    """
    context = browser.new_context(base_url=server.url)
    watch = Watch(context)
    page = context.new_page()
    page.goto("/")
    use(page)
    assert watch.complaints == []
    assert watch.hosts == {urlsplit(server.url).netloc}
    assert context.cookies() == []
    context.close()


def test_another_site_cannot_use_it(browser: Browser, server: Server) -> None:
    """A page of an origin that is not listed cannot even load the widget."""
    context = browser.new_context()
    page = context.new_page()
    with shopping() as stranger:
        stranger.widget = server.url
        with page.expect_console_message(lambda message: "CORS" in message.text):
            page.goto(stranger.url)
    assert page.evaluate("customElements.get('privacy-chat') === undefined")
    told = page.evaluate(
        f"fetch('{server.url}{BASE}/session', {{method: 'POST'}})"
        ".then(a => a.status, () => 'refused')"
    )
    assert told == "refused"
    context.close()
