"""Tests of the counts of what shoppers ask, on SQLite and on PostgreSQL."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.conversations.question_counts import Count, QuestionCounts

MONDAY = date(2026, 11, 23)
SUNDAY_NIGHT = datetime(2026, 11, 30, 5, tzinfo=UTC)  # still Sunday in Chicago


def test_counts_of_two_processes_are_added(engine: Engine) -> None:
    """Messages are counted by week, topic and outcome, and those of several processes together."""
    with time_machine.travel(SUNDAY_NIGHT, tick=False):
        for counts in (QuestionCounts(engine), QuestionCounts(engine)):
            counts.add("answered", ["cookies", "selling", "cookies"])
            counts.add("clarify", [])
            counts.flush()
            counts.flush()
    stored = QuestionCounts(engine).since(MONDAY)
    assert Count(MONDAY, "topic", "cookies", 2) in stored
    assert Count(MONDAY, "outcome", "clarify", 2) in stored
    assert len(stored) == 4
    assert QuestionCounts(engine).since(date(2026, 11, 24)) == []


def test_what_could_not_be_stored_is_kept(engine: Engine) -> None:
    """If the database breaks, the counts are stored the next time."""
    counts = QuestionCounts(engine)
    counts.add("answered", ["cookies"])
    with engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE question_counts RENAME TO away")
    with pytest.raises(SQLAlchemyError):
        counts.flush()
    with engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE away RENAME TO question_counts")
    counts.flush()
    assert {one.name for one in counts.since(date(2000, 1, 1))} == {"answered", "cookies"}
