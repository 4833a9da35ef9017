"""Tests of the widget as a guest on a shop's page, in a real browser with a shop's real libraries.

The pages are those of a shop; the packages come from npm (package.json in this folder).
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.conftest import BASE
from tests.web.widget.conftest import Chat, Watch

PACKAGES = Path(__file__).parent / "node_modules"
IMPORTS = """<script type="importmap">{"imports": {
    "lit": "/npm/lit/index.js",
    "lit/": "/npm/lit/",
    "lit-html": "/npm/lit-html/lit-html.js",
    "lit-html/": "/npm/lit-html/",
    "lit-element/": "/npm/lit-element/",
    "@lit/reactive-element": "/npm/@lit/reactive-element/reactive-element.js",
    "@lit/reactive-element/": "/npm/@lit/reactive-element/",
    "@github/hotkey": "/npm/@github/hotkey/dist/index.js"
}}</script>"""
WIDGET = '<script type="module" src="/widget.js"></script>'
LIT = f"""{IMPORTS}{WIDGET}<main></main><script type="module">
    import {{html, nothing, render}} from "lit"
    import {{cache}} from "lit/directives/cache.js"
    import {{repeat}} from "lit/directives/repeat.js"
    const main = document.querySelector("main")
    const chat = html`<privacy-chat text-title=${{"Privacy assistant"}}></privacy-chat>`
    const part = name => name === "chat" ? chat : html`<p>${{name}}</p>`
    const maybe = parts => parts.includes("chat") ? html`<div>${{chat}}</div>` : nothing
    window.views = {{
        conditional: parts => render(maybe(parts), main),
        cached: parts => render(cache(maybe(parts)), main),
        repeated: parts => render(html`${{repeat(parts, name => name, part)}}`, main),
    }}
</script>"""
TURBO = """<!doctype html><head><title>{title}</title>
    <script type="module" src="/npm/@hotwired/turbo/dist/turbo.es2017-esm.js"></script>
    <script type="module" src="/widget.js"></script></head>
    <body><h1>{title}</h1><a href="/shop/{other}">{other}</a>
    <privacy-chat {attributes}></privacy-chat></body>"""
HOTKEYS = f"""{IMPORTS}<input aria-label="Search" data-hotkey="/">
    <a href="#cart" data-hotkey="c">Cart</a>{WIDGET}<script type="module">
    import {{install}} from "@github/hotkey"
    window.heard = []
    for (const type of ["keydown", "keypress", "keyup"]) {{
        for (const target of [window, document, document.body]) {{
            for (const capture of [true, false]) {{
                target.addEventListener(type, e => heard.push(`${{e.type}} ${{e.key}}`), capture)
            }}
        }}
    }}
    for (const element of document.querySelectorAll("[data-hotkey]")) install(element)
    </script><privacy-chat></privacy-chat>"""
MEMBERS = """() => {
    const chat = document.querySelector('privacy-chat')
    return [...Reflect.ownKeys(Object.getPrototypeOf(chat)), ...Reflect.ownKeys(chat)].map(String)
}"""
INHERITED = """() => {
    const names = []
    for (let one = HTMLElement.prototype; one; one = Object.getPrototypeOf(one)) {
        names.push(...Reflect.ownKeys(one).map(String))
    }
    return names
}"""

Open = Callable[..., Page]


@pytest.fixture
def shop_page(context: BrowserContext) -> Iterator[Open]:
    """Open a page of a shop, with the other pages that it links to."""

    def send_package(route: Route) -> None:
        path = PACKAGES / route.request.url.partition("/npm/")[2]
        if not path.is_file():
            pytest.fail(f"{path} is missing: run scripts/test_packages.sh")
        route.fulfill(path=path, content_type="text/javascript")

    def open_page(html: str, **others: str) -> Page:
        pages = {"page": html, **others}

        def send_page(route: Route) -> None:
            name = route.request.url.partition("/shop/")[2].partition("?")[0]
            route.fulfill(body=pages[name], content_type="text/html")

        context.route("**/npm/**", send_package)
        context.route("**/shop/*", send_page)
        page = context.new_page()
        page.goto("/shop/page")
        return page

    yield open_page


@pytest.fixture
def watched(context: BrowserContext) -> Watch:
    """The complaints of the browser about any page of the shopper."""
    return Watch(context)


def test_no_member_hides_one_of_htmlelement(page: Page, chat: Chat) -> None:
    """None of the element's own methods and properties hides one that every element has."""
    chat.open()
    own = set(page.evaluate(MEMBERS)) - {"constructor"}
    inherited = set(page.evaluate(INHERITED))
    assert own & inherited == set()
    assert own == {
        "connectedCallback",
        "disconnectedCallback",
        "show",
        "hide",
        "copyButton",
        "noteChoice",
    }


def test_an_element_that_is_taken_out_keeps_the_conversation(page: Page, chat: Chat) -> None:
    """Taken out and put in again, the element shows the same conversation and goes on with it."""
    deleted: list[str] = []
    page.on("request", lambda one: deleted.append(one.url) if one.method == "DELETE" else None)
    chat.open().say("do you use cookies?")
    before = chat.log.inner_text()
    page.evaluate("window.taken = document.querySelector('privacy-chat'); taken.remove()")
    expect(page.locator("privacy-chat")).to_have_count(0)
    page.evaluate("document.body.append(taken)")
    expect(chat.panel).to_be_visible()
    assert chat.log.inner_text() == before
    chat.say("when is support open?")
    expect(chat.said).to_have_count(5)
    assert deleted == []


def test_another_element_goes_on_with_the_conversation(page: Page, chat: Chat) -> None:
    """A new element in the place of one that was removed shows its conversation, and is open."""
    chat.open().say("do you use cookies?")
    before = chat.log.inner_text()
    page.evaluate(
        "document.querySelector('privacy-chat').replaceWith(document.createElement('privacy-chat'))"
    )
    expect(chat.said).to_have_count(3)
    assert chat.log.inner_text() == before
    chat.say("when is support open?")
    expect(chat.said).to_have_count(5)


def test_another_element_goes_on_without_storage(context: BrowserContext) -> None:
    """A new element goes on with the conversation also where the browser lets nothing be stored."""
    for storage in ("localStorage", "sessionStorage"):
        context.add_init_script(
            f"Object.defineProperty(window, '{storage}', {{get() {{ throw new Error('no') }}}})"
        )
    page = context.new_page()
    page.goto("/")
    chat = Chat(page).open()
    chat.say("do you use cookies?")
    page.evaluate(
        "document.querySelector('privacy-chat').replaceWith(document.createElement('privacy-chat'))"
    )
    expect(chat.said).to_have_count(3)


def test_an_element_that_is_taken_out_asks_for_nothing(page: Page, chat: Chat) -> None:
    """The waiting call ends with the element, so it does not hold one of the few connections."""
    with page.expect_request("**/messages?*"):
        chat.open()
    with page.expect_event("requestfailed", lambda request: "/messages?" in request.url):
        page.evaluate("document.querySelector('privacy-chat').remove()")


@pytest.mark.parametrize("view", ["conditional", "cached", "repeated"])
def test_it_lives_in_a_page_of_lit(shop_page: Open, watched: Watch, view: str) -> None:
    """lit may take the element away, keep it, move it and make it anew."""
    page = shop_page(LIT)
    page.wait_for_function("window.views")

    def show(*parts: str) -> None:
        page.evaluate("([view, parts]) => views[view](parts)", [view, list(parts)])

    show("chat", "price")
    chat = Chat(page).open()
    chat.say("do you use cookies?")
    before = chat.log.inner_text()
    show("price")
    expect(page.locator("privacy-chat")).to_have_count(0)
    show("price", "chat")
    expect(chat.said).to_have_count(3)
    show("chat", "price")
    expect(chat.said).to_have_count(3)
    assert chat.log.inner_text() == before
    chat.say("when is support open?")
    expect(chat.said).to_have_count(5)
    assert watched.complaints == []


def test_it_lives_through_the_pages_of_turbo(shop_page: Open, watched: Watch) -> None:
    """Turbo may swap the body, and bring a copy of an earlier one: the conversation goes on."""
    lamps = TURBO.format(title="Lamps", other="fans", attributes="")
    fans = TURBO.format(title="Fans", other="page", attributes="")
    page = shop_page(lamps, fans=fans)
    page.evaluate("window.loaded = 'once'")
    chat = Chat(page).open()
    chat.say("do you use cookies?")
    page.get_by_role("link", name="fans").click()
    expect(page.get_by_role("heading", name="Fans")).to_be_visible()
    expect(chat.said).to_have_count(3)
    chat.say("when is support open?")
    page.go_back()
    expect(page.get_by_role("heading", name="Lamps")).to_be_visible()
    expect(chat.said).to_have_count(5)
    chat.say("do you sell my data?")
    expect(chat.said).to_have_count(7)
    assert page.evaluate("window.loaded") == "once"
    assert watched.complaints == []


def test_a_permanent_element_of_turbo_keeps_what_is_typed(shop_page: Open) -> None:
    """An element that Turbo moves to the next page keeps what is typed and not yet sent."""
    permanent = "id=chat data-turbo-permanent"
    lamps = TURBO.format(title="Lamps", other="fans", attributes=permanent)
    fans = TURBO.format(title="Fans", other="page", attributes=permanent)
    page = shop_page(lamps, fans=fans)
    chat = Chat(page).open()
    chat.input.fill("do you use")
    page.get_by_role("link", name="fans").click()
    expect(page.get_by_role("heading", name="Fans")).to_be_visible()
    expect(chat.input).to_have_value("do you use")
    chat.say("do you use cookies?")
    expect(chat.said).to_have_count(3)


def test_keys_that_are_typed_in_it_do_not_reach_the_page(shop_page: Open) -> None:
    """What is typed in the panel fires no hotkey of the page, and keeps its focus."""
    page = shop_page(HOTKEYS)
    chat = Chat(page).open()
    chat.input.click()
    chat.input.press_sequentially("c/o cookies?")
    expect(chat.input).to_have_value("c/o cookies?")
    expect(chat.input).to_be_focused()
    chat.input.press("Enter")
    chat.of("bot").nth(1).wait_for()
    page.get_by_role("button", name="More options").press("Enter")
    page.get_by_role("button", name="Talk to a person").press("c")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    assert page.evaluate("heard") == []
    assert page.url.endswith("/shop/page")


def test_keys_outside_of_the_panel_are_the_pages(shop_page: Open) -> None:
    """A key reaches the page wherever else the focus is, also on the launcher."""
    page = shop_page(HOTKEYS)
    chat = Chat(page)
    chat.launcher.press("Enter")
    chat.of("bot").first.wait_for()
    assert {"keydown Enter", "keyup Enter"} <= set(page.evaluate("heard"))
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    assert {"keydown /", "keyup /"} <= set(page.evaluate("heard"))


def test_it_is_not_printed(page: Page, chat: Chat) -> None:
    """The printed page is the same with the open chat as without the element."""
    page.goto("/privacy")
    with_launcher = paper(page)
    chat.open()
    with_chat = paper(page)
    page.evaluate("document.querySelector('privacy-chat').remove()")
    assert with_chat == with_launcher == paper(page)


def test_it_can_be_loaded_twice(shop_page: Open, watched: Watch) -> None:
    """The module under two addresses is one widget, without an error in the console."""
    again = '<script type="module" src="/widget.js?v=2"></script>'
    page = shop_page(f"{WIDGET}{again}<privacy-chat></privacy-chat>")
    chat = Chat(page).open()
    chat.input.press_sequentially("do you use cookies?\n")
    expect(chat.said).to_have_count(3)
    assert watched.complaints == []


def test_a_hidden_element_is_hidden(page: Page, chat: Chat) -> None:
    """The attribute ``hidden`` of the element hides launcher and panel."""
    chat.open()
    page.evaluate("document.querySelector('privacy-chat').hidden = true")
    expect(chat.panel).to_be_hidden()
    page.evaluate("document.querySelector('privacy-chat').hidden = false")
    expect(chat.panel).to_be_visible()


def test_nothing_is_logged_by_a_deletion(page: Page, chat: Chat, watched: Watch) -> None:
    """A deletion ends the waiting call before, so that no answer 410 is logged."""
    with page.expect_request(f"**{BASE}/messages?*"):
        chat.open()
    chat.menu("Delete this conversation")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.log).to_contain_text("was deleted")
    assert watched.complaints == []


def paper(page: Page) -> bytes:
    """Return the page as it is printed, without the time."""
    return re.sub(rb"/(CreationDate|ModDate) \(.*?\)", b"", page.pdf())
