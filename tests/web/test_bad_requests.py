"""Tests of requests that break the rules of HTTP, against a real server."""

import contextlib
import json
import socket
import time

import httpx
import pytest

from tests.conftest import BASE, Server, Shopper

SECRET = "LEAKED4711"


def raw(server: Server, request: bytes) -> bytes:
    """Send raw bytes and return the beginning of the answer."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(4096)


def everything(server: Server, request: bytes) -> bytes:
    """Send bytes and return all that comes back until the server closes the connection."""
    port = int(server.url.rpartition(":")[2])
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        with contextlib.suppress(OSError):
            while part := connection.recv(65_536):
                answer += part
    return answer


@pytest.mark.parametrize(
    "head",
    [
        b"POST /webhooks/storefront/messages HTTP/1.1\r\nHost: x\r\nContent-Length: -5",
        b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1",
        b"POST / HTTP/1.1\r\nContent-Length: abc",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip",
        b"GET / HTTP/1.1\r\nOrigin : http://x/",
        b"GET / HTTP/1.1\r\nOrigin\t: http://x/",
        b"GET / HTTP/1.1\r\nOrigin: http://x/\rSet-Cookie: x=1",
        b"GET / HTTP/1.1\r\nOrigin: http://x/\x00",
        b"GET / HTTP/1.1\r\nOrigin: " + b"x" * 40_000,
        b"GET /" + b"x" * 80_000 + b" HTTP/1.1",
        b"GET /\xff HTTP/1.1",
        b"GET http://[::1 HTTP/1.1",
        b"NONSENSE",
    ],
)
def test_a_bad_head_is_refused_and_the_server_lives(
    server: Server, client: httpx.Client, head: bytes
) -> None:
    """An ambiguous or broken request head gets 400, and the next request is answered."""
    answer = raw(server, head + b"\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 400")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "malformed"
    assert client.get("/ready").status_code == 200


@pytest.mark.parametrize(
    "strange",
    [
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: , chunked\r\n\r\n0\r\n\r\n",
        b"POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /x HTTP/2.0\r\n\r\n",
        b"GET /x\r\n\r\n",
        b"GET /?" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /x HTTP/1.1\r\n" + b"a:\r\n" * 10_000 + b"\r\n",
    ],
    ids=[
        "two codings",
        "two lines of codings",
        "empty coding",
        "coding in 1.0",
        "two hosts",
        "version 2",
        "version 0.9",
        "long address",
        "many headers",
    ],
)
def test_a_strange_but_complete_request_is_refused(server: Server, strange: bytes) -> None:
    """The parser takes these, and another server would read them otherwise, or they cost much."""
    answer = raw(server, strange)
    assert answer.startswith(b"HTTP/1.1 400")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "malformed"


@pytest.mark.parametrize(
    "size", [b"0x5", b"+5", b" 5", b"5 ", b"5\t", b"5_0", b"-5", b"", b"5;\n", b"f" * 17]
)
def test_a_sloppy_chunk_size_is_refused(server: Server, size: bytes) -> None:
    """A chunk size that is not only hexadecimal digits is refused (RFC 9112, 7.1)."""
    head = f"POST {BASE}/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = raw(server, head.encode() + size + b"\r\n12345\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "line",
    [
        b"Authorization: Bearer \xe9\xff",
        b"X-Forwarded-For: 192.0.2.\xff",
        b"Origin: http://\xe9.example",
        b"Host: \xe9",
        b"X-Chatwoot-Signature: sha256=\xff",
    ],
)
@pytest.mark.parametrize("path", ["/", "/desk/queue", f"{BASE}/messages"])
def test_a_deciding_header_is_plain(server: Server, path: str, line: bytes) -> None:
    """A header by which the bot decides who asks is refused if it has bytes over 0x7f."""
    answer = raw(server, f"GET {path} HTTP/1.1\r\n".encode() + line + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "line",
    [
        b"Cookie: a=\xc3\xa9",
        b"User-Agent: \xff",
        b"X-City: S\xe3o Paulo",
        b"Accept: text/\xe9",
        b"If-None-Match: \xe9",
        b"Sec-GPC: \xe9",
        b"Content-Type: text/\xe9",
    ],
)
@pytest.mark.parametrize("path", ["/", "/widget.js", "/privacy"])
def test_any_other_header_may_hold_any_byte(server: Server, path: str, line: bytes) -> None:
    """A cookie of the shop, or a city that a proxy adds, keeps no shopper out."""
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: x\r\n".encode() + line + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")


def test_controls_and_turns_of_direction_are_taken_out(shopper: Shopper) -> None:
    """U+0080 to U+009F and the marks that turn the direction of text are not stored or sent."""
    marks = [*range(0x80, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F)]
    marks += range(0x2066, 0x206A)
    shopper.say("do you " + "".join(map(chr, marks)) + "sell my data?")
    said = shopper.get("/transcript").json()["messages"][1]["text"]
    assert said.split() == ["do", "you", "sell", "my", "data?"]


def test_good_heads_pass(server: Server) -> None:
    """Correct requests are answered, also in the less common forms that the standard allows."""
    for head in (
        b"GET /health HTTP/1.1\r\nHost: x",
        b"GET /health?x=%C3%A9 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a.b.c",
        b"GET /health HTTP/1.0",
        b"GET http://x/health HTTP/1.1\r\nHost: x",
        b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c",
    ):
        assert b" 200 " in raw(server, head + b"\r\n\r\n")[:16], head


def test_a_chunked_body_is_read(server: Server) -> None:
    """The name of a transfer coding is read in any case of letters (RFC 9112, 7)."""
    head = f"POST {BASE}/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
    assert raw(server, head.encode() + b"2\r\n{}\r\n0\r\n\r\n").startswith(b"HTTP/1.1 201")


@pytest.mark.parametrize("path", [f"{BASE}/messages", "/opt-out", "/unsubscribe/x"])
def test_a_large_body_is_refused_before_it_is_read(server: Server, path: str) -> None:
    """A Content-Length beyond the limit is refused as soon as the head is read."""
    length = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n".encode()
    answer = raw(server, length)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()


def test_a_large_chunked_body_is_refused(server: Server, shopper: Shopper) -> None:
    """A chunked body, which names no length in advance, is refused at the limit."""
    token = shopper.headers["Authorization"]
    head = (
        f"POST {BASE}/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    assert raw(server, head.encode() + chunk * 5).startswith(b"HTTP/1.1 413")


def test_a_request_for_an_upgrade_is_answered_in_plain_http(server: Server) -> None:
    """Some clients ask for HTTP/2 with every request; its body counts, and so does the next."""
    upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"
    head = f"POST {BASE}/session HTTP/1.1\r\nHost: x\r\n{upgrade}"
    refused = b'{"resume": "nonsense"}'
    for body in (
        b"Content-Length: 22\r\n\r\n" + refused,
        b"Transfer-Encoding: chunked\r\n\r\n16\r\n" + refused + b"\r\n0\r\n\r\n",
    ):
        following = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answers = everything(server, head.encode() + body + following)
        assert [answer[:3] for answer in answers.split(b"HTTP/1.1 ")[1:]] == [b"401", b"200"]


def test_a_trailer_is_no_header(server: Server, shopper: Shopper) -> None:
    """What comes after a body was not seen by the proxies that check headers."""
    head = f"POST {BASE}/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    trailer = f"0\r\nAuthorization: {shopper.headers['Authorization']}\r\n\r\n"
    answer = raw(server, f'{head}d\r\n{{"text":"hi"}}\r\n{trailer}'.encode())
    assert answer.startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_large_form_is_refused_by_the_same_error(server: Server, kind: str) -> None:
    """Also when its length is not told, and a parser of forms reads it."""
    head = (
        f"POST /opt-out HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    chunks = (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 10 + b"0\r\n\r\n"
    answer = everything(server, head.encode() + chunks)
    assert answer.startswith(b"HTTP/1.1 413")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_an_answer_to_a_bad_request_is_a_safe_one(server: Server) -> None:
    """It has the security headers, although the application has not seen the request."""
    answer = raw(server, b"NONSENSE\r\n\r\n").lower()
    assert b"content-security-policy: default-src 'none'" in answer
    assert b"x-content-type-options: nosniff" in answer


def test_a_client_that_hangs_up_is_no_fault_of_the_server(server: Server, shopper: Shopper) -> None:
    """Half a body is nothing that is logged as a failure."""
    before = server.log.read_text().count("request failed")
    port = int(server.url.rpartition(":")[2])
    head = (
        f"POST {BASE}/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
        f"Authorization: {shopper.headers['Authorization']}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.encode())
        time.sleep(0.3)
    shopper.say("do you use cookies?")
    assert server.log.read_text().count("request failed") == before


def test_requests_of_shoppers_are_not_logged(server: Server, shopper: Shopper) -> None:
    """The log contains no text of a shopper, no broken request and no error that quotes one."""
    shopper.say(SECRET)
    shopper.post({"text": SECRET, "choice": SECRET})
    raw(server, f"GET /{SECRET}?{SECRET} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    head = f"POST {BASE}/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw(server, f'{head}{{"text": "{SECRET}"}}\r\n'.encode())
    assert SECRET not in server.log.read_text()
