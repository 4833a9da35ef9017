"""``privacy-bot learn``: exports unanswered questions as training data to label."""

import sys
from datetime import date, datetime, time
from pathlib import Path

from bot.assistant.trained_model import prepare
from bot.cli.errors import CommandError
from bot.settings import settings


def learn(since: str | None, output: Path | None) -> None:
    """Write the unanswered messages as YAML to label, and print how many there are.

    A message is unanswered if the bot asked back or took it for out of scope. Raises CommandError
    if ``since`` is not a day.
    """
    begin = _timestamp(since) if since else None
    prepare(lean=False)
    from bot.assistant.tracker_store import ForgettingTrackerStore
    from bot.evaluation.missed import as_nlu, grouped

    groups = grouped(ForgettingTrackerStore(host=settings().database).missed(begin))
    if output is None:
        print(as_nlu(groups), end="")
    else:
        output.write_text(as_nlu(groups), encoding="utf-8")
    where = f" to {output}" if output else ""
    messages = sum(group.times for group in groups)
    print(
        f"{messages} messages in {len(groups)} groups{where}. "
        "Put an intent on each: see data/nlu/README.md.",
        file=sys.stderr,
    )


def _timestamp(since: str) -> float:
    try:
        return datetime.combine(date.fromisoformat(since), time()).timestamp()
    except ValueError:
        raise CommandError(f"--since {since} is not a day: write it as 2026-11-30.") from None
