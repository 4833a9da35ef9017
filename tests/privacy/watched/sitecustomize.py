"""Recorder of attempts to reach another machine; Python imports it from its path at the start."""

import os
import sys
from typing import Any

_LOCAL = ("127.", "::1", "localhost", "0.0.0.0", "::")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        address = arguments[:2]
    else:
        return
    host = address[0] if isinstance(address, tuple) else None  # a path is a socket of this machine
    if host is not None and not str(host).startswith(_LOCAL):
        with open(os.environ["ATTEMPTS"], "a", encoding="utf-8") as attempts:
            attempts.write(f"{event} {address}\n")


sys.addaudithook(_watch)
