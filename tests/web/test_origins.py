"""Tests of pages of other sites, and of what answers tell a browser, against a real server."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import BASE, Server, serving

SHOP, STRANGER = "https://shop.example.com", "https://evil.example.net"


@pytest.fixture(scope="module")
def embedded(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose widget one other site may embed."""
    with serving(tmp_path_factory.mktemp("embedded"), PRIVACY_BOT_ORIGINS=f'["{SHOP}"]') as running:
        yield running


@pytest.fixture
def shop(embedded: Server) -> Iterator[httpx.Client]:
    """A client of that server."""
    with embedded.client() as client:
        yield client


def preflight(client: httpx.Client, origin: str) -> httpx.Response:
    """Ask as a browser does before it sends a message."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    return client.options(f"{BASE}/messages", headers={"Origin": origin, **asked})


def test_an_allowed_site_may_ask_and_read(shop: httpx.Client) -> None:
    """Its preflight names what it may send; its answers name it, and it alone."""
    asked = preflight(shop, SHOP)
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == SHOP
    assert set(asked.headers["Access-Control-Allow-Methods"].split(", ")) == {"GET", "POST", "DELETE"}
    assert set(asked.headers["Access-Control-Allow-Headers"].split(", ")) == {"authorization", "content-type"}
    opened = shop.post(f"{BASE}/session", headers={"Origin": SHOP})
    assert opened.status_code == 201
    assert opened.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in opened.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in opened.headers
    refused = shop.post(f"{BASE}/messages", headers={"Origin": SHOP}, json={"text": "hi"})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, SHOP)


@pytest.mark.parametrize(
    "origin", ["http://[", "http://ex\N{ACCOUNT OF}mple", "http://", "//", "http://{own}/path", "http://{own}:1"]
)
@pytest.mark.parametrize("path", ["/widget.js", f"{BASE}/transcript"])
def test_an_odd_origin_is_no_origin(client: httpx.Client, path: str, origin: str) -> None:
    """What is not exactly an origin is not let in, and not sent back."""
    named = origin.replace("{own}", client.base_url.netloc.decode())
    answer = client.get(path, headers={"Origin": named.encode()})
    assert answer.status_code in (200, 403)
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origin", [STRANGER, "null", f"{SHOP}.evil.example.net", "http://shop.example.com", f"{SHOP}:8443"])
def test_another_site_may_not(shop: httpx.Client, origin: str) -> None:
    """Whoever is not on the list by its exact name is refused, and can read nothing."""
    assert "Access-Control-Allow-Origin" not in preflight(shop, origin).headers
    answer = shop.post(f"{BASE}/session", headers={"Origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden_origin")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Origin" not in shop.get("/widget.js", headers={"Origin": origin}).headers


def test_the_widget_can_be_loaded_by_an_allowed_site(shop: httpx.Client) -> None:
    """A module of another origin is loaded only if its answer allows it."""
    assert shop.get("/widget.js", headers={"Origin": SHOP}).headers["Access-Control-Allow-Origin"] == SHOP


def test_the_servers_own_pages_need_no_list(client: httpx.Client) -> None:
    """A browser names the origin of its own page too when it posts."""
    own = str(client.base_url).rstrip("/")
    assert client.post(f"{BASE}/session", headers={"Origin": own}).status_code == 201


@pytest.mark.parametrize(
    "path", ["/", "/privacy", "/opt-out", "/widget.js", "/assets/site.css", "/nothing", "/health", "/openapi.json"]
)
def test_every_answer_has_the_security_headers(client: httpx.Client, path: str) -> None:
    """Nothing but the server's own files is loaded, no page is framed, no address is passed on."""
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_what_was_said_is_not_kept_by_a_browser_or_a_proxy(client: httpx.Client) -> None:
    """Answers of the channel are stored nowhere."""
    assert client.post(f"{BASE}/session").headers["Cache-Control"] == "no-store"
