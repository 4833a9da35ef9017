"""Tests of the office in a real browser: as an officer, with many requests."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server, serving
from tests.web.office_data import fill, officer
from tests.web.widget.test_accessibility import check, check_all_looks

COUNT = 70


@pytest.fixture(scope="module")
def office(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a full ledger."""
    folder = tmp_path_factory.mktemp("office")
    fill(folder, COUNT)
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def token(office: Server) -> str:
    """The token of an officer."""
    return officer(office.data_dir)


@pytest.fixture
def page(browser: Browser, office: Server, token: str) -> Iterator[Page]:
    """The page of the office, just after an officer has signed in."""
    context = browser.new_context(base_url=office.url)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/office")
    page.get_by_label("Your token").fill(token)
    page.get_by_label("Your token").press("Enter")
    expect(page.get_by_role("heading", name="Requests", exact=True)).to_be_focused()
    yield page
    assert problems == []
    context.close()


def test_every_view_is_accessible(page: Page) -> None:
    """Each view has no finding of axe-core, in light, dark and forced colours, and on a phone."""
    views = {"requests": "Requests", "reports": "Reports", "yearly": "Yearly figures"}
    for view, heading in views.items():
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"/office#{view}")
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_focused()
        for closed in page.locator("summary:visible").all():
            closed.click()
        check_all_looks(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/office#requests")
    page.locator("#rows a").first.click()
    expect(page.locator("#request-title")).to_be_focused()
    check_all_looks(page)


def test_an_officer_decides_by_keyboard(page: Page) -> None:
    """Two requests are selected and denied with a reason by keyboard alone; the page asks first."""
    first, second = page.locator("#rows input").all()[:2]
    references = [box.get_attribute("value") for box in (first, second)]
    for box in (first, second):
        box.focus()
        page.keyboard.press("Space")
    expect(page.locator("#selected")).to_have_text("2 selected")
    page.get_by_role("button", name="Deny …").press("Enter")
    dialog = page.get_by_role("dialog", name="Deny 2 requests?")
    expect(dialog).to_be_visible()
    check(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Deny …").press("Enter")
    dialog.get_by_label("Reason").select_option("automated")
    dialog.get_by_label("More words").fill("70 in one hour")
    dialog.get_by_role("button", name="Deny").press("Enter")
    expect(page.locator("#news")).to_have_text("2 requests are denied now.")
    page.goto(f"/office#request/{references[0]}")
    expect(page.locator("#request")).to_contain_text("70 in one hour")
    page.get_by_role("button", name="Reopen …").click()
    again = page.get_by_role("dialog")
    again.get_by_role("button", name="Reopen").click()
    expect(page.locator("#news")).to_contain_text("needs its reason")
    page.get_by_role("button", name="Reopen …").click()
    again.get_by_label("Why was the decision wrong?").fill("she called us")
    again.get_by_role("button", name="Reopen").click()
    expect(page.locator("#request")).to_contain_text("reopened: she called us")
    expect(page.get_by_role("region", name="History")).to_contain_text("Olga")


def test_notes_owner_and_search(page: Page) -> None:
    """A note and an owner are kept; the address finds the request, a part of it is refused."""
    page.locator("#rows a").nth(3).click()
    page.get_by_label("New note").fill("<b>called</b> the owner")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".notes li")).to_contain_text("<b>called</b> the owner")
    page.locator("#its-owner").select_option("Olga")
    expect(page.locator("#its-owner")).to_have_value("Olga")
    page.get_by_role("link", name="All requests").click()
    expect(page.locator("#rows")).to_contain_text("Olga")
    page.get_by_label("Reference, or whole address").fill("shopper5@example.com")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#rows")).to_contain_text("shopper5@example.com")
    page.get_by_label("Reference, or whole address").fill("shopper5")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_contain_text("no whole e-mail address")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#page")).to_have_text("Page 1 of 2")
    page.get_by_role("button", name="Next page").click()
    expect(page.locator("#rows tr")).to_have_count(COUNT - 50)


def test_a_chart_has_its_figures_behind_it(page: Page) -> None:
    """A chart is a picture with a name, and the sum of its table is that of the requests."""
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("img")).to_have_count(7)
    chart = page.get_by_role("figure").filter(has_text="Requests by action")
    chart.locator("summary").click()
    numbers = chart.locator("tbody td").all_text_contents()
    assert sum(map(int, numbers)) == COUNT
    page.get_by_role("link", name="Yearly figures").click()
    expect(page.get_by_role("table")).to_contain_text("Requests to opt out of sale or sharing")


def test_files_are_downloaded(page: Page) -> None:
    """A button downloads the file of the search, and the page reminds of its addresses."""
    with page.expect_download() as started:
        page.get_by_role("button", name="Requests as CSV").click()
    with Path(started.value.path()).open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == COUNT
    expect(page.locator("#news")).to_contain_text("delete it")


def test_a_sign_out_leaves_nothing_on_the_page(page: Page, office: Server) -> None:
    """After the sign-out no request is on the page, and a reload asks for the token."""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Your token")).to_be_focused()
    assert "shopper" not in page.content()
    page.reload()
    expect(page.get_by_label("Your token")).to_be_visible()
    check(page)
    page.get_by_label("Your token").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not known")
