"""Take the README's screenshots of a running server: `scripts/screenshots.py URL FOLDER`.

Runs in the tests' environment. FOLDER is the server's PRIVACY_BOT_DATA_DIR. Support must be open,
for the picture with an agent.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import Server
from tests.web.test_agent_desk import Desk
from tests.web.widget.conftest import CHROMIUM, FLAGS, Chat

PLACE = Path(__file__).parents[1] / "docs" / "images"
PHONE = {"width": 390, "height": 844}


def shop(browser: Browser, url: str, **looks: object) -> Page:
    """Return an open page of the storefront."""
    page = browser.new_context(
        base_url=url, **{"viewport": {"width": 1180, "height": 780}, **looks}
    ).new_page()  # type: ignore[arg-type]
    page.goto("/")
    return page


def draw(page: Page, name: str) -> None:
    """Take a screenshot after all movement has ended."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    page.screenshot(path=PLACE / f"{name}.png")
    page.context.close()


def main(url: str, folder: str) -> None:
    """Take all screenshots."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = shop(browser, url)
        Chat(page).open().say("do you use cookies?").locator("summary").first.click()
        draw(page, "desktop")
        page = shop(browser, url, viewport=PHONE)
        chat = Chat(page).open()
        chat.say("stop emailing me")
        chat.say("jo@example.com")
        chat.choose("Yes, record it")
        draw(page, "phone")
        page = shop(browser, url, color_scheme="dark", viewport=PHONE)
        Chat(page).open().say("what do you collect about me?")
        draw(page, "dark")
        page = shop(browser, url, viewport=PHONE)
        chat = Chat(page).open()
        sam = Desk(Server(None, url, Path(folder), Path()), "Sam")  # type: ignore[arg-type]
        chat.menu("Talk to a person")
        chat.of("bot").nth(1).wait_for()
        handoff = sam.queue()[-1]
        sam.post(handoff, "claim")
        sam.post(handoff, "messages", text="Hello, this is Sam. What can I do for you?")
        chat.of("agent").wait_for()
        draw(page, "agent")


if __name__ == "__main__":
    main(*sys.argv[1:])
