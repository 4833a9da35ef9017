"""Tests of what is turned away before a request is read, against a real server."""

import socket

import httpx
import pytest

from bot.web.door import BadHead, check_head
from tests.conftest import BASE, Server, Shopper

SECRET = "LEAKED4711"


def raw(server: Server, request: bytes) -> bytes:
    """Send bytes and return what comes back."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(4096)


@pytest.mark.parametrize(
    "head",
    [
        b"POST /webhooks/storefront/messages HTTP/1.1\r\nHost: x\r\nContent-Length: -5",
        b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1",
        b"POST / HTTP/1.1\r\nContent-Length: abc",
        b"POST / HTTP/1.1\r\nContent-Length:",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked ",
        b"GET / HTTP/1.1\r\nOrigin: http://x/\nSet-Cookie: x=1",
        b"GET / HTTP/1.1\r\nOrigin: http://x/\rSet-Cookie: x=1",
        b"NONSENSE",
    ],
)
def test_a_bad_head_is_refused_and_the_server_lives(server: Server, client: httpx.Client, head: bytes) -> None:
    """A head that would be misread gets 400, and the next request is answered."""
    with pytest.raises(BadHead):
        check_head(head)
    assert raw(server, head + b"\r\n\r\n{}").startswith(b"HTTP/1.1 400")
    assert client.get("/ready").status_code == 200


@pytest.mark.parametrize("line", [b"GET /\xc3\xa9?x HTTP/1.1", b"GET /\xff HTTP/1.1", b"GET http://[::1 HTTP/1.1"])
def test_a_request_line_that_is_no_text_is_refused_and_the_server_lives(
    server: Server, client: httpx.Client, line: bytes
) -> None:
    """Sanic cannot even word an error for such a line: the connection ends, and the next request is answered."""
    with pytest.raises(BadHead):
        check_head(line)
    assert raw(server, line + b"\r\nHost: x\r\n\r\n")[:12] in (b"", b"HTTP/1.1 400")
    assert client.get("/ready").status_code == 200


def test_good_heads_pass() -> None:
    """What clients send is let through."""
    check_head(b"GET /privacy HTTP/1.1\r\nHost: x")
    check_head(b"POST /webhooks/storefront/messages?x=%C3%A9 HTTP/1.1\r\nContent-Length: 17\r\nAuthorization: Bearer a.b.c")
    check_head(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked")


def test_what_visitors_send_is_not_logged(server: Server, shopper: Shopper) -> None:
    """Neither text, nor broken requests, nor their errors are in the log."""
    shopper.say(SECRET)
    shopper.post({"text": SECRET, "choice": SECRET})
    raw(server, f"GET /{SECRET}?{SECRET} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    broken = f'POST {BASE}/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{{"text": "{SECRET}"}}\r\n'
    raw(server, broken.encode())
    assert SECRET not in server.log.read_text()
