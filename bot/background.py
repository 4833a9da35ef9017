"""Background work: jobs that are done again and again while a server runs."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()


async def every(seconds: float, name: str, job: Callable[[], Awaitable[None]]) -> None:
    """Run a job again and again, with a pause of so many seconds, until it is cancelled.

    A failure is logged under the name of the job, and the job is tried again after the pause.
    """
    while True:
        try:
            await job()
        except Exception:
            log.exception("background job failed", job=name)
        await asyncio.sleep(seconds)
