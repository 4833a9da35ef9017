"""The real server with faults: ``test_leaks`` runs it in its own process.

In a few of a hundred cases a component raises an error with the shopper's text in its message,
or hangs, or loses the database. With the argument ``leak`` nothing is recognised as personal
data; this shows that the test would notice a leak.
"""

import asyncio
import random
import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.assistant import trained_model
from bot.settings import settings

chance = random.Random(7)


def happens(percent: float) -> bool:
    """Return whether a fault happens now; ``percent`` is its probability."""
    return chance.random() < percent / 100


def break_responses() -> None:
    """Let the response generator fail, quoting the text, or hang longer than a turn may take."""
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
    """Let a component of the NLU pipeline fail, quoting the message."""
    from bot.nlu.decision import Decision

    process = Decision.process

    def faulty(self: Any, messages: Any) -> Any:
        if happens(6):  # the only fault that is answered with 500
            raise ValueError(f"cannot understand {[message.get('text') for message in messages]}")
        return process(self, messages)

    Decision.process = faulty  # type: ignore[method-assign]


def break_database() -> None:
    """Let some statements fail with their parameters in the error, as a driver's errors do."""

    @sa.event.listens_for(Engine, "before_cursor_execute")
    def faulty(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and happens(1.5):
            raise OperationalError(
                statement, parameters, RuntimeError(f"database is gone: {parameters}")
            )


if __name__ == "__main__":
    trained_model.prepare()
    import bot.conversations.intake
    from bot.web.app import serve

    if "leak" in sys.argv:
        bot.conversations.intake.find = lambda text: []
    break_responses()
    break_understanding()
    break_database()
    serve(settings())
