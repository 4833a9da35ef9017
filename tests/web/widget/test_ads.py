"""Tests of what an opt-out of ads does in a real browser, on the demo storefront with its pixel."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.application.services import Services
from bot.conversations.model import Recorded, Reply
from bot.conversations.tables import conversations
from bot.settings import Settings
from tests.conftest import Server
from tests.web.widget.conftest import Chat

ADS = ("targeted_advertising", "sharing")
OUT = {"targeted_advertising": "out", "sharing": "out"}
IN = {"targeted_advertising": "in", "sharing": "in"}
LISTEN = "window.heard = []; addEventListener('privacy-chat:choice', e => heard.push(e.detail))"
GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {value: true})"
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
)


class Visit:
    """A shopper on the storefront, with what the page hears, stores and loads."""

    numbers = count(1)

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.services = Services.open(Settings(data_dir=server.data_dir))
        context.add_init_script(LISTEN)
        self.page = context.new_page()
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto("/")
        self.chat = Chat(self.page)
        self.pixel = self.page.locator("img[src^='/pixel.gif']")

    def opened(self) -> "Visit":
        """Open the chat."""
        self.chat.open()
        return self

    def record(self, action: str, kinds: tuple[str, ...] = ADS, reference: str = "") -> Recorded:
        """Let the bot tell this shopper of a record, and wait for its message."""
        number = next(self.numbers)
        recorded = Recorded(reference or f"K7M-{number:04}", action, kinds, "browser")
        newest = conversations.select().order_by(conversations.c.started_at.desc())
        with self.services.engine.connect() as db:
            conversation = db.execute(newest).first()
        assert conversation
        reply = Reply(f"It is recorded ({number}).", "opt_out", "done", recorded=recorded)
        self.services.store.tell_once(conversation.id, str(number), reply)
        expect(self.chat.log).to_contain_text(reply.text)
        return recorded

    def loads(self) -> int:
        """Return how often the pixel was loaded."""
        return sum("/pixel.gif" in url for url in self.requests)

    def noted(self) -> dict[str, str] | None:
        """Return the noted choices of ads, without their time."""
        noted = json.loads(self.page.evaluate("localStorage.getItem('privacy-choices')") or "null")
        if noted is not None:
            assert noted.pop("at").endswith("Z")
        return noted

    def heard(self) -> list[dict[str, Any]]:
        """Return the details of the events since the page was loaded."""
        return self.page.evaluate("heard")


@pytest.fixture
def fresh(browser: Browser, prompt: Server) -> Iterator[BrowserContext]:
    """A browser context of a new shopper at the server that answers promptly."""
    context = browser.new_context(base_url=prompt.url)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def visit(fresh: BrowserContext, prompt: Server) -> Visit:
    """A new shopper on the storefront."""
    return Visit(fresh, prompt)


def opt_out_by_form(page: Page, kind: str = "Ads that follow me") -> None:
    """Send the form of the page /opt-out."""
    page.goto("/opt-out")
    page.get_by_label(kind).check()
    page.get_by_label("Your e-mail address").fill("ads@example.com")
    page.get_by_role("button", name="Opt me out").click()
    expect(page.get_by_role("heading", name="Your request is recorded")).to_be_visible()


def test_ads_run_before_an_opt_out(visit: Visit) -> None:
    """Without an opt-out the pixel loads once at each view, and the page says what it is."""
    expect(visit.pixel).to_have_count(1)
    assert visit.loads() == 1
    visit.page.reload()
    expect(visit.pixel).to_have_count(1)
    assert visit.loads() == 2
    expect(visit.page.get_by_text("a demo of the store's ad tag")).to_be_visible()
    assert (visit.noted(), visit.heard()) == (None, [])


def test_ads_stop_with_the_message_that_records_it(visit: Visit) -> None:
    """An opt-out in the chat stops the pixel at once; it is noted, and the page is told once."""
    recorded = visit.opened().record("opt_out")
    expect(visit.pixel).to_have_count(0)
    assert visit.heard() == [recorded.as_json()]
    assert visit.noted() == OUT


def test_ads_stay_off_at_later_views(visit: Visit) -> None:
    """After a reload nothing is loaded, and the page is not told again."""
    visit.opened().record("opt_out")
    loaded = visit.loads()
    visit.page.reload()
    expect(visit.chat.log).to_contain_text("It is recorded")
    assert visit.loads() == loaded
    assert (visit.noted(), visit.heard()) == (OUT, [])


def test_ads_start_again_after_an_undo(visit: Visit) -> None:
    """An undo in the chat starts the pixel at once, and at later views."""
    visit.opened().record("opt_out")
    expect(visit.pixel).to_have_count(0)
    undone = visit.record("opt_in")
    expect(visit.pixel).to_have_count(1)
    assert visit.loads() == 2
    assert visit.heard()[1:] == [undone.as_json()]
    visit.page.reload()
    expect(visit.chat.log).to_contain_text(undone.reference)
    assert (visit.loads(), visit.noted(), visit.heard()) == (3, IN, [])


def test_the_form_stops_ads(visit: Visit) -> None:
    """An opt-out by the form is noted, told to its page once, and stops the pixel of the store."""
    opt_out_by_form(visit.page)
    visit.page.wait_for_function("heard.length")
    (told,) = visit.heard()
    assert (told["action"], told["scope"]) == ("opt_out", "address")
    assert visit.noted() == {"targeted_advertising": "out"}
    expect(visit.page.get_by_text("on this site, in this browser, until")).to_be_visible()
    visit.page.reload()
    expect(visit.page.get_by_role("button", name="Copy reference")).to_be_visible()
    assert visit.heard() == []
    before = visit.loads()
    visit.page.goto("/")
    expect(visit.chat.launcher).to_be_visible()
    assert visit.loads() == before


def test_only_ads_are_noted(visit: Visit) -> None:
    """Another opt-out, of e-mail, stops no ads; its reference is shown all the same."""
    recorded = visit.opened().record("opt_out", ("marketing_email",))
    expect(visit.chat.log.get_by_role("link", name=recorded.reference)).to_be_visible()
    expect(visit.pixel).to_have_count(1)
    assert (visit.noted(), visit.heard()) == (None, [])


def test_a_later_choice_is_not_undone_by_an_older_message(visit: Visit) -> None:
    """A chat that is shown again does not bring back what a later form has changed."""
    visit.opened().record("opt_in")
    visit.page.wait_for_timeout(1100)  # times have no parts of a second
    opt_out_by_form(visit.page)
    visit.page.goto("/")
    expect(visit.chat.log).to_contain_text("It is recorded")
    expect(visit.pixel).to_have_count(0)
    noted = visit.noted()
    assert noted and noted["targeted_advertising"] == "out"


def test_what_was_noted_is_made_right_by_the_chat(visit: Visit) -> None:
    """If only the note is lost, the chat writes it again, without telling the page again."""
    visit.opened().record("opt_out")
    visit.page.evaluate("localStorage.removeItem('privacy-choices')")
    visit.page.reload()
    expect(visit.chat.log).to_contain_text("It is recorded")
    assert (visit.noted(), visit.heard()) == (OUT, [])


def test_an_opt_out_holds_until_the_data_of_the_browser_is_cleared(visit: Visit) -> None:
    """With cleared data the browser is a new one, in which ads run."""
    visit.opened().record("opt_out")
    visit.page.evaluate("localStorage.clear()")
    visit.page.reload()
    expect(visit.pixel).to_have_count(1)


def test_a_record_that_came_meanwhile_is_news(visit: Visit) -> None:
    """A record that the shopper's page did not see is told when the chat is opened again."""
    visit.opened()
    visit.page.goto("/health")
    newest = conversations.select().order_by(conversations.c.started_at.desc())
    with visit.services.engine.connect() as db:
        conversation = db.execute(newest).first()
    assert conversation
    recorded = Recorded("K7M-2222", "opt_out", ADS, "browser")
    visit.services.store.tell_once(conversation.id, "x", Reply("Done.", recorded=recorded))
    visit.page.goto("/")
    expect(visit.chat.log).to_contain_text("Done.")
    assert visit.heard() == [recorded.as_json()]


def test_the_same_record_is_told_once(visit: Visit) -> None:
    """A second message about a record that the page knows is no news."""
    visit.opened().record("opt_out", reference="K7M-3333")
    visit.record("opt_out", reference="K7M-3333")
    assert len(visit.heard()) == 1


def test_ads_stop_in_every_tab(visit: Visit, fresh: BrowserContext) -> None:
    """The pixel of another tab, in which the chat is closed, stops too."""
    other = fresh.new_page()
    other.goto("/")
    pixel = other.locator("img[src^='/pixel.gif']")
    expect(pixel).to_have_count(1)
    visit.opened().record("opt_out")
    expect(pixel).to_have_count(0)


def test_the_page_is_told_also_without_storage(fresh: BrowserContext, prompt: Server) -> None:
    """If nothing can be stored, the event is fired all the same, and the pixel never loads."""
    fresh.add_init_script(NO_STORAGE)
    visit = Visit(fresh, prompt).opened()
    recorded = visit.record("opt_out")
    assert visit.heard() == [recorded.as_json()]
    assert visit.loads() == 0


def test_no_ads_load_with_the_signal_in_the_header(browser: Browser, prompt: Server) -> None:
    """With Sec-GPC: 1 the pixel never loads, not even after an undo."""
    headers = {"Sec-GPC": "1"}
    context = browser.new_context(base_url=prompt.url, extra_http_headers=headers)
    visit = Visit(context, prompt).opened()
    expect(visit.chat.log).to_contain_text("Opt-out request honored")
    visit.record("opt_in")
    visit.page.reload()
    expect(visit.chat.log).to_contain_text("It is recorded")
    assert visit.loads() == 0
    context.close()


def test_no_ads_load_with_the_signal_of_the_browser(fresh: BrowserContext, prompt: Server) -> None:
    """With navigator.globalPrivacyControl the pixel never loads, and the chat records the signal.

    The record is shown, noted and told like any other.
    """
    fresh.add_init_script(GPC)
    visit = Visit(fresh, prompt).opened()
    expect(visit.chat.log).to_contain_text("Opt-out request honored")
    assert visit.noted() == OUT
    assert [told["scope"] for told in visit.heard()] == ["browser"]
    visit.record("opt_in")
    visit.page.reload()
    expect(visit.chat.log).to_contain_text("It is recorded")
    assert visit.loads() == 0


def test_a_signal_that_comes_later_is_honoured(visit: Visit, fresh: BrowserContext) -> None:
    """A conversation that goes on records the signal when the browser begins to send it."""
    visit.opened()
    fresh.add_init_script(GPC)
    visit.page.reload()
    expect(visit.chat.log).to_contain_text("Opt-out request honored")
    assert len(visit.heard()) == 1
    visit.page.reload()
    expect(visit.chat.log.get_by_text("Opt-out request honored")).to_have_count(1)
    assert visit.heard() == []


def test_ads_stop_and_start_again_by_words(visit: Visit) -> None:
    """The whole way: an opt-out by chat stops the pixel, and "undo" starts it, both told once."""
    visit.opened().chat.say("opt me out of the ads")
    visit.chat.choose("Yes, record it")
    expect(visit.pixel).to_have_count(0)
    visit.chat.say("undo")
    expect(visit.pixel).to_have_count(1)
    assert [heard["action"] for heard in visit.heard()] == ["opt_out", "opt_in"]
