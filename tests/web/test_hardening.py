"""Tests of slow, silent and many clients, against a real server."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from bot.web import app
from tests.conftest import BASE, Server, Shopper, serving, start_server


@pytest.fixture(scope="module")
def guarded(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with short time limits, and with a low limit of connections per address."""
    with serving(
        tmp_path_factory.mktemp("guarded"),
        PRIVACY_BOT_REQUEST_SECONDS="1",
        PRIVACY_BOT_MAX_CONNECTIONS="20",
        PRIVACY_BOT_MAX_WAIT_SECONDS="1",
        PRIVACY_BOT_TURN_SECONDS="1",
    ) as running:
        yield running


def connected(server: Server) -> socket.socket:
    """Return an open TCP connection to the server."""
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=30)


def dripped(connection: socket.socket, data: bytes, seconds: float) -> bool:
    """Send bytes one by one for some seconds; return whether the server closed the connection."""
    end = time.monotonic() + seconds
    connection.settimeout(0.1)
    for byte in data * 1000:
        if time.monotonic() > end:
            return False
        try:
            connection.send(bytes([byte]))
            with contextlib.suppress(TimeoutError):
                if connection.recv(4096) == b"":
                    return True
        except OSError:
            return True
    return False


def test_a_head_that_drips_in_is_cut_off(guarded: Server) -> None:
    """A client that sends its request head byte by byte is cut off."""
    with connected(guarded) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert dripped(connection, b"a", 10)


def test_a_body_that_drips_in_is_cut_off(guarded: Server) -> None:
    """A client that sends its body byte by byte is cut off."""
    with connected(guarded) as connection:
        connection.sendall(b"POST /opt-out HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n")
        assert dripped(connection, b"a", 25)


def test_a_body_after_a_request_for_an_upgrade_is_cut_off(guarded: Server) -> None:
    """A request for an upgrade, which the server does not offer, gives a body no more time."""
    with connected(guarded) as connection:
        connection.sendall(
            b"POST /opt-out HTTP/1.1\r\nHost: x\r\n"
            b"Upgrade: websocket\r\nContent-Length: 9000\r\n\r\n"
        )
        assert dripped(connection, b"a", 25)


def test_silent_connections_delay_no_other_client(guarded: Server) -> None:
    """While some connections send nothing or half a request, other clients are answered."""
    with contextlib.ExitStack() as held:
        for number in range(15):
            connection = held.enter_context(connected(guarded))
            connection.sendall(
                b"POST /webhooks/storefront/session HTTP/1.1\r\nContent-Le"[: number * 4]
            )
        with guarded.client() as client:
            assert Shopper(client).say("do you use cookies?")["topics"] == ["cookies"]


def test_the_connections_of_one_address_are_limited(guarded: Server) -> None:
    """A connection beyond the limit of its address is closed at once.

    When other connections are closed, there is room again.
    """
    with contextlib.ExitStack() as held:
        opened = [held.enter_context(connected(guarded)) for _ in range(30)]
        time.sleep(0.3)
        opened[-1].settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            assert opened[-1].recv(10) == b""
    time.sleep(0.3)
    assert httpx.get(f"{guarded.url}/health").status_code == 200


def test_a_client_that_does_not_read_delays_no_other_client(guarded: Server) -> None:
    """A client that sends many requests and never reads delays no other client."""
    with connected(guarded) as connection, guarded.client() as client:
        connection.settimeout(1)
        with contextlib.suppress(TimeoutError, OSError):
            for _ in range(3000):
                connection.sendall(b"GET /privacy HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.get("/health").status_code == 200


def test_held_calls_do_not_delay_a_turn(guarded: Server) -> None:
    """A turn is answered while many calls for new messages are held."""
    with guarded.client() as client:
        shopper = Shopper(client)
        token = shopper.headers["Authorization"]
        request = (
            f"GET {BASE}/messages?after=99&wait=1 HTTP/1.1\r\n"
            f"Host: x\r\nAuthorization: {token}\r\n\r\n"
        )
        with contextlib.ExitStack() as held:
            for _ in range(10):
                held.enter_context(connected(guarded)).sendall(request.encode())
            assert shopper.say("do you use cookies?")["topics"] == ["cookies"]


def test_empty_lines_keep_no_connection(guarded: Server) -> None:
    """What may come before a request gives it no more time, on a connection that was used too."""
    with connected(guarded) as connection:
        assert dripped(connection, b"\r\n", 10)
    with connected(guarded) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(4096)
        assert dripped(connection, b"\r\n", 10)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"GET / HTTP/1.1\r\nX: ", b"a" * 65_536),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"a" * 65_536),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a" * 65_536),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 9000),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 9000),
        (b"", b"\r\n" * 30_000),
        (b"", b"GET /privacy HTTP/1.1\r\nHost: x\r\n\r\n" * 2000),
    ],
    ids=["header", "chunk extension", "trailer", "trailers", "body", "empty lines", "requests"],
)
def test_an_endless_request_is_cut_off_by_its_size(
    guarded: Server, head: bytes, piece: bytes
) -> None:
    """The server closes the connection long before it has read 40 MB."""
    sent = 0
    with connected(guarded) as connection, contextlib.suppress(OSError):
        connection.sendall(head)
        while sent < 40_000_000:
            connection.sendall(piece)
            sent += len(piece)
    assert sent < 40_000_000


def test_a_request_that_comes_too_slowly_is_told_so(guarded: Server) -> None:
    """The error has the form of the contract, and comes once."""
    with connected(guarded) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        head, _, body = connection.recv(4096).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ")
        assert json.loads(body)["error"]["code"] == "timeout"
    with connected(guarded) as connection:
        connection.sendall(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        answers = b""
        while part := connection.recv(4096):
            answers += part
        assert answers.count(b"HTTP/1.1 ") == 1


def test_an_early_answer_keeps_the_connection(guarded: Server) -> None:
    """A body that comes after the answer to it is read, and the next request is answered."""
    head = b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
    with connected(guarded) as connection:
        for _ in range(2):
            connection.sendall(head)
            answer = b""
            while not answer.endswith(b"}}"):
                answer += connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 404")
            connection.sendall(b"body")


def test_held_calls_do_not_keep_the_server_from_stopping(model: Path, tmp_path: Path) -> None:
    """They end with what there is, and a turn that is under way is answered."""
    running = start_server(tmp_path)
    with running.client() as client, ThreadPoolExecutor(6) as pool:
        shopper = Shopper(client)
        held = [pool.submit(Shopper(client).get, "/messages", after=99, wait=20) for _ in range(4)]
        time.sleep(1)
        turn = pool.submit(shopper.say, "do you use cookies?")
        time.sleep(0.02)
        began = time.monotonic()
        running.process.terminate()
        running.process.wait(timeout=10)
        assert time.monotonic() - began < 3
        assert [call.result().json()["messages"] for call in held] == [[]] * 4
        assert turn.result()["topics"] == ["cookies"]


async def test_deleted_text_is_wiped_whatever_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Background work that ended in an error does not keep it from being overwritten."""

    async def broken(_: object) -> None:
        raise RuntimeError

    wiped: list[bool] = []
    services = SimpleNamespace(
        erasure=SimpleNamespace(wipe=lambda: wiped.append(True)),
        questions=SimpleNamespace(flush=lambda: None),
    )
    monkeypatch.setattr(app, "_load_and_work", broken)
    async with app._lifespan(SimpleNamespace(services=services)):  # type: ignore[arg-type]
        await asyncio.sleep(0)
    assert wiped == [True]
