"""Hardening of the server against slow, silent and many clients, and against endless requests.

uvicorn limits neither the connections of one address, nor the time and size of a request, nor the
number of requests that wait on one connection.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bot import metrics
from bot.settings import Settings
from bot.web.errors import ApiError, malformed, not_ready
from bot.web.limits import customer_of

_MAX_HEAD = 16_384  # bytes of a request line and its headers
_LINE = 32  # bytes that a header is counted for beside its own: each costs memory
_MAX_WAITING = 16  # requests that a client may send before the first of them is answered
_MAX_UNWANTED = 1_000_000  # bytes of a body that are read after the answer to it
_SPARE_SECONDS = 10  # of a request, beside the longest wait and the longest turn
_LAST_SECONDS = 1  # for an answer to arrive before its connection is cut
_TRANSFER = b"transfer-encoding"
# Headers by which the bot decides who asks. Others may hold bytes over 0x7f, for example a city
# that a proxy adds or a cookie of the shop; nobody reads them here.
_DECIDING = {b"authorization", b"host", b"origin", b"x-forwarded-for", b"forwarded"}
_DECIDING |= {b"x-chatwoot-signature", b"x-chatwoot-timestamp"}


@dataclass
class _Bounds:
    """Bounds of the connections of a server, and the number that each address has open."""

    head_seconds: float
    request_seconds: float
    per_address: int
    headers: Mapping[str, str]
    opened: Counter[str] = field(default_factory=Counter)


def protocol(settings: Settings, headers: Mapping[str, str]) -> type[HttpToolsProtocol]:
    """Return the class of connections for a server with these settings.

    ``headers`` are those of answers that do not come from the application.
    """
    bounds = _Bounds(
        settings.request_seconds,
        settings.max_wait_seconds + settings.turn_seconds + _SPARE_SECONDS,
        # all connections of a proxy come from one address
        0 if settings.proxies else settings.max_connections,
        headers,
    )

    class Connection(_Connection):
        """Connection of this server."""

        _bounds = bounds

    return Connection


class _Connection(HttpToolsProtocol):
    """Connection with a limit for its address, and with limits of time and size for requests."""

    _bounds: _Bounds

    def connection_made(self, transport: Any) -> None:
        """Accept the connection, or close it if its address has too many."""
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        self._running: RequestResponseCycle | None = None
        self._in_head = self._in_body = self._replaying = self._refused = False
        self._head_bytes = self._unwanted_bytes = 0
        # bytes that are no body, since the request or the last piece of its body began
        self._overhead = 0
        self._address = customer_of(self.client[0]) if self.client else ""
        opened, most = self._bounds.opened, self._bounds.per_address
        opened[self._address] += 1
        if most and opened[self._address] > most:
            transport.abort()
        else:
            self._within(self._bounds.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection, and tell its requests that nobody reads an answer."""
        self._disarm()
        opened = self._bounds.opened
        opened[self._address] -= 1
        if not opened[self._address]:
            del opened[self._address]
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Receive bytes."""
        self._unset_keepalive_if_required()
        if self._timer is None:  # also bytes that begin no request have a time limit
            self._within(self._bounds.head_seconds)
        self._overhead += len(data)
        self._feed(data)
        if self._overhead > _MAX_HEAD and not self.transport.is_closing():
            self._refuse()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse()

    def _go_on(self, rest: bytes) -> None:
        """Go on in plain HTTP/1.1 after a request for an upgrade, which is never made.

        The parser skips the body of such a request, so a new parser is told that a body comes.
        """
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        if framing := self._framing():
            self._replaying = True
            lines = b"".join(b"%s: %s\r\n" % line for line in framing)
            self.parser.feed_data(b"POST / HTTP/1.1\r\n%s\r\n" % lines)
            self._replaying = False
        if rest:
            self._feed(rest)

    def on_message_begin(self) -> None:
        """Begin a request."""
        if self._replaying:
            return
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = self._unwanted_bytes = 0
        if not self._is_busy():
            self._within(self._bounds.head_seconds)

    def on_url(self, url: bytes) -> None:
        """Receive a piece of the address; raise ValueError if the head is too long."""
        if not self._replaying:
            self._count_head(len(url))
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Receive a header; raise ValueError if it is unreadable or the head is too long."""
        if self._in_head:  # else it is a trailer, which no proxy has checked
            self._count_head(len(name) + len(value) + _LINE)
            if not value.isascii():
                if name.lower() in _DECIDING:
                    raise ValueError("bytes that are no ASCII")
                value = value.decode("ascii", "replace").replace("\ufffd", "?").encode()
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin the body; raise ValueError for an ambiguous head or too many waiting requests."""
        if self._replaying:
            return
        self._check_head()
        waiting = len(self.pipeline)
        if waiting >= _MAX_WAITING:
            raise ValueError("too many requests at once")
        super().on_headers_complete()
        self._in_head, self._in_body = False, True
        self._unset_keepalive_if_required()
        if len(self.pipeline) == waiting:  # no other request is before it
            self._running = self.cycle
            self._within(self._bounds.request_seconds)

    def on_body(self, body: bytes) -> None:
        """Receive a piece of the body; raise ValueError if it goes on long after its answer."""
        self._overhead = 0
        if self.cycle.response_complete:
            self._unwanted_bytes += len(body)
            if self._unwanted_bytes > _MAX_UNWANTED:
                raise ValueError("body goes on after the answer")
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request, unless its body is still to come after an upgrade."""
        if self._replaying or not (self.parser.should_upgrade() and self._framing()):
            self._in_body = False
            self._overhead = 0
            super().on_message_complete()
            self._settle()

    def on_response_complete(self) -> None:
        """Begin the next request that waits."""
        following = self.pipeline[-1][0] if self.pipeline else None
        super().on_response_complete()
        if following is not None and not self.transport.is_closing():
            self._running = following
            self._within(self._bounds.request_seconds)
        self._settle()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; cut it later if its client does not read the answer."""
        super().timeout_keep_alive_handler()
        self._within(self._bounds.request_seconds, self.transport.abort)

    def _check_head(self) -> None:
        """Raise ValueError for a head that the parser accepts and others read differently."""
        codings = [value.strip().lower() for name, value in self.headers if name == _TRANSFER]
        version = self.parser.get_http_version()
        if version not in ("1.0", "1.1"):
            raise ValueError("unknown version")
        if codings and (codings != [b"chunked"] or version == "1.0"):
            raise ValueError("unknown transfer coding")
        if sum(name == b"host" for name, _ in self.headers) > 1:
            raise ValueError("two hosts")

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > _MAX_HEAD:
            raise ValueError("head too long")

    def _framing(self) -> list[tuple[bytes, bytes]]:
        """Return the headers that announce a body."""
        return [line for line in self.headers if line[0] in (b"content-length", _TRANSFER)]

    def _is_busy(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def _settle(self) -> None:
        """Set the time limit of the next request; a request that is under way keeps its own."""
        if self._is_busy() or self._in_body:
            return
        if self._in_head:
            self._within(self._bounds.head_seconds)
        else:
            self._disarm()
            if self.timeout_keep_alive_task is None:  # the answer came before the end of the body
                self.timeout_keep_alive_task = self.loop.call_later(
                    self.timeout_keep_alive, self.timeout_keep_alive_handler
                )

    def _within(self, seconds: float, then: Callable[[], None] | None = None) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, then or self._expire)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        """Close a connection whose time is over, with an error if its request has no answer yet."""
        running = self._running if self._is_busy() else None
        if running is not None and (running.response_started or self.pipeline):
            self.transport.abort()
        elif running is not None and not self._in_body:
            self._end(not_ready())
        elif self._in_head or running is not None:
            self._end(ApiError(408, "timeout", "The request did not arrive in time."))
        else:
            self.transport.abort()

    def _refuse(self) -> None:
        """Close a connection with an unreadable request, after the requests before it."""
        running = self._running if self._is_busy() else None
        if running is not None and not self._in_body and not self._refused:
            self._refused = True
            self.cycle.keep_alive = False  # the last request that could be read is answered
        elif self._refused or (
            self._in_body and (running is not self.cycle or self.cycle.response_started)
        ):
            self.transport.abort()
        else:
            self._end(malformed("This is not an HTTP request that this server can read."))

    def _end(self, error: ApiError) -> None:
        metrics.errors.labels(error.code).inc()
        self._leave()
        body = json.dumps(error.as_json(), ensure_ascii=False).encode()
        lines = {
            **self._bounds.headers,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **({"Retry-After": str(error.retry_after)} if error.retry_after else {}),
        }
        head = f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in lines.items()
        )
        self.transport.write(head.encode() + b"\r\n" + body)
        self.transport.close()
        self._within(_LAST_SECONDS, self.transport.abort)

    def _leave(self) -> None:
        """Tell all requests of the connection that nobody reads an answer."""
        cycles = (self._running, self.cycle, *(cycle for cycle, _ in self.pipeline))
        self.pipeline.clear()
        for cycle in cycles:
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
