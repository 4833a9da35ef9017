"""Deletes what has been kept for long enough: in the server every few minutes, and on demand."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from actions.ledger import keeping
from actions.services import Services
from bot import metrics
from bot.memory import Memory
from bot.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True)
class Expired:
    """How much was deleted, and whether it is wiped from the disk as well."""

    conversations: int
    values: int  # of the vault
    optouts: int  # records of the ledger
    wiped: bool = True

    def counts(self) -> dict[str, int]:
        """Return what was deleted, by its name."""
        return {"conversations": self.conversations, "values": self.values, "optouts": self.optouts}


def expire(memory: Memory, works: Services, settings: Settings) -> Expired:
    """Delete what has expired; may be repeated, and run by several processes at once."""
    values = memory.vault.expire()
    conversations = memory.expire_conversations(timedelta(days=settings.conversation_days))
    optouts = keeping.expire(works.durable, works.keyring, timedelta(days=settings.optout_days))
    expired = Expired(conversations, values, optouts, memory.wipe())
    for what, count in expired.counts().items():
        metrics.expired.labels(what).inc(count)
    return expired


async def keep_house(memory: Memory, works: Services, settings: Settings) -> None:
    """Delete what has expired, now and every ``housekeeping_minutes``; a failure is logged and tried again."""
    while True:
        try:
            expired = await asyncio.to_thread(expire, memory, works, settings)
            if any(expired.counts().values()):
                log.info("retention", **expired.counts())
        except Exception:
            log.exception("retention failed")
        await asyncio.sleep(settings.housekeeping_minutes * 60)
