"""Tests of logs that do not quote."""

import logging
import sys

from bot.logs import DiscreetFormatter


def line(name: str, message: str, error: Exception | None = None) -> str:
    """Return what the formatter makes of a record."""
    info = None
    if error is not None:
        try:
            raise error
        except type(error):
            info = sys.exc_info()
    return DiscreetFormatter().format(logging.LogRecord(name, logging.ERROR, "/x/y.py", 7, message, None, info))


def test_an_exception_is_named_and_placed_but_not_quoted() -> None:
    """Type and place are logged, the message is not."""
    logged = line("bot.server", "secret", ValueError("secret"))
    assert "ValueError at test_logs.py:" in logged
    assert "secret" not in logged


def test_libraries_are_not_quoted() -> None:
    """A library's message may hold a request: only its place is logged."""
    assert line("sanic.error", "secret").endswith("ERROR sanic.error at y.py:7")


def test_our_own_messages_are_logged() -> None:
    """What this project writes into the log is there."""
    assert line("bot.server", "the model is stale").endswith("the model is stale")
