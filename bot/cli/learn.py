"""``privacy-bot learn``: how the bot gets better after launch."""

import sys
from datetime import date, datetime, time
from pathlib import Path

from bot.assistant import prepare
from bot.cli.errors import CommandError
from bot.settings import settings


def learn(since: str | None, output: Path | None) -> None:
    """Write the messages that were asked back or refused as YAML to label, and say how many there are."""
    begin = _moment(since) if since else None
    prepare(lean=False)
    from bot.learning import as_nlu, grouped
    from bot.tracker import ForgettingTrackerStore

    groups = grouped(ForgettingTrackerStore(host=settings().database).missed(begin))
    if output is None:
        print(as_nlu(groups), end="")
    else:
        output.write_text(as_nlu(groups), encoding="utf-8")
    where = f" to {output}" if output else ""
    messages = sum(group.times for group in groups)
    print(
        f"{messages} messages in {len(groups)} groups{where}. Put an intent on each: see data/nlu/README.md.", file=sys.stderr
    )


def _moment(since: str) -> float:
    try:
        return datetime.combine(date.fromisoformat(since), time()).timestamp()
    except ValueError:
        raise CommandError(f"--since {since} is not a day: write it as 2026-11-30.") from None
