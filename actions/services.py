"""What the actions work with: the ledger and the vault of this process."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import structlog
from sqlalchemy.engine import Engine

from actions.ledger.delivery import Courier
from actions.ledger.ledger import Ledger
from actions.ledger.model import Recorded, Request
from actions.ledger.outbox import Outbox
from actions.ledger.receivers import LinesInFile, Mailbox, Receiver, Webhook
from bot import metrics
from bot.database import connect, migrate
from bot.keys import Keyring
from bot.policy.document import load
from bot.privacy.vault import Vault
from bot.settings import Settings, SettingsError, settings

_SECONDS = 2

log = structlog.get_logger()


@dataclass(frozen=True)
class Services:
    """The ledger with all that belongs to it, and the vault in which placeholders are looked up."""

    ledger: Ledger
    outbox: Outbox
    vault: Vault
    engine: Engine
    durable: Engine
    keyring: Keyring
    receivers: dict[str, Receiver]


def build(chosen: Settings, engine: Engine, durable: Engine, vault: Vault | None = None) -> Services:
    """Return the services over two engines of one database with the present schema."""
    keyring = Keyring(chosen.data_keys, "ledger")
    idle = timedelta(minutes=chosen.vault_minutes)
    receivers = receivers_of(chosen)
    return Services(
        ledger=Ledger(engine, durable, keyring, load().version, tuple(receivers)),
        outbox=Outbox(engine, durable),
        vault=vault or Vault(engine, Keyring(chosen.data_keys, "vault"), idle),
        engine=engine,
        durable=durable,
        keyring=keyring,
        receivers=receivers,
    )


def receivers_of(chosen: Settings) -> dict[str, Receiver]:
    """Return who is told of opt-outs, by name."""
    receivers: dict[str, Receiver] = {}
    if chosen.optout_webhook_url:
        if not chosen.optout_webhook_url.startswith(("https://", "http://")):
            raise SettingsError("PRIVACY_BOT_OPTOUT_WEBHOOK_URL: must begin with https:// (or http://)")
        receivers["webhook"] = Webhook(chosen.optout_webhook_url, chosen.optout_webhook_secret)
    if chosen.optout_smtp_url:
        try:
            receivers["mail"] = Mailbox(chosen.optout_smtp_url)
        except ValueError as error:
            raise SettingsError(f"PRIVACY_BOT_OPTOUT_SMTP_URL: {error}") from None
    if chosen.optout_file:
        receivers["file"] = LinesInFile(Path(chosen.optout_file))
    return receivers


@cache
def of_settings() -> Services:
    """Return the services of this process, over the database of its settings."""
    chosen = settings()
    migrate(chosen.database)
    return build(chosen, connect(chosen.database), connect(chosen.database, durable=True))


async def record(works: Services, request: Request) -> Recorded:
    """Record a request without keeping others waiting, and count it; raises NotRecorded."""
    recorded = await asyncio.to_thread(works.ledger.record, request)
    if recorded.new:
        for kind in request.kinds:
            metrics.optouts.labels(str(request.action), str(kind), str(request.channel)).inc()
    return recorded


async def deliver(works: Services) -> None:
    """Deliver what is in the outbox, every few seconds; a slow receiver does not keep the others waiting."""
    courier = Courier(works.ledger, works.outbox, works.receivers)
    if strangers := await asyncio.to_thread(works.outbox.give_up_strangers, list(works.receivers)):
        log.warning("opt-outs not delivered: no such receiver", messages=strangers)
    try:
        await asyncio.gather(*(_deliver_to(courier, receiver) for receiver in works.receivers))
    finally:
        courier.stop()


async def _deliver_to(courier: Courier, receiver: str) -> None:
    """Deliver to one receiver again and again; a failure is logged and tried again."""
    while True:
        try:
            await asyncio.to_thread(courier.run, receiver)
        except Exception:
            log.exception("delivery failed", receiver=receiver)
        await asyncio.sleep(_SECONDS)


_chosen: list[Services] = []


def use(services: Services) -> None:
    """Let the actions of this process work with these services instead: the shell keeps its own, in memory."""
    _chosen[:] = [services]


def services() -> Services:
    """Return what the actions of this process work with."""
    return _chosen[0] if _chosen else of_settings()
