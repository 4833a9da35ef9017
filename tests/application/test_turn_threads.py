"""Tests of the threads in which turns run."""

import asyncio
import threading
import time
from contextvars import ContextVar

import pytest

from bot.application.turn_threads import TurnThreads

_mark: ContextVar[str] = ContextVar("mark")


async def test_a_turn_that_blocks_holds_nobody_up() -> None:
    """The event loop and other turns go on while a turn computes or waits for the database."""
    threads, release = TurnThreads(), threading.Event()

    async def blocked() -> bool:
        """Block the thread, not only its event loop."""
        return release.wait(20)

    async def other() -> int:
        """End at once."""
        return 1

    first = asyncio.create_task(threads.run(blocked))
    await asyncio.sleep(0.01)
    assert await threads.run(other) == 1
    assert not first.done()
    release.set()
    assert await first


async def test_a_turn_can_await() -> None:
    """A turn has an event loop of its own, in the same thread from beginning to end."""

    async def turn() -> tuple[int, int]:
        """Sleep in between."""
        before = threading.get_ident()
        await asyncio.sleep(0.001)
        return before, threading.get_ident()

    before, after = await TurnThreads().run(turn)
    assert before == after != threading.get_ident()


async def test_an_error_comes_back() -> None:
    """An error of a turn is raised to its caller, and its thread goes on."""
    threads = TurnThreads()

    async def failing() -> None:
        """Fail."""
        raise ValueError("no")

    for _ in range(3):
        with pytest.raises(ValueError, match="no"):
            await threads.run(failing)


async def test_the_context_goes_along() -> None:
    """Each turn sees the context variables of its own caller."""

    async def read() -> str:
        """Return the mark."""
        time.sleep(0)
        return _mark.get()

    threads = TurnThreads()
    for mark in ("here", "there"):
        _mark.set(mark)
        assert await threads.run(read) == mark
