"""Deletes what has been kept for long enough: in the server every few minutes, and on demand."""

import asyncio
import contextlib
from dataclasses import astuple, dataclass
from datetime import timedelta

import structlog

from bot import metrics
from bot.memory import Memory, StillOnDisk
from bot.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True)
class Expired:
    """How much was deleted."""

    conversations: int
    values: int  # of the vault


def expire(memory: Memory, settings: Settings) -> Expired:
    """Delete what has expired; may be repeated, and run by several processes at once."""
    expired = Expired(
        conversations=memory.expire_conversations(timedelta(days=settings.conversation_days)),
        values=memory.vault.expire(),
    )
    with contextlib.suppress(StillOnDisk):  # the next run wipes it
        memory.wipe()
    for what, count in vars(expired).items():
        metrics.expired.labels(what).inc(count)
    return expired


async def keep_house(memory: Memory, settings: Settings) -> None:
    """Delete what has expired, now and every ``housekeeping_minutes``; a failure is logged and tried again."""
    while True:
        try:
            expired = await asyncio.to_thread(expire, memory, settings)
            if any(astuple(expired)):
                log.info("retention", **vars(expired))
        except Exception:
            log.exception("retention failed")
        await asyncio.sleep(settings.housekeeping_minutes * 60)
