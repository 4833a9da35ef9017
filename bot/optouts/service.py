"""Opt-out service: the ledger with its outbox and its receivers, created from the settings."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Self

import structlog
from sqlalchemy.engine import Engine

from bot import metrics
from bot.background import every
from bot.keys import Keyring
from bot.optouts.delivery import DeliveryWorker
from bot.optouts.ledger import Ledger
from bot.optouts.model import Recorded, Request
from bot.optouts.outbox import Outbox
from bot.optouts.receivers import FileReceiver, MailReceiver, Receiver, WebhookReceiver
from bot.policy.document import load
from bot.settings import Settings, SettingsError

_DELIVERY_SECONDS = 2

log = structlog.get_logger()


class OptOutService:
    """Service that records opt-outs and delivers them; all channels record through it."""

    def __init__(
        self, engine: Engine, durable: Engine, keyring: Keyring, receivers: Mapping[str, Receiver]
    ) -> None:
        """Read with ``engine`` and write with ``durable``.

        Both are engines of the same database, with the current schema.
        """
        self.engine = engine
        self.durable = durable
        self.keyring = keyring
        self.receivers = receivers
        self.ledger = Ledger(engine, durable, keyring, load().version, tuple(receivers))
        self.outbox = Outbox(engine, durable)

    @classmethod
    def of(cls, settings: Settings, engine: Engine, durable: Engine) -> Self:
        """Return the service for the settings; raises SettingsError for a wrong receiver."""
        return cls(engine, durable, Keyring(settings.data_keys, "ledger"), receivers_of(settings))

    async def record(self, request: Request) -> Recorded:
        """Record a request in a worker thread, and count it if it is new; raises NotRecorded."""
        recorded = await asyncio.to_thread(self.ledger.record, request)
        if recorded.new:
            for kind in request.kinds:
                metrics.optouts.labels(str(request.action), str(kind), str(request.channel)).inc()
        return recorded

    async def deliver(self) -> None:
        """Deliver the messages of the outbox, every few seconds, until cancelled.

        Each receiver has its own job, so that a slow one does not delay the others.
        """
        worker = DeliveryWorker(self.ledger, self.outbox, self.receivers)
        if unconfigured := await asyncio.to_thread(
            self.outbox.give_up_unconfigured, list(self.receivers)
        ):
            log.warning("opt-outs not delivered: no such receiver", messages=unconfigured)

        def job(receiver: str) -> Callable[[], Awaitable[None]]:
            """Return a job that delivers all due messages to one receiver."""

            async def run() -> None:
                await asyncio.to_thread(worker.run, receiver)

            return run

        try:
            jobs = (
                every(_DELIVERY_SECONDS, f"delivery to {name}", job(name))
                for name in self.receivers
            )
            await asyncio.gather(*jobs)
        finally:
            worker.stop()


def receivers_of(settings: Settings) -> dict[str, Receiver]:
    """Return the receivers of the settings, by name; raises SettingsError for a wrong address."""
    receivers: dict[str, Receiver] = {}
    if settings.optout_webhook_url:
        if not settings.optout_webhook_url.startswith(("https://", "http://")):
            raise SettingsError(
                "PRIVACY_BOT_OPTOUT_WEBHOOK_URL: must begin with https:// (or http://)"
            )
        receivers["webhook"] = WebhookReceiver(
            settings.optout_webhook_url, settings.optout_webhook_secret
        )
    if settings.optout_smtp_url:
        try:
            receivers["mail"] = MailReceiver(settings.optout_smtp_url)
        except ValueError as error:
            raise SettingsError(f"PRIVACY_BOT_OPTOUT_SMTP_URL: {error}") from None
    if settings.optout_file:
        receivers["file"] = FileReceiver(Path(settings.optout_file))
    return receivers
