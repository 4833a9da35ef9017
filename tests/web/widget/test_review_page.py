"""Page of `privacy-bot review`, in a real browser and served by the real command."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.adoption.importing import adopt
from bot.paths import ROOT
from bot.policy.confirmations import Confirmed, read_confirmed
from tests.adoption.conftest import LAMPS
from tests.web.widget.test_accessibility import check


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store whose policy was adopted, and nothing confirmed."""
    folder = tmp_path_factory.mktemp("review")
    file = folder / "policy-of-lamps.md"
    file.write_text(LAMPS, encoding="utf-8")
    return adopt(file, folder / "lamps").folder


@pytest.fixture
def address(adopted: Path) -> Iterator[str]:
    """The address that the command prints, while it runs."""
    (adopted / "frames.yml").unlink(missing_ok=True)
    command = [sys.executable, "-m", "bot", "review", str(adopted), "--by", "Ada"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield found.group()
        process.terminate()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page at its first question, after the facts were accepted."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(address)
        page.get_by_role("button", name="Save and go on").click()
        expect(page.get_by_role("heading", name="What do you collect about me?")).to_be_visible()
        yield page


def decided(adopted: Path, frame: str) -> Confirmed:
    """Return what is saved for a frame."""
    return read_confirmed(adopted)[frame]


def test_facts_first(browser: Browser, address: str, adopted: Path) -> None:
    """The page begins with the store's name and facts, and notes who changed one."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        expect(page.get_by_label("Name", exact=True)).to_have_value("Lamp & Leaf")
        page.get_by_label("Phone of support").fill("1-800-555-0111")
        check(page)
        page.get_by_role("button", name="Save and go on").click()
        expect(page.get_by_role("heading", name="What do you collect about me?")).to_be_visible()
        check(page)
    assert "from: Ada, on " in (adopted / "store.yml").read_text(encoding="utf-8")


def test_two_keys(page: Page, adopted: Path) -> None:
    """A passage and a lead are two keys; the decision is saved and the next question comes."""
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="What should the bot say?")).to_be_focused()
    check(page)
    page.keyboard.press("4")
    expect(page.locator("#count")).to_have_text("1 of 44")
    expect(page.locator("#place")).to_contain_text("collection.automatic")
    saved = decided(adopted, "collection.what")
    assert (saved.verdict, saved.by) == ("says", "Ada")


def test_nothing_is_preselected(page: Page) -> None:
    """No passage and no lead is chosen or focused before a person chooses."""
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    page.keyboard.press("1")
    expect(page.locator("#lead-list button:focus")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("0 of 44")


def test_not_said_and_undo(page: Page, adopted: Path) -> None:
    """One key says that the policy does not say; another takes it back and shows it again."""
    page.keyboard.press("n")
    expect(page.locator("#place")).to_contain_text("collection.automatic")
    assert decided(adopted, "collection.what").verdict == "not_said"
    page.keyboard.press("u")
    expect(page.locator("#place")).to_contain_text("collection.what")
    expect(page.locator("#count")).to_have_text("0 of 44")
    assert read_confirmed(adopted) == {}


def test_condition(page: Page, adopted: Path) -> None:
    """A lead that depends asks on what, and the words are saved."""
    page.keyboard.press("1")
    page.keyboard.press("3")
    expect(page.get_by_label("On what does it depend?")).to_be_focused()
    page.keyboard.type("only for orders")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("1 of 44")
    assert decided(adopted, "collection.what").condition == "only for orders"


def test_search(page: Page, adopted: Path) -> None:
    """Any passage of the policy can be found by its words and chosen."""
    page.keyboard.press("s")
    expect(page.get_by_label("Words of the policy")).to_be_focused()
    page.keyboard.type("tax law")
    page.keyboard.press("Enter")
    expect(page.locator("#found button").first).to_contain_text("seven years")
    page.keyboard.press("1")
    page.keyboard.press("4")
    expect(page.locator("#count")).to_have_text("1 of 44")
    assert "seven years" in decided(adopted, "collection.what").quotes[0].text


def test_more_passages(page: Page, adopted: Path) -> None:
    """With Shift a second passage is added to the answer."""
    page.keyboard.press("Shift+Digit2")
    page.keyboard.press("1")
    page.keyboard.press("4")
    expect(page.locator("#count")).to_have_text("1 of 44")
    assert len(decided(adopted, "collection.what").quotes) > 1


def test_key_of_the_address(address: str) -> None:
    """Without the key in the printed address nothing is told and nothing is changed."""
    base, _, key = address.partition("#")
    right = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{base}api/review", headers=right).status_code == 200
    assert httpx.get(f"{base}api/review").status_code == 401
    foreign = {**right, "Host": "shop.example.com"}
    assert httpx.get(f"{base}api/review", headers=foreign).status_code == 401
    body = {"verdict": "not_said", "quotes": []}
    assert httpx.post(f"{base}api/frames/selling.sold", json=body).status_code == 401
