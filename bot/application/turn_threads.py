"""Threads in which turns run, so that none keeps the others, or the server's own calls, waiting.

A turn reads and writes the database and computes; each of these would hold the event loop up. So a
turn runs in a thread of its own, from its beginning to its end, with an event loop for what it
awaits.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import Any, TypeVar

_Result = TypeVar("_Result")

# Turns that run at once. More than the processor has cores, because a turn may wait for an action
# in another process; more than these wait for one of them to end.
_MOST = 64


class TurnThreads:
    """Pool of threads, each with its own event loop."""

    def __init__(self) -> None:
        """Start no thread yet."""
        self._pool = ThreadPoolExecutor(_MOST, thread_name_prefix="turn")
        self._own = threading.local()

    async def run(self, turn: Callable[[], Coroutine[Any, Any, _Result]]) -> _Result:
        """Run a turn in a thread, and return what it returns."""
        context = copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._run, turn, context)

    def _run(self, turn: Callable[[], Coroutine[Any, Any, _Result]], context: Context) -> _Result:
        if not hasattr(self._own, "runner"):
            self._own.runner = asyncio.Runner()
        runner: asyncio.Runner = self._own.runner
        return runner.run(turn(), context=context)  # else the context of the first turn
