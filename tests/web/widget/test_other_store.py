"""Tests of the widget and the pages of the second store, in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server, serving
from tests.web.widget.conftest import Chat
from tests.web.widget.test_accessibility import check


@pytest.fixture(scope="module")
def other(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server of the second store."""
    with serving(tmp_path_factory.mktemp("other"), PRIVACY_BOT_STORE="wrenfield") as running:
        yield running


@pytest.fixture
def page(browser: Browser, other: Server) -> Iterator[Page]:
    """A page of the second store's storefront."""
    context = browser.new_context(base_url=other.url)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def test_the_widget_answers_for_the_second_store(page: Page) -> None:
    """A shopper asks, and reads the answer with its source in the store's own policy."""
    chat = Chat(page).open()
    answer = chat.say("do you sell my data?")
    expect(answer).to_contain_text("No, we do not sell it")
    answer.locator("summary").first.click()
    expect(answer.locator("blockquote").first).to_have_text(
        "We do not sell personal data for money. (opens in a new tab)"
    )
    check(page)


@pytest.mark.parametrize("path", ["/", "/privacy", "/opt-out"])
def test_axe_finds_nothing_on_the_pages(page: Page, path: str) -> None:
    """axe-core finds nothing on the pages of the second store; its policy has tables."""
    page.goto(path)
    expect(page).to_have_title("Shop – Wrenfield" if path == "/" else page.title())
    check(page)


def test_a_table_of_the_policy_is_a_table(page: Page) -> None:
    """The cookies of the policy are rows of a table with a heading for each column."""
    page.goto("/privacy")
    expect(page.get_by_role("columnheader", name="Cookie", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="14 days")).to_be_visible()
