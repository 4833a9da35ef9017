"""Tests of bad days: each stops the start, or turns /ready, with one line that says what to do."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bot.application.services import Services
from bot.database import connect
from bot.paths import ROOT
from bot.settings import Settings
from tests.conftest import SERVE, Server, Shopper, serving
from tests.optouts.conftest import opt_out

KEYS = {"PRIVACY_BOT_DATA_KEYS": f'["{"k" * 40}"]'}
_DISK = "64m"  # room for the database and an unpacked model
# A small disk of its own, which needs no root where user namespaces are allowed.
_MOUNT = f'mount -t tmpfs -o size={_DISK} tmpfs "$PRIVACY_BOT_DATA_DIR" && exec "$@"'
NAMESPACE = ("unshare", "--map-root-user", "--mount")
ON_A_SMALL_DISK = (*NAMESPACE, "sh", "-c", _MOUNT, "sh", *SERVE)


def refused(tmp_path: Path, **environment: str) -> str:
    """Start a server that stops by itself, and return the one line that it says."""
    settings = {"PRIVACY_BOT_DATA_DIR": str(tmp_path), "PRIVACY_BOT_PORT": "0", **environment}
    env = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    ended = subprocess.run(SERVE, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith("privacy-bot: ")
    return line


def test_a_missing_data_key(model: Path, tmp_path: Path) -> None:
    """A server does not start over a ledger whose key is missing."""
    database = f"sqlite:///{tmp_path / 'privacy-bot.db'}"
    services = Services.open(Settings(DATABASE_URL=database))
    services.optouts.ledger.record(opt_out())
    assert "PRIVACY_BOT_DATA_KEYS: a key is missing" in refused(tmp_path, **KEYS)


def test_a_newer_schema(model: Path, tmp_path: Path) -> None:
    """A server does not start over tables of a later version."""
    database = f"sqlite:///{tmp_path / 'privacy-bot.db'}"
    Services.open(Settings(DATABASE_URL=database))
    with connect(database).begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")
    assert "Start the newer version again" in refused(tmp_path)


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("DATABASE_URL", "postgresql://127.0.0.1:1/bot", "Look at DATABASE_URL"),
        ("PRIVACY_BOT_DATA_DIR", "/proc/nothing", "set another folder"),
        ("PRIVACY_BOT_OPTOUT_FILE", "/proc/version/file", "PRIVACY_BOT_OPTOUT_FILE: "),
        ("PRIVACY_BOT_PRODCUTION", "1", "Did you mean PRIVACY_BOT_PRODUCTION?"),
    ],
)
def test_a_setting_that_cannot_work(
    model: Path, tmp_path: Path, setting: str, value: str, remedy: str
) -> None:
    """A server does not start with it, and says what to set."""
    assert remedy in refused(tmp_path, **{setting: value})


def test_a_damaged_database(model: Path, tmp_path: Path) -> None:
    """A file that is no database of SQLite is named as damaged."""
    (tmp_path / "privacy-bot.db").write_bytes(b"no database" * 1000)
    assert "Restore a backup" in refused(tmp_path)


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: whole[:-1000]])
def test_a_damaged_model(tmp_path: Path, model: Path, damage: Callable[[bytes], bytes]) -> None:
    """A model that is empty or truncated stops the server, which says how to make it again."""
    copy = tmp_path / model.name
    copy.write_bytes(damage(model.read_bytes()))
    program = (
        "from pathlib import Path; from bot.assistant import trained_model as m; "
        f"m.MODELS_DIR = Path({str(tmp_path)!r}); from bot.cli import main; main()"
    )
    env = {**os.environ, "PRIVACY_BOT_DATA_DIR": str(tmp_path), "PRIVACY_BOT_PORT": "0"}
    ended = subprocess.run(
        [sys.executable, "-c", program, "serve"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    (line,) = ended.stderr.splitlines()
    assert line.endswith("Make it again: privacy-bot train --force")


@pytest.fixture
def cramped(model: Path, tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A server whose data folder is a small disk, and the folder as others can reach it."""
    with serving(tmp_path, ON_A_SMALL_DISK) as server:
        yield server, Path(f"/proc/{server.process.pid}/root{tmp_path}")


def test_a_full_disk_is_told_by_ready(cramped: tuple[Server, Path]) -> None:
    """/ready names cause and remedy while the disk is full, and is itself again afterwards."""
    server, disk = cramped
    with server.client() as client:
        filler = disk / "filler"
        with pytest.raises(OSError, match="No space left"), filler.open("wb", 0) as file:
            while True:
                file.write(bytes(65_536))
        assert "is full" in told(client, 503)
        filler.unlink()
        told(client, 200)
        Shopper(client).say("do you sell my data?")
    assert server.log.read_text().count("not ready: The disk of the database is full") == 1


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ("ro", "PRIVACY_BOT_DATA_DIR: nothing can be written"),
        ("size=16k", "PRIVACY_BOT_DATA_DIR: nothing can be written"),
        ("size=3m", "make room there"),
    ],
)
def test_a_disk_that_cannot_be_used_stops_the_start(
    model: Path, tmp_path: Path, options: str, remedy: str
) -> None:
    """A server does not start on a read-only disk, or on one without room for its files."""
    mounted = f'mount -t tmpfs -o {options} tmpfs "{tmp_path}" && exec "$@"'
    env = {**os.environ, "PRIVACY_BOT_DATA_DIR": str(tmp_path), "PRIVACY_BOT_PORT": "0"}
    command = (*NAMESPACE, "sh", "-c", mounted, "sh", *SERVE)
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    (line,) = ended.stderr.splitlines()
    assert remedy in line


def told(client: httpx.Client, status: int) -> str:
    """Wait until /ready has a status, and return its message."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = client.get("/ready")
        if answer.status_code == status:
            return str(answer.json().get("error", {}).get("message", ""))
        time.sleep(0.2)
    pytest.fail(f"/ready did not become {status}: {answer.text}")


def test_redis_away_is_a_warning_a_minute(model: Path, tmp_path: Path) -> None:
    """Shoppers are answered, and many requests leave one line in the log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"redis://127.0.0.1:{probe.getsockname()[1]}/0"
    limit = {"PRIVACY_BOT_LIMIT_REQUESTS": "100000/minute"}
    with serving(tmp_path, REDIS_URL=nobody, **limit) as server, server.client() as client:
        for _ in range(50):
            assert client.get("/").status_code == 200
        assert server.log.read_text().count("Redis not usable for limits") == 1
