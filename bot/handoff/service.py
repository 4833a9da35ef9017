"""Puts the parts of handing over together, over the database and the desks of the settings, and keeps them at work."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot import metrics
from bot.database import connect
from bot.handoff.agents import Agents
from bot.handoff.chain import Chain
from bot.handoff.desks import Desk
from bot.handoff.desks.chatwoot import Chatwoot
from bot.handoff.desks.mail import Mail
from bot.handoff.desks.webhook import Webhook
from bot.handoff.desks.zendesk import Zendesk
from bot.handoff.dispatch import Dispatcher
from bot.handoff.listening import Listener
from bot.handoff.model import EMBEDDED
from bot.handoff.reception import Reception
from bot.handoff.records import Records
from bot.keys import Keyring
from bot.privacy.vault import Vault
from bot.settings import Settings, SettingsError
from bot.web.store import ConversationStore

_WATCH_SECONDS = 5
_LOOK_SECONDS = 0.5
LISTEN_SECONDS = 20
_WORKERS = 2  # of each desk: a case that is slow to tell does not keep a chat waiting

log = structlog.get_logger()


@dataclass(frozen=True)
class People:
    """All about handing over."""

    records: Records
    agents: Agents
    chain: Chain

    @classmethod
    def of(cls, settings: Settings) -> "People":
        """Return them over the database of the settings, whose schema must be the present one; raises SettingsError."""
        engine, durable = connect(settings.database), connect(settings.database, durable=True)
        keyring = Keyring(settings.data_keys, "handoff")
        agents = Agents(engine, keyring)
        return cls(Records(engine, durable, keyring), agents, Chain(settings.handoff_desks, desks_of(settings), agents))

    def reception(self, store: ConversationStore, vault: Vault) -> Reception:
        """Return the reception, which looks after the shopper's side."""
        return Reception(self.records, self.agents, self.chain, store, vault)


def desks_of(settings: Settings) -> dict[str, Desk]:
    """Return the desks of others among the ways of the settings; raises SettingsError for one that lacks a setting."""
    made: dict[str, Callable[[], Desk]] = {
        "chatwoot": lambda: Chatwoot(
            settings.chatwoot_url,
            settings.chatwoot_account,
            settings.chatwoot_inbox,
            settings.chatwoot_bot_token,
            settings.chatwoot_user_token,
            settings.chatwoot_webhook_secret,
        ),
        "zendesk": lambda: Zendesk(settings.zendesk_url, settings.zendesk_email, settings.zendesk_token),
        "mail": lambda: Mail(settings.handoff_smtp_url),
        "webhook": lambda: Webhook(settings.handoff_webhook_url, settings.handoff_webhook_secret),
    }
    try:
        return {name: made[name]() for name in settings.handoff_desks if name != EMBEDDED}
    except ValueError as error:  # only a mailbox is parsed
        raise SettingsError(f"PRIVACY_BOT_HANDOFF_SMTP_URL: {error}") from None


async def watch(reception: Reception, waited: timedelta, announce: Callable[[str], None]) -> None:
    """End the waits that nobody took in time, every few seconds; a failure is logged and tried again."""
    while True:
        try:
            for conversation in await asyncio.to_thread(reception.put_back):
                log.info("handoff put back")
                announce(conversation)
            for conversation in await asyncio.to_thread(reception.give_up, waited):
                log.info("handoff timed out")
                announce(conversation)
            for conversation in await asyncio.to_thread(reception.end_idle):
                log.info("idle handoff ended")
                announce(conversation)
            metrics.waiting.set(await asyncio.to_thread(reception.queue.waiting))
        except Exception:
            log.exception("watching handoffs failed")
        await asyncio.sleep(_WATCH_SECONDS)


async def dispatch(people: People, reception: Reception, store: ConversationStore, announce: Callable[[str], None]) -> None:
    """Tell desks of others what they do not know yet, again and again."""
    dispatcher = Dispatcher(people.records, people.chain, store, reception.revealed)
    desks = [desk for desk in people.chain.desks for _ in range(_WORKERS)]
    threads = ThreadPoolExecutor(len(desks) + 1)  # of its own: desks that hang do not keep what shoppers and agents say waiting
    try:
        await asyncio.gather(
            _leave_strangers(dispatcher, threads), *(_dispatch_to(dispatcher, threads, desk, announce) for desk in desks)
        )
    finally:
        dispatcher.stop()
        threads.shutdown(wait=False)


async def listen(people: People, reception: Reception, announce: Callable[[str], None]) -> None:
    """Read what desks of others have not told, now and again and again."""
    listener = Listener(people.chain, reception.work, reception)
    if not listener.desks:
        return
    threads = ThreadPoolExecutor(len(listener.desks))  # of its own, as above
    try:
        await asyncio.gather(*(_listen_to(listener, threads, desk, announce) for desk in listener.desks))
    finally:
        threads.shutdown(wait=False)


async def _listen_to(listener: Listener, threads: Executor, desk: str, announce: Callable[[str], None]) -> None:
    while True:
        try:
            for conversation in await asyncio.get_running_loop().run_in_executor(threads, listener.listen, desk):
                announce(conversation)
        except Exception:
            log.exception("listening to a desk failed", desk=desk)
        await asyncio.sleep(LISTEN_SECONDS)


async def _leave_strangers(dispatcher: Dispatcher, threads: Executor) -> None:
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(threads, dispatcher.leave_strangers)
            return
        except Exception:
            log.exception("leaving desks that are not configured failed")
        await asyncio.sleep(_WATCH_SECONDS)


async def _dispatch_to(dispatcher: Dispatcher, threads: Executor, desk: str, announce: Callable[[str], None]) -> None:
    while True:
        try:
            for conversation in await asyncio.get_running_loop().run_in_executor(threads, dispatcher.run, desk):
                announce(conversation)
        except Exception:
            log.exception("telling a desk failed", desk=desk)
        await asyncio.sleep(_LOOK_SECONDS)
