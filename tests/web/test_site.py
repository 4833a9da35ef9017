"""Tests of the pages and files around the chat, against a real server."""

import gzip
from pathlib import Path

import httpx
import pytest

from bot.paths import ROOT
from bot.policy.document import load
from tests.conftest import BASE, serving

WIDGET = ROOT / "bot" / "web" / "widget" / "widget.js"
MAX_WIDGET = 10_000  # bytes, compressed


def test_the_widget_is_small() -> None:
    """The script that a shopper loads for the chat has at most 10 KB, compressed."""
    assert len(gzip.compress(WIDGET.read_bytes(), 9)) <= MAX_WIDGET


def test_the_widget_is_sent_compressed_and_once(client: httpx.Client) -> None:
    """The widget is sent compressed; a browser that has it gets 304."""
    sent = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Content-Type"].startswith("text/javascript")
    assert sent.headers["Content-Encoding"] == "gzip"
    assert sent.content == WIDGET.read_bytes()
    again = client.get("/widget.js", headers={"If-None-Match": sent.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (
        client.get("/widget.js", headers={"Accept-Encoding": "identity"}).content
        == WIDGET.read_bytes()
    )


def test_every_clause_is_an_anchor_of_the_policy(client: httpx.Client) -> None:
    """Each clause that an answer can cite has an anchor on the policy page."""
    page = client.get("/privacy").text
    assert all(f'id="{clause}"' in page for clause in load().by_id)


@pytest.mark.parametrize(
    "path", ["/assets/../site.py", "/assets/..%2fsite.py", "/assets/storefront.html", "/assets/x"]
)
def test_other_files_are_not_served(client: httpx.Client, path: str) -> None:
    """Only the files that pages load are served."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/privacy", "/opt-out", "/widget.js", "/health"])
def test_a_head_request_is_answered(client: httpx.Client, path: str) -> None:
    """HEAD, which monitors and link checkers use, is answered with 200 and no body."""
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_refused_method_is_answered_with_the_allowed_ones(client: httpx.Client) -> None:
    """An answer 405 names the allowed methods (RFC 9110, 15.5.6)."""
    answer = client.put("/privacy")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    several = client.put(f"{BASE}/messages")
    assert set(several.headers["Allow"].split(", ")) >= {"GET", "HEAD", "POST"}


def test_the_pixel_of_the_demo_is_never_stored(client: httpx.Client) -> None:
    """The pixel of the demo's ad tag is an image that a browser loads anew at each view."""
    sent = client.get("/pixel.gif")
    assert sent.headers["Content-Type"] == "image/gif"
    assert sent.headers["Cache-Control"] == "no-store"
    assert sent.content.startswith(b"GIF89a\x01\x00\x01\x00")


@pytest.mark.parametrize(("signal", "has_ads"), [("1", False), ("0", True), ("", True)])
def test_the_demo_has_no_ad_tag_with_the_signal(
    client: httpx.Client, signal: str, has_ads: bool
) -> None:
    """With Sec-GPC: 1 the demo storefront comes without its ad tag."""
    page = client.get("/", headers={"Sec-GPC": signal})
    assert ("/assets/ads.js" in page.text) is has_ads
    assert page.headers["Vary"] == "Sec-GPC"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_the_figures_are_not_public(client: httpx.Client, header: str) -> None:
    """This machine reads /metrics; what a proxy passes on does not come from this machine."""
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_another_machine_reads_the_figures_with_the_token(model: Path, tmp_path: Path) -> None:
    """Through a proxy, /metrics asks for the token, and no other will do."""
    token = "t" * 40
    with serving(tmp_path, PRIVACY_BOT_METRICS_TOKEN=token) as server, server.client() as client:
        for line, status in (
            ({}, 401),
            ({"Authorization": "Bearer " + "k" * 40}, 401),
            ({"Authorization": f"Bearer {token}"}, 200),
        ):
            headers = {"X-Forwarded-For": "192.0.2.1", **line}
            assert client.get("/metrics", headers=headers).status_code == status
