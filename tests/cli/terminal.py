"""Pseudo-terminal: runs a command for tests that type keys and read the screen."""

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
_CURSOR_QUERY = "\x1b[6n"  # a program asks for the position of the cursor
_CURSOR_POSITION = b"\x1b[1;1R"  # the answer of a terminal
_PROMPT = "\x1b[?2004h"  # prompt_toolkit is ready for input


class Terminal:
    """Screen and keyboard of a running command; ``end`` is our end of its terminal."""

    def __init__(self, process: subprocess.Popen[bytes], end: int) -> None:
        self.process = process
        self._end = end

    def type(self, keys: str) -> None:
        """Press keys; ``\\r`` is Enter."""
        os.write(self._end, keys.encode())

    def until(self, text: str, seconds: float = 60, prompt: bool = False) -> str:
        """Return the text shown from now on, up to ``text``, with white space as single spaces.

        With ``prompt``, it also waits for the next prompt. Raises AssertionError if ``text`` does
        not appear within ``seconds``.
        """
        shown, deadline = "", time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([self._end], [], [], 0.2)[0]:
                try:
                    new = os.read(self._end, 4096).decode(errors="replace")
                except OSError:  # the command has ended
                    break
                shown += new
                if _CURSOR_QUERY in new:
                    os.write(self._end, _CURSOR_POSITION)
                before = shown.rpartition(_PROMPT)[0] if prompt else shown
                plain = re.sub(r"\s+", " ", _CONTROL.sub("", before))
                if text in plain:
                    return plain
        raise AssertionError(f"{text!r} was not shown: {shown[-2000:]}")


@contextmanager
def terminal(command: Sequence[str]) -> Iterator[Terminal]:
    """Run a command in the project's folder at a new terminal; kill it afterwards."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=inner, stdout=inner, stderr=inner, env=environment
    )
    os.close(inner)
    try:
        yield Terminal(process, outer)
    finally:
        process.kill()
        process.wait()
        os.close(outer)
