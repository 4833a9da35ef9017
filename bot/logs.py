"""Logs that say what failed and where, and never what a visitor sent."""

import logging
import traceback

_LIBRARIES = ("sanic", "asyncio", "rasa", "sqlalchemy")  # their messages may quote requests, texts and statements


class DiscreetFormatter(logging.Formatter):
    """One line a record; of an exception its type and place, not its message; of a library's message only its place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        head = f"{self.formatTime(record)} {record.levelname} {record.name}"
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])[-5:]
            places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
            return f"{head} {record.exc_info[0].__name__} at {places}"
        if record.name.startswith(_LIBRARIES):
            return f"{head} at {record.filename}:{record.lineno}"
        return f"{head} {record.getMessage()}"


def configure(level: int = logging.WARNING) -> None:
    """Send every log of this process to standard error, discreetly."""
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
