"""Tests of the widget in a real browser: the actions of a shopper and the widget's reactions."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.conftest import BASE, Server
from tests.web.widget.conftest import Chat, settle


def test_it_sends_nothing_before_it_is_opened(page: Page, chat: Chat) -> None:
    """The widget sends no request before the shopper opens it."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(chat.launcher).to_be_visible()
    assert not [url for url in asked if BASE in url]
    chat.open()
    expect(chat.of("bot").first).to_contain_text("privacy")


def test_an_answer_has_its_source(context: BrowserContext, chat: Chat) -> None:
    """A source opens, quotes the policy, and links each quote to its clause, which is marked."""
    answer = chat.open().say("do you use cookies?")
    source = answer.get_by_text("Source: Cookies")
    source.click()
    quote = answer.locator("blockquote").first
    expect(quote).to_be_visible()
    with context.expect_page() as opened:
        quote.get_by_role("link").click()
    policy = opened.value
    policy.wait_for_load_state()
    clause = policy.locator(":target")
    assert (
        quote.inner_text().removesuffix("(opens in a new tab)").split()
        == clause.inner_text().split()
    )
    assert clause.evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_a_choice_is_used_once_and_stays_readable(chat: Chat) -> None:
    """The picked choice is marked, the others are disabled, and another click does nothing."""
    chat.open().choose("Cookies")
    group = chat.log.get_by_role("group", name="Choices").first
    expect(group.get_by_role("button", name="Cookies (chosen)")).to_have_attribute(
        "aria-disabled", "true"
    )
    expect(group.get_by_role("button", name="What you collect")).to_have_attribute(
        "aria-disabled", "true"
    )
    before = chat.said.count()
    group.get_by_role("button", name="What you collect").click(force=True)
    chat.say("hours?")
    assert chat.said.count() == before + 2


def test_several_messages_at_once_are_answered_in_order(chat: Chat) -> None:
    """Several messages that are sent without waiting are all answered, in order."""
    chat.open()
    for text in ("do you use cookies?", "when is support open?", "do you sell my data?"):
        chat.input.fill(text)
        chat.input.press("Enter")
    chat.of("bot").nth(3).wait_for()
    expect(chat.said.nth(1)).to_contain_text("cookies?")
    expect(chat.said.nth(2)).to_contain_text("We may use them")
    expect(chat.said.nth(3)).to_contain_text("open?")
    assert [
        text in chat.of("bot").nth(number).inner_text()
        for number, text in ((1, "use them"), (2, "AM"), (3, "sell"))
    ] == [True] * 3


def test_the_conversation_is_still_there_after_a_reload(page: Page, chat: Chat) -> None:
    """A reload keeps the messages, the used choices and the open panel."""
    chat.open().choose("Cookies")
    before = chat.log.inner_text()
    page.reload()
    expect(chat.panel).to_be_visible()
    expect(chat.said).to_have_count(3)
    assert chat.log.inner_text() == before
    expect(chat.log.get_by_role("button", name="Cookies (chosen)")).to_be_visible()


def test_a_second_tab_shows_the_same_conversation(
    context: BrowserContext, page: Page, chat: Chat
) -> None:
    """A message in one tab is shown in the other tab, once."""
    chat.open().say("do you use cookies?")
    other = Chat(context.new_page())
    other.page.goto("/privacy")
    other.open()
    expect(other.said).to_have_count(3)
    other.say("when is support open?")
    expect(chat.said).to_have_count(5)
    expect(other.said).to_have_count(5)
    assert chat.log.inner_text() == other.log.inner_text()


def test_deleting_it_deletes_it_in_every_tab(
    context: BrowserContext, page: Page, chat: Chat, server: Server
) -> None:
    """A confirmed deletion removes the conversation on the server and in every tab.

    The next message starts a new conversation.
    """
    chat.open().say("do you use cookies?")
    token = page.evaluate("Object.values(localStorage).map(value => JSON.parse(value).token)[0]")
    other = Chat(context.new_page())
    other.page.goto("/")
    other.open()
    chat.menu("Delete this conversation")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.log).to_contain_text("was deleted")
    expect(chat.said).to_have_count(1)
    expect(other.log).to_contain_text("was deleted")
    answer = context.request.get(f"{BASE}/transcript", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 410
    assert page.evaluate("localStorage.length") == 0
    expect(chat.say("do you use cookies?")).to_be_visible()
    expect(chat.of("bot").last).to_contain_text("cookie")


def test_after_a_deletion_a_new_conversation_is_answered(page: Page, chat: Chat) -> None:
    """After a deletion the next message starts a new conversation and is answered.

    So does the button, also when the widget has stopped waiting for messages.
    """
    chat.open().say("do you use cookies?")
    for again in ("typed", "button"):
        chat.menu("Delete this conversation")
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(chat.log).to_contain_text("was deleted")
        expect(chat.log.get_by_role("button", name="Start a new one")).to_be_focused()
        if again == "button":
            chat.log.get_by_role("button", name="Start a new one").click()
            expect(chat.of("bot")).to_have_count(1)
        chat.input.fill("when is support open?")
        chat.input.press("Enter")
        expect(chat.of("bot").last).to_contain_text("AM")
        expect(chat.panel.get_by_text("Typing")).to_be_hidden()


def test_a_message_that_is_being_sent_is_dropped_by_a_deletion(page: Page, chat: Chat) -> None:
    """A deletion also drops a message that is being sent.

    It does not start another conversation.
    """
    chat.open()
    held: list[Route] = []
    page.route(
        f"**{BASE}/messages",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    chat.input.fill("my secret")
    chat.input.press("Enter")
    expect(chat.of("visitor")).to_have_count(1)
    chat.menu("Delete this conversation")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.log).to_contain_text("was deleted")
    begun: list[str] = []
    page.on(
        "request",
        lambda request: begun.append(request.url) if request.url.endswith("/session") else None,
    )
    with page.expect_event("requestfinished"):
        held[0].continue_()
    page.evaluate("new Promise(requestAnimationFrame)")  # until the widget has read the answer
    assert begun == []
    assert "secret" not in chat.log.inner_text()
    expect(chat.log).to_contain_text("was deleted")


def test_a_new_conversation_of_another_tab_is_shown(
    context: BrowserContext, page: Page, chat: Chat
) -> None:
    """A conversation that is deleted and started anew in one tab is the same in both."""
    chat.open()
    other = Chat(context.new_page())
    other.page.goto("/")
    other.open()
    other.menu("Delete this conversation")
    other.page.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.log).to_contain_text("was deleted")
    other.input.fill("do you use cookies?")
    other.input.press("Enter")
    expect(chat.of("bot").last).to_contain_text("cookie")
    chat.say("when is support open?")
    expect(other.of("bot").last).to_contain_text("AM")


def test_a_typed_answer_disables_the_choices(chat: Chat) -> None:
    """A typed answer disables the open choices too.

    So no choice can be picked under another question.
    """
    chat.open().say("unsubscribe jo@example.com")
    chat.say("no, it is al@example.com")
    expect(chat.log.get_by_role("button", name="Yes, record it")).to_have_count(2)
    expect(chat.log.get_by_role("button", name="Yes, record it").first).to_have_attribute(
        "aria-disabled", "true"
    )
    expect(chat.log.get_by_role("button", name="Yes, record it").last).not_to_have_attribute(
        "aria-disabled", "true"
    )


def test_the_length_limit_is_announced(chat: Chat) -> None:
    """An alert is shown when a message reaches the length limit."""
    chat.open()
    chat.input.fill("x" * 1000)
    expect(chat.alert).to_contain_text("1000 characters")
    chat.input.fill("short")
    expect(chat.alert).to_be_empty()


def test_the_style_of_the_page_stays_outside(page: Page, chat: Chat) -> None:
    """The style sheets of the page do not change the look of the widget."""
    chat.open()
    settle(page)
    before = chat.log.bounding_box()
    style = (
        "* {color: red !important; font-size: 30px !important; "
        "letter-spacing: 9px; text-transform: uppercase}"
    )
    page.evaluate(
        "css => {const s = new CSSStyleSheet(); s.replaceSync(css); "
        "document.adoptedStyleSheets = [s]}",
        style,
    )
    expect(chat.of("bot").first.locator("p")).to_have_css("font-size", "16px")
    expect(chat.of("bot").first.locator("p")).to_have_css("letter-spacing", "normal")
    expect(chat.of("bot").first.locator("p")).to_have_css("text-transform", "none")
    assert chat.log.bounding_box() == before


def test_a_deletion_can_be_cancelled(page: Page, chat: Chat) -> None:
    """The conversation goes on after a cancelled deletion."""
    chat.open()
    chat.menu("Delete this conversation")
    page.get_by_role("button", name="Keep it").click()
    chat.say("do you use cookies?")
    expect(chat.said).to_have_count(3)


def test_the_transcript_can_be_downloaded(page: Page, chat: Chat) -> None:
    """The transcript is downloaded as a text file with all messages and sources."""
    chat.open().say("do you use cookies?")
    with page.expect_download() as download:
        chat.menu("Download transcript")
    text = Path(download.value.path()).read_text()
    assert "You: do you use cookies?" in text
    assert "Source: Cookies" in text
    assert download.value.suggested_filename == "privacy-chat.txt"


def test_a_person_can_be_asked_for(chat: Chat) -> None:
    """The menu item sends the request for a person as a message of the shopper."""
    chat.open()
    chat.menu("Talk to a person")
    expect(chat.of("visitor").last).to_contain_text("talk to a person")
    expect(chat.of("bot").nth(1)).to_be_visible()


def test_markup_is_text(page: Page, chat: Chat) -> None:
    """Typed markup is shown as text, and has no effect."""
    chat.open().say('<img src=x onerror="document.title=1"><b>bold</b>')
    expect(chat.of("visitor").last).to_contain_text("<b>bold</b>")
    assert chat.log.locator("img, b").count() == 0
    assert "Bellacor" in page.title()


def test_a_message_that_was_not_sent_can_be_sent_again(page: Page, chat: Chat) -> None:
    """An unsent message is marked, an alert gives the reason, and a retry sends it once."""
    chat.open()
    page.route(
        f"**{BASE}/messages",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    chat.input.fill("do you use cookies?")
    chat.input.press("Enter")
    expect(chat.log.get_by_text("No answer yet.")).to_be_visible()
    expect(chat.alert).to_contain_text("connection is lost")
    page.unroute(f"**{BASE}/messages")
    chat.log.get_by_role("button", name="Try again").click()
    expect(chat.input).to_be_focused()  # the button is gone, and the focus is not lost with it
    expect(chat.of("bot").nth(1)).to_contain_text("cookie")
    expect(chat.log.get_by_text("No answer yet.")).to_have_count(0)
    expect(chat.alert).to_be_empty()
    expect(chat.of("visitor")).to_have_count(1)


def test_an_answer_that_was_lost_is_not_asked_for_twice(page: Page, chat: Chat) -> None:
    """A lost answer is shown after all, and its message is not answered twice.

    The server received the message, but its answer did not arrive.
    """
    chat.open()
    lost: list[Route] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route)
            route.fetch()  # it reaches the server, but no answer comes back
            route.abort()
        else:
            route.continue_()

    page.route(f"**{BASE}/messages*", lose)
    chat.input.fill("do you use cookies?")
    chat.input.press("Enter")
    # the call for new messages brings the answer; then the widget sends the message again by itself
    expect(chat.of("bot")).to_have_count(2)
    expect(chat.log.get_by_text("No answer yet.")).to_have_count(0)
    expect(chat.of("visitor")).to_have_count(1)
    expect(chat.of("bot")).to_have_count(2)


def test_a_reached_limit_is_shown_with_the_time_to_wait(page: Page, chat: Chat) -> None:
    """An answer 429 is shown with the seconds to wait, and the message can be sent again."""
    chat.open()
    refusal = {
        "status": 429,
        "headers": {"Retry-After": "7"},
        "json": {"error": {"code": "too_many", "message": "x"}},
    }
    page.route(
        f"**{BASE}/messages",
        lambda route: (
            route.fulfill(**refusal) if route.request.method == "POST" else route.continue_()
        ),
    )
    chat.input.fill("hello")
    chat.input.press("Enter")
    expect(chat.alert).to_contain_text("wait 7 seconds")
    expect(chat.log.get_by_role("button", name="Try again")).to_be_visible()


def test_a_conversation_that_ended_meanwhile_is_begun_anew(
    context: BrowserContext, page: Page, chat: Chat
) -> None:
    """A message in an ended conversation is answered in a new one.

    The widget says so.
    """
    chat.open().say("do you use cookies?")
    token = page.evaluate("Object.values(localStorage).map(value => JSON.parse(value).token)[0]")
    # no call for new messages succeeds, so only the next message can find out
    page.route(f"**{BASE}/messages?*", lambda route: route.abort())
    context.request.delete(f"{BASE}/session", headers={"Authorization": f"Bearer {token}"})
    page.unroute(f"**{BASE}/messages?*")
    page.reload()
    expect(chat.log).to_contain_text("has ended. This is a new one.")
    chat.say("when is support open?")
    expect(chat.of("bot").last).to_contain_text("AM")


@pytest.fixture
def handed_over(browser: Browser, prompt: Server) -> Iterator[tuple[Chat, sqlite3.Connection]]:
    """A chat, with the database in which a test hands its conversation over to an agent."""
    context = browser.new_context(base_url=prompt.url)
    page = context.new_page()
    page.goto("/")
    database = sqlite3.connect(prompt.data_dir / "privacy-bot.db", timeout=10, isolation_level=None)
    database.execute("DELETE FROM conversations")
    yield Chat(page).open(), database
    database.close()
    context.close()


def test_the_state_of_a_handoff_is_shown(handed_over: tuple[Chat, sqlite3.Connection]) -> None:
    """The widget shows the state (waiting, with an agent, bot) and the agent's messages."""
    chat, database = handed_over
    database.execute("UPDATE conversations SET state = 'waiting_for_agent'")
    expect(chat.panel.get_by_role("status")).to_contain_text("Waiting for a person")
    database.execute("UPDATE conversations SET state = 'with_agent'")
    database.execute(
        "INSERT INTO messages (conversation, id, sender, text, at) "
        "SELECT id, 90, 'agent', 'Hello, this is Sam.', '2026-11-25 18:00:00' FROM conversations"
    )
    expect(chat.of("agent")).to_contain_text("Hello, this is Sam.")
    expect(chat.panel.get_by_role("status")).to_contain_text("talking to a person")
    database.execute("UPDATE conversations SET state = 'bot'")
    expect(chat.panel.get_by_role("status")).to_have_count(0)


def test_an_agents_message_is_announced_while_the_panel_is_closed(
    handed_over: tuple[Chat, sqlite3.Connection],
) -> None:
    """The launcher of a closed panel announces a new message of the agent."""
    chat, database = handed_over
    database.execute("UPDATE conversations SET state = 'with_agent'")
    expect(chat.panel.get_by_role("status")).to_contain_text("talking to a person")
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    database.execute(
        "INSERT INTO messages (conversation, id, sender, text, at) "
        "SELECT id, 91, 'agent', 'Are you there?', '2026-11-25 18:00:00' FROM conversations"
    )
    expect(chat.launcher).to_contain_text("new: 1")
    chat.launcher.click()
    expect(chat.of("agent")).to_contain_text("Are you there?")


def test_a_closed_conversation_offers_another_one(
    handed_over: tuple[Chat, sqlite3.Connection],
) -> None:
    """A closed conversation takes no message; a button starts a new one."""
    chat, database = handed_over
    database.execute("UPDATE conversations SET state = 'closed'")
    expect(chat.log).to_contain_text("This conversation has ended.")
    expect(chat.input).to_be_hidden()
    chat.log.get_by_role("button", name="Start a new one").click()
    expect(chat.of("bot")).to_have_count(1)
    expect(chat.input).to_be_focused()


def test_every_text_can_be_replaced(page: Page, chat: Chat) -> None:
    """Each text of the widget has an attribute, so that it can be in the shop's language."""
    page.evaluate(
        """() => {
            document.querySelector('privacy-chat').remove();
            const chat = document.createElement('privacy-chat');
            chat.setAttribute('text-launcher', 'Fragen?');
            chat.setAttribute('text-title', 'Datenschutz');
            chat.setAttribute('text-remove-ask', 'Wirklich?');
            document.body.append(chat);
        }"""
    )
    page.get_by_role("button", name="Fragen?").click()
    expect(page.get_by_role("region", name="Datenschutz")).to_be_visible()
    chat.menu("Delete this conversation")
    expect(page.get_by_text("Wirklich?")).to_be_visible()


def test_its_look_can_be_set_by_the_page(page: Page, chat: Chat) -> None:
    """Custom properties of the page change the look of the widget."""
    page.evaluate(
        "document.querySelector('privacy-chat')"
        ".style.setProperty('--privacy-chat-accent', 'rgb(90, 20, 120)')"
    )
    expect(chat.launcher).to_have_css("background-color", "rgb(90, 20, 120)")


def test_it_works_without_storage(context: BrowserContext) -> None:
    """The conversation lasts as long as the page if storage is blocked."""
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
    )
    page = context.new_page()
    page.goto("/")
    chat = Chat(page).open()
    chat.say("do you use cookies?")
    expect(chat.of("bot").last).to_contain_text("cookie")
