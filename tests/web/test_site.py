"""Tests of the pages and files around the chat, against a real server."""

import gzip

import httpx
import pytest

from bot.paths import ROOT
from bot.policy.document import load

WIDGET = ROOT / "bot" / "web" / "widget" / "widget.js"
MAX_WIDGET = 10_000  # bytes, compressed


def test_the_widget_is_small() -> None:
    """What a shopper loads for the chat is at most 10 KB."""
    assert len(gzip.compress(WIDGET.read_bytes(), 9)) <= MAX_WIDGET


def test_the_widget_is_sent_compressed_and_once(client: httpx.Client) -> None:
    """A browser that has the file is told that it has not changed."""
    sent = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Content-Type"].startswith("text/javascript")
    assert sent.headers["Content-Encoding"] == "gzip"
    assert sent.content == WIDGET.read_bytes()
    again = client.get("/widget.js", headers={"If-None-Match": sent.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/widget.js", headers={"Accept-Encoding": "identity"}).content == WIDGET.read_bytes()


def test_every_clause_is_an_anchor_of_the_policy(client: httpx.Client) -> None:
    """Where a source of an answer leads to is there."""
    page = client.get("/privacy").text
    assert all(f'<span id="{clause}">' in page for clause in load().by_id)


@pytest.mark.parametrize("path", ["/assets/../site.py", "/assets/..%2fsite.py", "/assets/storefront.html", "/assets/x"])
def test_no_other_file_can_be_had(client: httpx.Client, path: str) -> None:
    """Only what pages load is served."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/privacy", "/opt-out", "/widget.js", "/health"])
def test_a_head_request_is_answered(client: httpx.Client, path: str) -> None:
    """Monitors and link checkers ask for the head alone."""
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_wrong_method_is_told_the_right_ones(client: httpx.Client) -> None:
    """405 names what is allowed (RFC 9110, 15.5.6)."""
    answer = client.put("/privacy")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
