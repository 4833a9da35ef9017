"""Retention: deletes data whose time is over, in the server every few minutes, or on demand."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot import metrics
from bot.application.services import Services
from bot.optouts import maintenance

log = structlog.get_logger()


@dataclass(frozen=True)
class Expired:
    """Numbers of deleted things; ``wiped`` if they are overwritten on the disk as well."""

    conversations: int
    values: int  # of the vault
    optouts: int  # records of the ledger
    wiped: bool = True

    def counts(self) -> dict[str, int]:
        """Return the numbers by name."""
        return {"conversations": self.conversations, "values": self.values, "optouts": self.optouts}


def expire(services: Services) -> Expired:
    """Delete expired data; several processes may do so at once.

    Raises ClockJumped, and deletes nothing, if the time is far from the one seen last.
    """
    services.heartbeat.check_clock()
    settings, optouts = services.settings, services.optouts
    services.staff.expire(timedelta(days=settings.optout_days))
    expired = Expired(
        values=services.vault.expire(),
        conversations=services.erasure.expire(timedelta(days=settings.conversation_days)),
        optouts=maintenance.expire(
            optouts.durable, optouts.keyring, timedelta(days=settings.optout_days)
        ),
        wiped=services.erasure.wipe(),
    )
    for what, count in expired.counts().items():
        metrics.expired.labels(what).inc(count)
    if any(expired.counts().values()):
        log.info("retention", **expired.counts())
    return expired
