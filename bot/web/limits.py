"""Limits per conversation and per address, counted in this process or in a shared Redis."""

import ipaddress
import math
import re
import time
from collections.abc import Awaitable, Callable

import structlog
from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from starlette.requests import Request

from bot.keys import Keyring
from bot.settings import Settings
from bot.web.errors import ApiError

log = structlog.get_logger()

# How a limit is used: counted, or only looked at.
_Use = Callable[[SlidingWindowCounterRateLimiter, RateLimitItem, str, str], Awaitable[int | None]]

_WARN_SECONDS = 60  # between two lines in the log about a Redis that is away
_REDIS_SECONDS = 1  # a Redis that does not answer must not keep shoppers waiting


class Limits:
    """Limits of the settings; an address is counted by its digest and never stored."""

    def __init__(self, settings: Settings) -> None:
        self._keyring = Keyring(settings.secrets, "limits")
        self._proxies = settings.proxies
        self._limits = {
            "messages": _parsed(settings.limit_messages),
            "starts": _parsed(settings.limit_starts),
            "requests": _parsed(settings.limit_requests),
            "unknown": _parsed(settings.limit_unknown),
            "sign_ins": _parsed(settings.limit_sign_ins),
        }
        self._warned_at = -math.inf
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = (
            SlidingWindowCounterRateLimiter(_redis(settings.redis_url))
            if settings.redis_url
            else None
        )

    async def count(self, limit: str, who: str) -> None:
        """Count one use of a limit.

        Raise ApiError 429, with the seconds to wait, if the limit is used up.
        """
        await self._refuse_beyond(limit, who, _hit)

    async def check(self, limit: str, who: str) -> None:
        """Raise ApiError 429 if a limit is used up, without counting a use of it."""
        await self._refuse_beyond(limit, who, _test)

    async def count_request(self, request: Request) -> None:
        """Count a request by its address; raise ApiError 429 if the limit is used up."""
        await self.count("requests", address_of(request, self._proxies))

    async def count_start(self, request: Request) -> None:
        """Count a start by its address: a new conversation, or a form.

        Raise ApiError 429 if the limit is used up.
        """
        await self.count("starts", address_of(request, self._proxies))

    async def count_unknown(self, request: Request) -> None:
        """Count an unknown reference by the address of the request; raise ApiError 429 as above."""
        await self.count("unknown", address_of(request, self._proxies))

    async def check_unknown(self, request: Request) -> None:
        """Raise ApiError 429 if too many references that came from an address were unknown."""
        await self.check("unknown", address_of(request, self._proxies))

    async def count_failed_sign_in(self, request: Request) -> None:
        """Count a failed sign-in by the address of the request; raise ApiError 429 as above."""
        await self.count("sign_ins", address_of(request, self._proxies))

    async def check_sign_ins(self, request: Request) -> None:
        """Raise ApiError 429 if too many sign-ins that came from an address have failed."""
        await self.check("sign_ins", address_of(request, self._proxies))

    def source(self, request: Request) -> str:
        """Return a short name of an address, from which the address cannot be found."""
        return self._keyring.digest(address_of(request, self._proxies))[:12]

    async def _refuse_beyond(self, limit: str, who: str, use: _Use) -> None:
        digest = self._keyring.digest(who)[:32]
        for item in self._limits[limit]:
            wait = await self._wait(item, limit, digest, use)
            if wait is not None:
                raise ApiError(
                    429,
                    "too_many",
                    f"That was a lot at once. Please try again in {wait} seconds.",
                    retry_after=wait,
                )

    async def _wait(self, item: RateLimitItem, limit: str, digest: str, use: _Use) -> int | None:
        """Use a limit; return the seconds to wait if it is used up, else None."""
        if self._shared is not None:
            try:
                return await use(self._shared, item, limit, digest)
            except StorageError as error:
                # Shoppers are still answered; meanwhile each process counts for itself.
                self._warn(error)
        return await use(self._here, item, limit, digest)

    def _warn(self, error: StorageError) -> None:
        """Log that Redis is away, once a minute: every request meets it."""
        if time.monotonic() - self._warned_at >= _WARN_SECONDS:
            self._warned_at = time.monotonic()
            log.warning("Redis not usable for limits", error=type(error.storage_error).__name__)


async def _hit(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, limit: str, digest: str
) -> int | None:
    if await limiter.hit(item, limit, digest):
        return None
    return await _seconds_to_wait(limiter, item, limit, digest)


async def _test(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, limit: str, digest: str
) -> int | None:
    if await limiter.test(item, limit, digest):
        return None
    return await _seconds_to_wait(limiter, item, limit, digest)


async def _seconds_to_wait(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, limit: str, digest: str
) -> int:
    stats = await limiter.get_window_stats(item, limit, digest)
    return max(1, math.ceil(stats.reset_time - time.time()))


def address_of(request: Request, proxies: int) -> str:
    """Return the address of a request, or the part of it that identifies one customer.

    Each of the ``proxies`` trusted proxies adds the address that it sees to X-Forwarded-For. All
    addresses before those are written by the client and are not believed.
    """
    lines = request.headers.getlist("x-forwarded-for") if proxies else []
    hops = [hop for line in lines for part in line.split(",") if (hop := part.strip())]
    direct = request.client.host if request.client else ""
    return customer_of(hops[-proxies] if 0 < proxies <= len(hops) else direct)


def customer_of(address: str) -> str:
    """Return the part of an address that identifies one customer.

    That is the whole of an IPv4 address, and the first 64 bits of an IPv6 address (RFC 6177). Some
    proxies add a port, or write IPv4 as IPv6.
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
        f"async+{url}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="privacy-bot-limits",
        **options,
    )
