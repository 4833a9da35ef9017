"""Puts the parts of a handoff together, and ends the waits that nobody took."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot import metrics
from bot.database import connect
from bot.handoff.agents import Agents
from bot.handoff.queue import Queue
from bot.handoff.reception import Reception
from bot.keys import Keyring
from bot.privacy.vault import Vault
from bot.settings import Settings
from bot.web.store import ConversationStore

_SECONDS = 5

log = structlog.get_logger()


def people_of(settings: Settings) -> tuple[Queue, Agents]:
    """Return the queue and the agents in the database of the settings, whose schema must be the present one."""
    engine, durable = connect(settings.database), connect(settings.database, durable=True)
    keyring = Keyring(settings.data_keys, "handoff")
    return Queue(engine, durable, keyring), Agents(engine, keyring)


def reception_of(settings: Settings, store: ConversationStore, vault: Vault) -> Reception:
    """Return the reception over the database of the settings, whose schema must be the present one."""
    return Reception(*people_of(settings), store, vault)


async def watch(reception: Reception, waited: timedelta, announce: Callable[[str], None]) -> None:
    """End the waits that nobody took in time, every few seconds; a failure is logged and tried again."""
    while True:
        try:
            for conversation in await asyncio.to_thread(reception.put_back):
                log.info("handoff put back")
                announce(conversation)
            for conversation in await asyncio.to_thread(reception.give_up, waited):
                metrics.handoffs.labels("timed_out").inc()
                log.info("handoff timed out")
                announce(conversation)
        except Exception:
            log.exception("watching handoffs failed")
        await asyncio.sleep(_SECONDS)
