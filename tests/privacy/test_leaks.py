"""Tests that no personal data is stored anywhere.

They hold hundreds of conversations through the real channel, with faults, and then read every byte
that was written.
"""

import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import BASE, Server, new_postgres_database, serving, start_server
from tests.privacy.personal import Person, halves, messages, person, stands_in, traces

CONVERSATIONS = {"sqlite": 120, "postgresql": 40}
SCRIPT = str(Path(__file__).with_name("faulty_server.py"))


def start_faulty(data_dir: Path, *arguments: str, **environment: str) -> Server:
    """Start the faulty server with debug logs."""
    settings = {"PRIVACY_BOT_LOG_LEVEL": "debug", "PRIVACY_BOT_TURN_SECONDS": "0.5", **environment}
    return start_server(data_dir, command=[sys.executable, SCRIPT, *arguments], **settings)


def converse(server: Server, number: int) -> tuple[Person, Counter[int], bool]:
    """Hold one conversation and type a person's data in it.

    Returns the person, the counts of HTTP statuses, and True if a number was typed in two halves
    and the second half was answered.
    """
    chance = random.Random(number)
    somebody = person(number, chance)
    statuses: Counter[int] = Counter()
    answered_second_half = False
    with server.client() as client:
        opened = client.post(f"{BASE}/session")
        while opened.status_code != 201:
            statuses[opened.status_code] += 1
            opened = client.post(f"{BASE}/session")
        headers = {"Authorization": f"Bearer {opened.json()['token']}"}
        for place, text in enumerate(messages(somebody, chance, 4)):
            body: dict[str, str] = {"text": text, "client_id": f"{number}-{place}"}
            for _ in range(5):  # as a widget would
                answer = client.post(f"{BASE}/messages", json=body, headers=headers)
                statuses[answer.status_code] += 1
                if answer.status_code in (200, 410):
                    answered_second_half |= text == halves(somebody)[1]
                    break
            if chance.random() < 0.1:
                broken = f'{{"text": "{text}", "client_id": '.encode()
                statuses[
                    client.post(f"{BASE}/messages", content=broken, headers=headers).status_code
                ] += 1
            if chance.random() < 0.1:
                wrong = {"Authorization": f"Bearer {somebody.values['email']}"}
                statuses[
                    client.get(
                        f"{BASE}/transcript?about={somebody.values['email']}", headers=wrong
                    ).status_code
                ] += 1
        client.get(f"{BASE}/transcript", headers=headers)
        if chance.random() < 0.1:
            client.delete(f"{BASE}/session", headers=headers)
    return somebody, statuses, answered_second_half


def found_in(places: dict[str, bytes], people: list[Person]) -> list[str]:
    """Return the places that hold a trace of a person."""
    wanted = [trace for one in people for trace in traces(one)]
    return [
        f"{trace!r} in {place}"
        for place, content in places.items()
        for trace in wanted
        if stands_in(content, trace)
    ]


def everything_written(folder: Path, since: float = 0) -> dict[str, bytes]:
    """Return the content of each file below a folder that was written to since a time.

    A PostgreSQL cluster has hundreds of other files.
    """
    written = [
        path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime >= since
    ]
    return {str(path.relative_to(folder)): path.read_bytes() for path in written}


@dataclass(frozen=True)
class Held:
    """Result of the conversations; ``in_halves`` has the persons with a number typed in halves."""

    people: list[Person]
    in_halves: list[Person]
    statuses: Counter[int]
    figures: bytes


def run(server: Server, count: int) -> Held:
    """Hold conversations, eight at a time, and stop the server."""
    try:
        with ThreadPoolExecutor(8) as pool:
            held = list(pool.map(lambda number: converse(server, number), range(count)))
        figures = httpx.get(f"{server.url}/metrics").content
    finally:
        server.process.terminate()
        server.process.wait(timeout=20)
    statuses = sum((statuses for _, statuses, _ in held), Counter())
    return Held(
        [one for one, _, _ in held], [one for one, _, split in held if split], statuses, figures
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, model: Path, tmp_path: Path) -> tuple[Server, Path, int]:
    """Faulty server, the folder of everything that it stores, and the number of conversations."""
    if request.param == "sqlite":
        return start_faulty(tmp_path), tmp_path, CONVERSATIONS["sqlite"]
    cluster = request.getfixturevalue("postgres_folder")
    database = new_postgres_database(request.getfixturevalue("postgres"))
    return start_faulty(tmp_path, DATABASE_URL=database), cluster, CONVERSATIONS["postgresql"]


def test_nothing_personal_is_kept_anywhere(kept: tuple[Server, Path, int]) -> None:
    """After hundreds of conversations with faults, databases, logs and metrics hold no value."""
    server, folder, conversations = kept
    began = time.time()
    held = run(server, conversations)
    statuses = held.statuses
    log = server.log.read_bytes()
    places = {**everything_written(folder, began), "server.log": log, "/metrics": held.figures}
    assert statuses[200] >= 3 * conversations  # most messages were answered
    assert statuses[500] > 5  # and the faults did happen
    assert statuses[503] > 0
    assert statuses[400] > 0
    assert b"RuntimeError" in log
    assert sum(map(len, places.values())) > 100_000
    assert found_in(places, held.people) == []
    if folder == server.data_dir:  # PostgreSQL overwrites by its own vacuum, later
        assert len(held.in_halves) > 10
        assert [
            half
            for one in held.in_halves
            for half in halves(one)
            for file in places.values()
            if stands_in(file, half.encode())
        ] == []


def test_numbers_typed_in_two_halves_are_gone_from_the_disk(model: Path, tmp_path: Path) -> None:
    """Once both halves of a card number are sent, neither is in the database or its log."""
    with serving(tmp_path) as server, server.client() as client:
        token = client.post(f"{BASE}/session").json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        for text in ("my card is 45391488", "03436467"):
            assert (
                client.post(f"{BASE}/messages", json={"text": text}, headers=headers).status_code
                == 200
            )
        places = everything_written(tmp_path)
    assert [
        name for name, content in places.items() if b"45391488" in content or b"03436467" in content
    ] == []


def test_a_leak_would_be_found(model: Path, tmp_path: Path) -> None:
    """With recognition switched off the same search finds values, so the test can fail."""
    held = run(start_faulty(tmp_path, "leak"), 10)
    found = found_in(everything_written(tmp_path), held.people)
    assert any("privacy-bot.db" in place for place in found)
