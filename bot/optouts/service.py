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
from bot.optouts.casework import Casework
from bot.optouts.delivery import DeliveryWorker
from bot.optouts.ledger import SHOPPER_MAIL, Ledger
from bot.optouts.links import ConfirmationLinks
from bot.optouts.model import Channel, OptOutKind, Receipt, Record, Request
from bot.optouts.outbox import Outbox
from bot.optouts.receivers import FileReceiver, MailReceiver, Receiver, WebhookReceiver
from bot.optouts.search import Search
from bot.optouts.shopper_mail import ShopperMail
from bot.optouts.unanswered import Unanswered
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

        Both are engines of the same database, with the current schema. The receiver SHOPPER_MAIL
        asks shoppers for confirmations; all others are told of every request.
        """
        self.engine = engine
        self.durable = durable
        self.keyring = keyring
        self.receivers = receivers
        told = [name for name in receivers if name != SHOPPER_MAIL]
        self.ledger = Ledger(engine, durable, keyring, load().version, told, self.confirms_by_mail)
        self.search = Search(engine, keyring)
        self.casework = Casework(engine, keyring)
        self.outbox = Outbox(engine, durable)
        self.unanswered = Unanswered(engine)

    @classmethod
    def of(cls, settings: Settings, engine: Engine, durable: Engine) -> Self:
        """Return the service for the settings; raises SettingsError for a wrong receiver."""
        return cls(engine, durable, Keyring(settings.data_keys, "ledger"), receivers_of(settings))

    @property
    def confirms_by_mail(self) -> bool:
        """Return whether an opt-in is confirmed by a link in a mail; else the office does it."""
        return SHOPPER_MAIL in self.receivers

    async def record(self, request: Request) -> Receipt:
        """Record a request in a worker thread, and count it if it is new.

        Raises what ``Ledger.record`` raises.
        """
        receipt = await asyncio.to_thread(self.ledger.record, request)
        if receipt.new:
            _count(str(request.action), request.kinds, request.channel)
        return receipt

    async def take_back(
        self, reference: str, holder: str, kinds: frozenset[OptOutKind] | None = None
    ) -> Receipt:
        """Take back what a holder recorded, in a worker thread, and count it if it changes.

        Raises what ``Ledger.take_back`` raises.
        """
        receipt = await asyncio.to_thread(self.ledger.take_back, reference, holder, kinds)
        if receipt.new:
            _count("take_back", kinds or receipt.kinds, receipt.channel)
        return receipt

    async def confirm(self, reference_or_id: str, how: str) -> Record:
        """Give effect to an opt-in, in a worker thread; raises what ``Ledger.confirm`` raises."""
        return await asyncio.to_thread(self.ledger.confirm, reference_or_id, how)

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


def _count(action: str, kinds: frozenset[OptOutKind], channel: Channel) -> None:
    for kind in kinds:
        metrics.optouts.labels(action, str(kind), str(channel)).inc()


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
        try:
            receivers["file"] = FileReceiver(Path(settings.optout_file))
        except ValueError as error:
            raise SettingsError(f"PRIVACY_BOT_OPTOUT_FILE: {error}") from None
    if settings.shopper_smtp_url:
        links = ConfirmationLinks(settings)
        try:
            receivers[SHOPPER_MAIL] = ShopperMail(settings.shopper_smtp_url, links)
        except ValueError as error:
            raise SettingsError(f"PRIVACY_BOT_SHOPPER_SMTP_URL: {error}") from None
    return receivers
