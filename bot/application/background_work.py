"""Background work: all jobs that run beside the turns of a server, and are started here alone."""

import asyncio
from collections.abc import Callable

import structlog

from bot.application.heartbeat import BEAT_SECONDS, ClockJumped
from bot.application.retention import expire
from bot.application.services import Services
from bot.background import every

_COUNT_SECONDS = 10

log = structlog.get_logger()


async def run_background_work(services: Services, announce: Callable[[str], None]) -> None:
    """Run all jobs until cancelled.

    ``announce`` is called with each conversation in which the shopper has news.

    - Counts of what shoppers ask are stored.
    - The heartbeat proves that the database can be written to.
    - Retention deletes what has been kept for long enough.
    - Delivery tells the receivers of opt-outs.
    - The handoff workers end waits, tell external help desks, and read their answers.
    """

    async def retention() -> None:
        try:
            await asyncio.to_thread(expire, services)
        except ClockJumped as error:  # a line of ours, with dates only
            log.error(f"retention stopped: {error}")

    async def beat() -> None:
        await asyncio.to_thread(services.heartbeat.beat)

    async def count() -> None:
        await asyncio.to_thread(services.questions.flush)

    async with asyncio.TaskGroup() as jobs:  # one that fails ends the others, so all begin again
        minutes = services.settings.housekeeping_minutes
        jobs.create_task(every(BEAT_SECONDS, "heartbeat", beat))
        jobs.create_task(every(_COUNT_SECONDS, "question counts", count))
        jobs.create_task(every(minutes * 60, "retention", retention))
        jobs.create_task(services.optouts.deliver())
        jobs.create_task(services.handoff_workers().run(announce))
