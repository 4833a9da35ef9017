"""Tests of one-click unsubscribing (RFC 8058), against a real server."""

import httpx
import pytest

from bot.application.services import Services
from bot.optouts.links import UnsubscribeLinks
from bot.settings import Settings
from tests.conftest import Server
from tests.web.test_optouts import REFERENCE, reference_in


def link(server: Server, address: str) -> str:
    """Return the path of a one-click link."""
    return UnsubscribeLinks(Settings(data_dir=server.data_dir)).path(address)


BODIES = {
    "none": {},
    "as the standard says": {"data": {"List-Unsubscribe": "One-Click"}},
    "multipart": {"files": {"List-Unsubscribe": (None, "One-Click")}},
    "another field": {"data": {"x": "y"}},
    "JSON": {"json": {"List-Unsubscribe": "One-Click"}},
    "text": {"content": b"List-Unsubscribe=One-Click", "headers": {"Content-Type": "text/plain"}},
    "broken multipart": {
        "content": b"--y\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=x"},
    },
    "garbage": {"content": bytes(range(256)), "headers": {"Content-Type": "nonsense"}},
    "as long as allowed": {"content": b"x" * Settings().max_body},
}


@pytest.mark.parametrize("body", BODIES)
def test_one_click_unsubscribes(client: httpx.Client, server: Server, body: str) -> None:
    """A one-click POST (RFC 8058) unsubscribes, whatever body the mail program sends.

    It is answered with 200 and sets no cookie.
    """
    answer = client.post(link(server, f"{body.replace(' ', '.')}@example.com"), **BODIES[body])
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert client.get(f"/optouts/{reference_in(answer.text)}").json()["status"] == "open"


def test_a_body_beyond_the_limit_is_refused(client: httpx.Client, server: Server) -> None:
    """A one-click POST whose body is larger than any request may be gets 413."""
    body = b"x" * (Settings().max_body + 1)
    assert client.post(link(server, "large@example.com"), content=body).status_code == 413


@pytest.mark.parametrize(
    "end", ["=", "==", "%3D", "%253D", "=3D", ".", "%3E", ")", "%20", "%0D%0A"]
)
def test_a_link_with_a_changed_end_unsubscribes(
    client: httpx.Client, server: Server, end: str
) -> None:
    """A link unsubscribes also if a program has added to its end, or encoded it."""
    changed = f"{link(server, 'ends@example.com')}{end}"
    assert client.get(changed).status_code == 200
    assert client.post(changed).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
def test_only_a_post_unsubscribes(client: httpx.Client, server: Server, method: str) -> None:
    """Every other request changes nothing, so that a link scanner unsubscribes nobody."""
    path = link(server, f"{method}@example.com")
    answer = client.request(method, path)
    assert not REFERENCE.search(answer.text)
    expected = {"GET": 200, "HEAD": 200, "OPTIONS": 204}
    assert answer.status_code == expected.get(method, 405)
    if method not in ("GET", "HEAD"):
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    ledger = Services.open(Settings(data_dir=server.data_dir)).optouts.ledger
    known = {record.subject.value for record in ledger.records() if record.subject}
    assert f"{method.lower()}@example.com" not in known


def test_the_page_of_a_link_has_a_button_that_works(client: httpx.Client, server: Server) -> None:
    """The page of a link says what its button does; the button's POST unsubscribes."""
    path = link(server, "button@example.com")
    assert '<form method="post"><button>' in client.get(path).text
    assert reference_in(client.post(path, data={}).text)


def test_a_link_that_was_not_made_here_unsubscribes_nobody(client: httpx.Client) -> None:
    """An unsubscribe link with an invented or a changed token is refused."""
    one_click = {"List-Unsubscribe": "One-Click"}
    assert client.post("/unsubscribe/abc", data=one_click).status_code == 404
    path = UnsubscribeLinks(Settings()).path("click2@example.com")
    assert client.post(path[:-4] + "AAAA", data=one_click).status_code == 404
