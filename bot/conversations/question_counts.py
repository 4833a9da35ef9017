"""Counts of what shoppers ask: a number for each week and topic, and nothing about a person.

They outlive the conversations. A server collects them in memory and stores them every few seconds,
so that no turn waits for them; a process that dies loses those of its last seconds.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.database import metadata, transaction
from bot.policy.store import store

question_counts = sa.Table(
    "question_counts",
    metadata,
    sa.Column("week", sa.Date, primary_key=True),  # its Monday
    sa.Column("kind", sa.String(10), primary_key=True),  # topic | outcome
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
_ADD = """
INSERT INTO question_counts (week, kind, name, count) VALUES (:week, :kind, :name, :count)
ON CONFLICT (week, kind, name) DO UPDATE SET count = question_counts.count + excluded.count
"""


@dataclass(frozen=True)
class Count:
    """Number of messages about a topic, or with an outcome, in a week."""

    week: date
    kind: str
    name: str
    count: int


class QuestionCounts:
    """Table of the counts, and what this process has not stored yet."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._collected: Counter[tuple[date, str, str]] = Counter()

    def add(self, outcome: str, topics: Iterable[str]) -> None:
        """Count a message by its outcome and its topics."""
        today = store().today()
        week = today - timedelta(days=today.weekday())
        with self._lock:
            self._collected[week, "outcome", outcome] += 1
            self._collected.update((week, "topic", topic) for topic in set(topics))

    def flush(self) -> None:
        """Store what was counted since the last time; it is kept if that fails."""
        with self._lock:
            collected, self._collected = self._collected, Counter()
        if not collected:
            return
        add = sa.text(_ADD).bindparams(sa.bindparam("week", type_=sa.Date))
        # in one order, so that two processes cannot wait for each other
        rows = [
            {"week": week, "kind": kind, "name": name, "count": count}
            for (week, kind, name), count in sorted(collected.items())
        ]
        try:
            with transaction(self._engine) as db:
                db.execute(add, rows)
        except Exception:
            with self._lock:
                self._collected.update(collected)
            raise

    def since(self, day: date) -> list[Count]:
        """Return the stored counts of the weeks that begin on a day or after it."""
        wanted = sa.select(question_counts).where(question_counts.c.week >= day)
        ordered = wanted.order_by(*question_counts.primary_key.columns)
        with transaction(self._engine) as db:
            return [Count(*row) for row in db.execute(ordered)]
