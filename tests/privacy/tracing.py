"""Tracing of system calls, which sees what C++ libraries do as well as Python (strace)."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_NETWORK = "connect,sendto,sendmsg,sendmmsg"
_FILES = "open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"
_CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
_HOST = re.compile(r'sin6?_port=htons\((\d+)\).*?"([0-9a-fA-F.:]+)"')
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_FOLDER = re.compile(r"^(?:AT_FDCWD|\d+)<([^>]*)>, ")
# What a program reads to look a name up, and the services that do it for it.
_LOOK_UP = {"/etc/hosts", "/etc/resolv.conf"}
_RESOLVERS = ("systemd/resolve", "nss-dns", "avahi")
# Semaphores are memory, not files. Python keeps compiled code beside the code where it may.
_HARMLESS = re.compile(r"^/dev/(null|tty|pts/|ptmx|shm/sem\.)|^/proc/self/|/__pycache__/")


@dataclass(frozen=True)
class Trace:
    """System calls of a program and its children: lines of strace."""

    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "Trace":
        """Read the file that strace wrote."""
        return cls(tuple(path.read_text(encoding="utf-8", errors="replace").splitlines()))

    def sent(self, allowed: Iterable[tuple[str, int]] = ()) -> list[str]:
        """Return the calls that reach for another address than those allowed."""
        found = []
        for name, rest in self._calls(_NETWORK):
            host = _HOST.search(rest)
            if host and (host[2], int(host[1])) not in allowed:
                found.append(f"{name} {host[2]}:{host[1]}")
            elif any(resolver in rest for resolver in _RESOLVERS):
                found.append(f"{name} {rest[:100]}")
        return found

    def looked_up(self) -> list[str]:
        """Return the calls that read where names are looked up."""
        return [path for _, path, _ in self._opened() if path in _LOOK_UP]

    def written(self, folders: Iterable[Path]) -> list[str]:
        """Return the files and folders outside of some folders that were made or written."""
        inside = [f"{folder.resolve()}/" for folder in folders]
        return [
            path
            for _, path, writes in self._opened()
            if writes
            and not _HARMLESS.search(path)
            and not any(f"{path}/".startswith(folder) for folder in inside)
        ]

    def _calls(self, names: str) -> Iterable[tuple[str, str]]:
        for line in self.lines:
            call = _CALL.match(line)
            if call and call[1] in names.split(","):
                yield call[1], call[2]

    def _opened(self) -> Iterable[tuple[str, str, bool]]:
        """Yield call, path and whether it writes, for each call that did not fail."""
        for name, rest in self._calls(_FILES):
            if re.search(r"\) += -1 ", rest):
                continue
            folder = _FOLDER.match(rest)
            for path in _PATH.findall(rest.partition(") = ")[0]):
                place = os.path.normpath(Path(folder[1] if folder else "/", path))
                writes = not name.startswith("open") or bool(
                    re.search(r"O_WRONLY|O_RDWR|O_CREAT", rest)
                )
                yield name, place, writes


def traced(output: Path, command: Sequence[str]) -> tuple[str, ...]:
    """Return the command that runs another one and writes its system calls to a file."""
    calls = f"trace={_NETWORK},{_FILES}"
    # -D: the command is the child, which gets the signals; -y: a file's number comes with its path.
    strace = ("strace", "-D", "-f", "-q", "-y", "--seccomp-bpf", "-s", "300")
    return (*strace, "-e", calls, "-o", str(output), *command)
