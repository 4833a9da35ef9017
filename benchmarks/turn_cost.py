"""Measure the processor time of a turn over HTTP, and what the process holds after it.

    .venv/bin/python benchmarks/turn_cost.py [TURNS] [CLIENTS]

A server starts with an empty data folder. Every eighth turn begins a new conversation. The time is
that of the server's process alone, in all its threads, so that other load of the machine hardly
counts.
"""

import concurrent.futures
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlparse

from serving import Server, ours

TURNS, CLIENTS = 800, 1
WARM = 80  # turns before the measurement
QUESTIONS = (
    "hello",
    "do you sell my data?",
    "what are cookies",
    "is my credit card encrypted",
    "when is support open on saturday",
    "who do you share my address with",
    "how do i contact you",
    "thanks",
)


def processor_seconds(process: int) -> float:
    """Return the processor time of a process so far, of all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def talk(server: Server, turns: int) -> list[float]:
    """Take turns with a server, a conversation for every eight; return their milliseconds."""
    address = urlparse(server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)

    def post(path: str, body: dict[str, str], token: str = "") -> dict:
        """Send JSON and return the response."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        connection.request("POST", f"/webhooks/storefront/{path}", json.dumps(body), headers)
        response = connection.getresponse()
        content = json.loads(response.read())
        if response.status not in (200, 201):
            sys.exit(f"{response.status}: {content}")
        return content

    times, token = [], ""
    for number in range(turns):
        if number % len(QUESTIONS) == 0:
            token = post("session", {})["token"]
        started = time.perf_counter()
        post("messages", {"text": QUESTIONS[number % len(QUESTIONS)]}, token)
        times.append(1000 * (time.perf_counter() - started))
    return times


def main() -> None:
    """Measure and print."""
    given = [int(word) for word in sys.argv[1:]]
    turns, clients = [*given, *(TURNS, CLIENTS)[len(given) :]]
    with tempfile.TemporaryDirectory() as folder:
        server = ours(Path(folder))
        try:
            talk(server, WARM)
            used, started = processor_seconds(server.process.pid), time.perf_counter()
            with concurrent.futures.ThreadPoolExecutor(clients) as threads:
                parts = threads.map(lambda _: talk(server, turns // clients), range(clients))
                times = sorted(one for part in parts for one in part)
            seconds = time.perf_counter() - started
            used = processor_seconds(server.process.pid) - used
            print(
                f"clients {clients}, turns {len(times)}: {len(times) / seconds:.0f} turns/s, "
                f"processor {1000 * used / len(times):.2f} ms a turn, "
                f"median {statistics.median(times):.1f} ms, "
                f"p95 {times[int(0.95 * len(times))]:.1f} ms, "
                f"resident {server.megabytes:.0f} MB, ready {server.seconds_to_ready:.1f} s"
            )
        finally:
            server.stop()


if __name__ == "__main__":
    main()
