"""A wire between a browser and a server, which a test cuts and mends, freezes and thaws."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

RESET = struct.pack("ii", 1, 0)  # closed at once, as by a process that was killed


class Wire:
    """Forwards connections to a server, as a network does; a mended wire has the same address."""

    def __init__(self, server_url: str) -> None:
        self._server = ("127.0.0.1", urlsplit(server_url).port)
        self._ends: list[socket.socket] = []
        self._frozen = threading.Event()
        self._listener = self._listen(0)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._server)
                self._ends += [near, far]
                frozen = self._frozen
                for source, target in ((near, far), (far, near)):
                    forward = (source, target, frozen)
                    threading.Thread(target=self._forward, args=forward, daemon=True).start()

    @staticmethod
    def _forward(source: socket.socket, target: socket.socket, frozen: threading.Event) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not frozen.is_set():
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """Refuse new connections and reset the open ones, as when the server is killed."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def mend(self) -> None:
        """Take connections again, at the same address."""
        self._listener = self._listen(self.port)

    def freeze(self) -> None:
        """Let every connection hang for ever, as one that outlived its network."""
        self._frozen.set()

    def thaw(self) -> None:
        """Let new connections work; what hangs goes on hanging."""
        self._frozen = threading.Event()


@contextmanager
def wired(server_url: str) -> Iterator[Wire]:
    """Lay a wire to a server, and cut it at the end."""
    wire = Wire(server_url)
    try:
        yield wire
    finally:
        wire.cut()
