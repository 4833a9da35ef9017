"""How much one conversation or one address may ask for in a time; counted in this process, or in Redis for several."""

import ipaddress
import math
import re
import time

import structlog
from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from sanic.request import Request

from bot.keys import Keyring
from bot.settings import Settings
from bot.web.errors import ApiError

log = structlog.get_logger()

_REDIS_SECONDS = 1  # a Redis that does not answer must not keep shoppers waiting


class Limits:
    """The limits of the settings; an address is counted by its HMAC, so that no list of visitors comes about."""

    def __init__(self, settings: Settings) -> None:
        self._keyring = Keyring(settings.secrets, "limits")
        self._limits = {
            "messages": _parsed(settings.limit_messages),
            "starts": _parsed(settings.limit_starts),
            "requests": _parsed(settings.limit_requests),
        }
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(_redis(settings.redis_url)) if settings.redis_url else None

    async def count(self, limit: str, who: str) -> None:
        """Count one use of a limit; raises the contract's error if it is used up."""
        mark = self._keyring.mark(who)[:32]
        for item in self._limits[limit]:
            wait = await self._wait(item, limit, mark)
            if wait is not None:
                raise ApiError(
                    429, "too_many", f"That was a lot at once. Please try again in {wait} seconds.", retry_after=wait
                )

    async def count_request(self, request: Request) -> None:
        """Count a request of its address."""
        await self.count("requests", address_of(request))

    async def count_start(self, request: Request) -> None:
        """Count what an address does without a conversation: it begins one, or sends a form."""
        await self.count("starts", address_of(request))

    async def _wait(self, item: RateLimitItem, limit: str, mark: str) -> int | None:
        """Count it; return the seconds to wait if there is no more room."""
        if self._shared is not None:
            try:
                return await _hit(self._shared, item, limit, mark)
            except StorageError as error:
                # Shoppers are answered all the same, and each process counts for itself meanwhile.
                log.warning("Redis not usable for limits", error=type(error.storage_error).__name__)
        return await _hit(self._here, item, limit, mark)


async def _hit(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, limit: str, mark: str) -> int | None:
    if await limiter.hit(item, limit, mark):
        return None
    stats = await limiter.get_window_stats(item, limit, mark)
    return max(1, math.ceil(stats.reset_time - time.time()))


def address_of(request: Request) -> str:
    """Return what a request came from: its address, or the part of it that one customer has."""
    return customer_of(str(request.remote_addr or request.ip or ""))


def customer_of(address: str) -> str:
    """Return the part of an address that one customer has: all of IPv4, the first 64 bits of IPv6 (RFC 6177).

    Some proxies add a port, or write IPv4 as IPv6.
    """
    bare = re.sub(r"^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$", r"\1\2", address)
    try:
        known = ipaddress.ip_address(bare)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))


def _parsed(written: str) -> list[RateLimitItem]:
    return parse_many(written) if written else []


def _redis(url: str) -> Storage:
    options = {"socket_timeout": _REDIS_SECONDS, "socket_connect_timeout": _REDIS_SECONDS}
    return RedisStorage(
        f"async+{url}", wrap_exceptions=True, implementation="redispy", key_prefix="privacy-bot-limits", **options
    )
