"""Tests of clients that are slow, silent or many, against a real server."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import BASE, Server, Shopper, serving


@pytest.fixture(scope="module")
def guarded(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with little patience and room for few connections."""
    with serving(
        tmp_path_factory.mktemp("guarded"),
        PRIVACY_BOT_REQUEST_SECONDS="1",
        PRIVACY_BOT_MAX_CONNECTIONS="20",
        PRIVACY_BOT_MAX_WAIT_SECONDS="1",
        PRIVACY_BOT_TURN_SECONDS="1",
    ) as running:
        yield running


def connected(server: Server) -> socket.socket:
    """Return an open connection."""
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=30)


def dripped(connection: socket.socket, data: bytes, seconds: float) -> bool:
    """Send bytes one by one for a time; return whether the server let go of the connection."""
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
    """Who sends a byte now and then does not keep a connection for ever."""
    with connected(guarded) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert dripped(connection, b"a", 10)


def test_a_body_that_drips_in_is_cut_off(guarded: Server) -> None:
    """Nor with a body that never ends."""
    with connected(guarded) as connection:
        connection.sendall(b"POST /opt-out HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n")
        assert dripped(connection, b"a", 25)


def test_a_body_is_cut_off_whatever_its_head_asks_for(guarded: Server) -> None:
    """An upgrade that there is not gives no more time."""
    with connected(guarded) as connection:
        connection.sendall(b"POST /opt-out HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nContent-Length: 9000\r\n\r\n")
        assert dripped(connection, b"a", 25)


def test_silent_connections_starve_nobody(guarded: Server) -> None:
    """While some say nothing, or half of something, others are answered."""
    with contextlib.ExitStack() as held:
        for number in range(15):
            connection = held.enter_context(connected(guarded))
            connection.sendall(b"POST /webhooks/storefront/session HTTP/1.1\r\nContent-Le"[: number * 4])
        with guarded.client() as client:
            assert Shopper(client).say("do you use cookies?")["topics"] == ["cookies"]


def test_one_address_has_so_many_connections(guarded: Server) -> None:
    """The next one is closed at once; when others are closed, there is room again."""
    with contextlib.ExitStack() as held:
        opened = [held.enter_context(connected(guarded)) for _ in range(30)]
        time.sleep(0.3)
        opened[-1].settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            assert opened[-1].recv(10) == b""
    time.sleep(0.3)
    assert httpx.get(f"{guarded.url}/health").status_code == 200


def test_who_does_not_read_the_answer_starves_nobody(guarded: Server) -> None:
    """A client that asks again and again and never reads is alone with its loss."""
    with connected(guarded) as connection, guarded.client() as client:
        connection.settimeout(1)
        with contextlib.suppress(TimeoutError, OSError):
            for _ in range(3000):
                connection.sendall(b"GET /privacy HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.get("/health").status_code == 200


def test_waiting_for_news_keeps_nobody_waiting(guarded: Server) -> None:
    """Many held calls, and a turn beside them."""
    with guarded.client() as client:
        shopper = Shopper(client)
        token = shopper.headers["Authorization"]
        request = f"GET {BASE}/messages?after=99&wait=1 HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\r\n"
        with contextlib.ExitStack() as held:
            for _ in range(10):
                held.enter_context(connected(guarded)).sendall(request.encode())
            assert shopper.say("do you use cookies?")["topics"] == ["cookies"]
