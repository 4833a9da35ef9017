"""A command at a real terminal, as the tests type to it."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.paths import ROOT

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


_WHERE, _HERE = "\x1b[6n", b"\x1b[1;1R"  # a program asks where the cursor is, and a terminal says so
_PROMPT = "\x1b[?2004h"  # prompt_toolkit is ready to be typed to


class Terminal:
    """What a command shows, and a keyboard for it."""

    def __init__(self, process: subprocess.Popen[bytes], end: int) -> None:
        self.process = process
        self._end = end

    def type(self, keys: str) -> None:
        """Press keys; ``\\r`` is Enter."""
        os.write(self._end, keys.encode())

    def until(self, text: str, seconds: float = 60, prompt: bool = False) -> str:
        """Return what is shown from now on, up to ``text`` and, if asked, the prompt after it; white space as single spaces."""
        shown, deadline = "", time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([self._end], [], [], 0.2)[0]:
                try:
                    new = os.read(self._end, 4096).decode(errors="replace")
                except OSError:  # the command has ended
                    break
                shown += new
                if _WHERE in new:
                    os.write(self._end, _HERE)
                before = shown.rpartition(_PROMPT)[0] if prompt else shown
                plain = re.sub(r"\s+", " ", _CONTROL.sub("", before))
                if text in plain:
                    return plain
        raise AssertionError(f"{text!r} was not shown: {shown[-2000:]}")


@contextmanager
def terminal(command: Sequence[str]) -> Iterator[Terminal]:
    """Run a command in the project's folder at a terminal of its own; it is ended afterwards."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    process = subprocess.Popen(command, cwd=ROOT, stdin=inner, stdout=inner, stderr=inner, env=environment)
    os.close(inner)
    try:
        yield Terminal(process, outer)
    finally:
        process.kill()
        process.wait()
        os.close(outer)
