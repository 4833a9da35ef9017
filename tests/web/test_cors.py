"""Tests of CORS and of the security headers, against a real server."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import BASE, Server, serving

SHOP, STRANGER = "https://shop.example.com", "https://evil.example.net"


@pytest.fixture(scope="module")
def embedded(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that lets one other site embed its widget."""
    with serving(tmp_path_factory.mktemp("embedded"), PRIVACY_BOT_ORIGINS=f'["{SHOP}"]') as running:
        yield running


@pytest.fixture
def shop(embedded: Server) -> Iterator[httpx.Client]:
    """An HTTP client of the server ``embedded``."""
    with embedded.client() as client:
        yield client


def preflight(client: httpx.Client, origin: str) -> httpx.Response:
    """Send the preflight request of a browser before a message."""
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return client.options(f"{BASE}/messages", headers={"Origin": origin, **asked})


def test_an_allowed_site_may_ask_and_read(shop: httpx.Client) -> None:
    """An allowed site gets the permissions in its preflight; each answer names its origin alone."""
    asked = preflight(shop, SHOP)
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == SHOP
    assert set(asked.headers["Access-Control-Allow-Methods"].split(", ")) == {
        "GET",
        "POST",
        "DELETE",
    }
    assert set(asked.headers["Access-Control-Allow-Headers"].split(", ")) == {
        "authorization",
        "content-type",
    }
    opened = shop.post(f"{BASE}/session", headers={"Origin": SHOP})
    assert opened.status_code == 201
    assert opened.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in opened.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in opened.headers
    refused = shop.post(f"{BASE}/messages", headers={"Origin": SHOP}, json={"text": "hi"})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, SHOP)


@pytest.mark.parametrize(
    "origin",
    [
        "http://[",
        "http://ex\N{ACCOUNT OF}mple",
        "http://",
        "//",
        "http://{own}/path",
        "http://{own}:1",
    ],
)
@pytest.mark.parametrize("path", ["/widget.js", f"{BASE}/transcript"])
def test_an_odd_origin_is_no_origin(client: httpx.Client, path: str, origin: str) -> None:
    """A header that is not exactly an origin is not allowed, and not repeated in the answer."""
    named = origin.replace("{own}", client.base_url.netloc.decode())
    answer = client.get(path, headers={"Origin": named.encode()})
    assert answer.status_code in (200, 400, 403)  # 400 for bytes that are no ASCII
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [STRANGER, "null", f"{SHOP}.evil.example.net", "http://shop.example.com", f"{SHOP}:8443"],
)
def test_another_site_is_refused(shop: httpx.Client, origin: str) -> None:
    """An origin that is not listed by its exact name is refused, and can read no answer."""
    assert "Access-Control-Allow-Origin" not in preflight(shop, origin).headers
    answer = shop.post(f"{BASE}/session", headers={"Origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden_origin")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert (
        "Access-Control-Allow-Origin"
        not in shop.get("/widget.js", headers={"Origin": origin}).headers
    )


def test_the_widget_can_be_loaded_by_an_allowed_site(shop: httpx.Client) -> None:
    """The widget allows its origin: a browser loads a module of another origin only then."""
    assert (
        shop.get("/widget.js", headers={"Origin": SHOP}).headers["Access-Control-Allow-Origin"]
        == SHOP
    )


def test_the_servers_own_pages_need_no_list(client: httpx.Client) -> None:
    """The server's own pages are allowed: browsers send their origin too with a POST."""
    own = str(client.base_url).rstrip("/")
    assert client.post(f"{BASE}/session", headers={"Origin": own}).status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/privacy",
        "/opt-out",
        "/widget.js",
        "/assets/site.css",
        "/nothing",
        "/health",
        "/openapi.json",
    ],
)
def test_every_answer_has_the_security_headers(client: httpx.Client, path: str) -> None:
    """Every answer carries the security headers.

    They allow only the server's own files, forbid frames, and pass on no address.
    """
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_answers_of_the_api_are_not_cached(client: httpx.Client) -> None:
    """Answers of the storefront API forbid browsers and proxies to store them."""
    assert client.post(f"{BASE}/session").headers["Cache-Control"] == "no-store"
