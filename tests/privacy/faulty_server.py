"""The real server with faults: run by ``test_leaks``, in a process of its own.

Something raises with the visitor's text in its message, hangs, or loses the database, in a few of a hundred cases. With the
argument ``leak`` nothing is recognised as personal data, to show that the test would notice.
"""

import asyncio
import random
import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot import assistant
from bot.settings import settings

chance = random.Random(7)


def happens(percent: float) -> bool:
    """Return whether a fault happens now."""
    return chance.random() < percent / 100


def break_responses() -> None:
    """Let what composes the answers fail, quoting what was said, or hang for longer than a turn may take."""
    from bot.dialogue.responses import PolicyResponses

    generate = PolicyResponses.generate

    async def faulty(self: Any, utter_action: str, tracker: Any, *rest: Any, **more: Any) -> Any:
        said = tracker.latest_message.text if tracker.latest_message else ""
        if happens(4):
            raise RuntimeError(f"cannot answer {said!r}")
        if happens(1):
            await asyncio.sleep(settings().turn_seconds * 1.5)
        return await generate(self, utter_action, tracker, *rest, **more)

    PolicyResponses.generate = faulty  # type: ignore[method-assign]


def break_understanding() -> None:
    """Let a component of the pipeline fail, quoting the message."""
    from bot.nlu.decision import Decision

    process = Decision.process

    def faulty(self: Any, messages: Any) -> Any:
        if happens(6):  # of all faults the one that is answered with 500
            raise ValueError(f"cannot understand {[message.get('text') for message in messages]}")
        return process(self, messages)

    Decision.process = faulty  # type: ignore[method-assign]


def break_database() -> None:
    """Let a statement fail now and then, with its parameters in the error, as a driver's would."""

    @sa.event.listens_for(Engine, "before_cursor_execute")
    def faulty(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and happens(1.5):
            raise OperationalError(statement, parameters, RuntimeError(f"database is gone: {parameters}"))


if __name__ == "__main__":
    assistant.prepare()
    import bot.intake
    from bot.server import serve

    if "leak" in sys.argv:
        bot.intake.find = lambda text: []
    break_responses()
    break_understanding()
    break_database()
    serve(settings())
