"""Tests of the bot of another store: it answers from its own policy, and names no other store."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.evaluation.labelled import read_nlu
from bot.paths import STORES_DIR, TEST_SET
from bot.policy.document import read_policy
from tests.conftest import Server, Shopper, serving

STORE = "wrenfield"
# What only the first store may say.
FOREIGN = re.compile(
    r"bellacor|877-?723|mendota|enterprise drive|central time|personal shopper|price quote"
    r"|product specialist|chandelier|\blamps?\b",
    re.IGNORECASE,
)
PAGES = ("/", "/privacy", "/opt-out", "/desk", "/nothing-here", "/widget.js", "/openapi.json")
_EACH = 2  # messages of the test set that are tried for each intent


@pytest.fixture(scope="module")
def other(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server of the second store."""
    with serving(tmp_path_factory.mktemp("other"), PRIVACY_BOT_STORE=STORE) as running:
        yield running


@pytest.fixture
def client(other: Server) -> Iterator[httpx.Client]:
    """A client of this server."""
    with other.client() as opened:
        yield opened


def messages() -> list[str]:
    """Return some messages of each intent, without those that name a store."""
    chosen: dict[str, list[str]] = {}
    for text, intent in read_nlu(TEST_SET):
        if not FOREIGN.search(text):
            chosen.setdefault(intent, []).append(text)
    return [text for texts in chosen.values() for text in texts[:_EACH]]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_another_store(client: httpx.Client, path: str) -> None:
    """The pages and files have the name of their own store, and nothing of another."""
    found = client.get(path).text
    assert not FOREIGN.search(found)
    if path in ("/", "/privacy", "/opt-out", "/desk"):
        assert "Wrenfield" in found


def test_no_answer_names_another_store(client: httpx.Client) -> None:
    """No answer to a message of any intent has a name, number, time or service of another store."""
    for text in messages():
        shopper = Shopper(client)
        for turn in (shopper.opened, shopper.say(text)):
            for message in turn["messages"]:
                assert not FOREIGN.search(str(message)), (text, message)


def test_it_answers_from_its_own_policy(client: httpx.Client) -> None:
    """An answer is a listed lead with a quote of the store's policy, which is its source."""
    (message,) = Shopper(client).say("do you sell my data?")["messages"]
    assert message["text"].startswith("No, we do not sell it: “We do not sell personal data for")
    assert message["sources"][0]["quote"] == "We do not sell personal data for money."
    assert message["sources"][0]["quote"] in (STORES_DIR / STORE / "policy.md").read_text()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("does wrenfield sell my data", "No, we do not sell it"),
        ("what cookies do you use", "Yes, cookies are used"),
        ("do you honour global privacy control", "We honour the Global Privacy Control signal"),
        ("how long do you keep my orders", "six years"),
        ("can you delete my account data", "You can close your account"),
        ("what is your phone number", "Our policy does not give a phone number"),
        ("when is support open", "Our policy does not give the hours"),
        ("can i order by phone", "I know nothing about orders by phone"),
        ("will you tell me if you are hacked", "without undue delay"),
        ("does gdpr apply to me", "General Data Protection Regulation"),
        ("how old must my son be to shop here", "You must be 18 to order"),
    ],
)
def test_questions_find_what_was_confirmed(client: httpx.Client, asked: str, said: str) -> None:
    """Each question is answered with what its owner confirmed about its frame."""
    text = " ".join(message["text"] for message in Shopper(client).say(asked)["messages"])
    assert said in text


def test_an_opt_out_is_due_within_a_month(client: httpx.Client) -> None:
    """The store is in the UK, so all kinds are due on the same day."""
    shopper = Shopper(client)
    shopper.say("stop all marketing emails to jo@example.com")
    text = " ".join(message["text"] for message in shopper.say("yes")["messages"])
    assert "Your reference is" in text
    assert "It will be in force by" in text
    assert "You may still get mail that you asked for" not in text


def test_every_clause_is_an_anchor_of_the_policy(client: httpx.Client) -> None:
    """Sentences, list items and rows of tables each have an anchor on the page."""
    page = client.get("/privacy").text
    clauses = list(read_policy(STORES_DIR / STORE).clauses())
    assert {clause.kind for clause in clauses} >= {"sentence", "row"}
    assert all(f'id="{clause.id}"' in page for clause in clauses)
    assert '<th scope="col">Cookie</th>' in page


def test_a_handoff_needs_no_hours(client: httpx.Client) -> None:
    """A store without hours takes a message at any time, and promises no hours."""
    turn = Shopper(client).say("i want to talk to a person")
    text = " ".join(message["text"] for message in turn["messages"])
    assert "closed" not in text
    assert turn["outcome"] == "handoff"
