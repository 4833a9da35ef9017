"""One connection of a client: not too many from one address, and none that takes for ever to say what it wants."""

from collections import Counter
from typing import Any

from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

from bot.web.limits import customer_of

_LAST_SECONDS = 1  # for the answer to arrive

_open: Counter[str] = Counter()  # connections of each address, now


class Connection(HttpProtocol):
    """Sanic's connection, with a limit for each address, and with time that goes on while a request drips in.

    Sanic 21.12 measures the time since the last byte: a client that sends one every few seconds would keep its connection.
    """

    __slots__ = ("_address",)

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or close it if its address has too many."""
        peer = transport.get_extra_info("peername")
        self._address = customer_of(str(peer[0])) if peer else ""
        _open[self._address] += 1
        limit = self.app.config.MAX_CONNECTIONS
        if limit and _open[self._address] > limit:
            transport.abort()
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more."""
        _open[self._address] -= 1
        if not _open[self._address]:
            del _open[self._address]
        super().connection_lost(exc)

    def check_timeouts(self) -> None:
        """End what has taken too long; Sanic answers, and would then go on reading what is still to come."""
        http = getattr(self, "_http", None)
        if http is not None:
            http.upgrade_websocket = False  # there are none here, and Sanic would give such a request all the time it wants
        super().check_timeouts()
        if getattr(getattr(self, "_http", None), "exception", None) is not None:  # set for the answer that is about to be sent
            self.loop.call_later(_LAST_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Take in bytes; those that go on with a request give it no more time."""
        http = getattr(self, "_http", None)  # not there before the first turn of the loop
        waiting = http is None or http.stage is Stage.IDLE
        began = None if waiting else self._time  # type: ignore[has-type]
        super().data_received(data)
        if began is not None:
            self._time = began  # type: ignore[misc]
