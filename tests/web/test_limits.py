"""Tests of the limits per conversation and per address, against real servers and a real Redis."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request

from bot.references import EXAMPLE
from bot.settings import Settings
from bot.web.errors import ApiError
from bot.web.limits import Limits, address_of
from tests.conftest import BASE, Server, Shopper, serving

REDIS = shutil.which("redis-server") or "redis-server"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Redis that was started for the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    process = subprocess.Popen(
        [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture(scope="module")
def strict(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small limits behind one proxy, so that a test can choose its address."""
    with serving(
        tmp_path_factory.mktemp("strict"),
        PRIVACY_BOT_LIMIT_MESSAGES="3/minute",
        PRIVACY_BOT_LIMIT_STARTS="2/minute",
        PRIVACY_BOT_LIMIT_REQUESTS="20/minute",
        PRIVACY_BOT_LIMIT_UNKNOWN="3/hour",
        PRIVACY_BOT_PROXIES="1",
    ) as running:
        yield running


def from_address(server: Server, address: str) -> httpx.Client:
    """Return a client with an X-Forwarded-For header, as a proxy would add it for this address."""
    return httpx.Client(base_url=server.url, headers={"X-Forwarded-For": address}, timeout=30)


def test_a_flood_of_messages_is_slowed_and_others_are_not(strict: Server) -> None:
    """A conversation beyond its limit gets 429 with the seconds to wait.

    Another conversation of the same address goes on.
    """
    with from_address(strict, "192.0.2.1") as client:
        flooding, quiet = Shopper(client), Shopper(client)
        answers = [flooding.post({"text": "hello"}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].json()["error"]["code"] == "too_many"
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert quiet.post({"text": "hello"}).status_code == 200


def test_a_flood_of_conversations_is_slowed_and_others_are_not(strict: Server) -> None:
    """An address beyond its limit of starts gets 429.

    A resumed conversation does not count as a start. Another address can still start one.
    """
    with from_address(strict, "192.0.2.2") as client:
        opened = [client.post(f"{BASE}/session") for _ in range(3)]
        assert [answer.status_code for answer in opened] == [201, 201, 429]
        assert int(opened[-1].headers["Retry-After"]) >= 1
        assert (
            client.post(f"{BASE}/session", json={"resume": opened[0].json()["token"]}).status_code
            == 200
        )
        assert (
            client.post(
                "/opt-out", data={"email": "flood@example.com", "kind": "sharing"}
            ).status_code
            == 429
        )
    with from_address(strict, "192.0.2.3") as client:
        assert client.post(f"{BASE}/session").status_code == 201


def test_a_flood_of_requests_is_slowed_on_every_path(strict: Server) -> None:
    """An address beyond its limit of requests gets 429 on every path.

    Health checks are not counted.
    """
    with from_address(strict, "192.0.2.4") as client:
        codes = [client.get("/privacy").status_code for _ in range(21)]
        assert codes == [200] * 20 + [429]
        assert client.get("/nothing").status_code == 429
        assert client.get("/health").status_code == 200
        foreign = {"Origin": "https://evil.example.net"}
        assert client.post(f"{BASE}/session", headers=foreign).status_code == 429
        assert client.options(f"{BASE}/messages").status_code == 429


def test_guessing_references_is_stopped(strict: Server) -> None:
    """An address that asks for unknown references gets 429 soon, also for those that exist."""
    with from_address(strict, "192.0.2.6") as client:
        page = client.post("/opt-out", data={"email": "guess@example.com", "kind": "sharing"}).text
        known = re.search(r"/optouts/[\w-]+", page)
        assert known
        codes = [
            client.get(f"/optouts/{guess}").status_code for guess in ("x", "K7M-4QXT", EXAMPLE)
        ]
        assert codes == [404] * 3
        assert client.get(f"/optouts/{EXAMPLE}").status_code == 429
        assert client.get(known[0]).status_code == 429
    with from_address(strict, "192.0.2.7") as client:
        assert [client.get(known[0]).status_code for _ in range(5)] == [200] * 5


def test_an_address_that_the_client_names_does_not_count(strict: Server) -> None:
    """Only the last address of X-Forwarded-For, which the trusted proxy adds, is believed."""
    with from_address(strict, "192.0.2.5") as client:
        for number in range(2):
            assert (
                client.post(
                    f"{BASE}/session", headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.5"}
                ).status_code
                == 201
            )
        assert (
            client.post(
                f"{BASE}/session", headers={"X-Forwarded-For": "10.0.0.9, 192.0.2.5"}
            ).status_code
            == 429
        )


def request_from(address: str) -> Request:
    """Return a request of a client with this address."""
    return Request({"type": "http", "headers": [], "client": (address, 1)})


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:5678", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]:5678", "2001:db8:1:2::/64"),
        ("2001:db8::1", "2001:db8::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_customer_is_one_address(address: str, counted: str) -> None:
    """Only the first 64 bits of an IPv6 address count; a customer can choose the others."""
    assert address_of(request_from(address), proxies=0) == counted


async def test_several_processes_share_a_limit(redis: str) -> None:
    """Two processes with one Redis count the same uses."""
    chosen = Settings(REDIS_URL=redis, limit_messages="2/minute")
    first, second = Limits(chosen), Limits(chosen)
    await first.count("messages", "shared")
    await second.count("messages", "shared")
    for limits in (first, second):
        with pytest.raises(ApiError, match="try again in"):
            await limits.count("messages", "shared")


async def test_no_address_is_kept_in_redis(redis: str) -> None:
    """Redis holds the digest (HMAC) of an address, and not the address."""
    await Limits(Settings(REDIS_URL=redis)).count("requests", "203.0.113.77")
    port = redis.rpartition(":")[2]
    keys = subprocess.run(
        ["redis-cli", "-p", port, "keys", "*"], capture_output=True, text=True, check=True
    ).stdout
    assert "requests" in keys
    assert "203.0.113.77" not in keys


async def test_without_redis_each_process_counts_for_itself() -> None:
    """Without Redis shoppers are answered, and each process slows a flood by itself."""
    limits = Limits(Settings(REDIS_URL="redis://127.0.0.1:9", limit_messages="2/minute"))
    await limits.count("messages", "x")
    await limits.count("messages", "x")
    with pytest.raises(ApiError):
        await limits.count("messages", "x")
