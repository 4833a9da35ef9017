"""Logs for people and programs: one line an event, that says what happened and where, and never what a visitor sent.

Only this project's own events carry values, and only under the names of ``_SAID``. Of a library's record the place is kept,
and of an exception its type and where it was raised: their messages may quote requests, texts and statements.
"""

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from bot.paths import ROOT

# What an event may say. Each is a count, a time, a place in the code, or a name from one of the project's own lists.
_SAID = frozenset({"event", "level", "timestamp", "outcome", "topics", "masked", "ms", "by", "route", "error", "where"}) | {
    "conversations",
    "values",
    "optouts",
    "receiver",
    "attempts",
    "for_good",
}
_OWN = tuple(str(ROOT / package) for package in ("bot", "actions"))
_FRAMES = 5
_LOGFMT = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True)


def configure(level: str = "warning", form: str = "logfmt") -> None:
    """Send every log of this process, structlog's and the standard library's, to standard error; ``form`` is logfmt or json.

    Of libraries only warnings are logged, unless ``level`` is debug.
    """
    callsite = structlog.processors.CallsiteParameter
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.CallsiteParameterAdder([callsite.PATHNAME, callsite.LINENO]),
        _discreet,
    ]
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _LOGFMT
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_of_record, *processors],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = _StandardError()
    handler.setFormatter(formatter)
    numeric = logging.getLevelName(level.upper())
    libraries = numeric if numeric <= logging.DEBUG else max(numeric, logging.WARNING)
    root = logging.getLogger()
    root.setLevel(libraries)
    root.handlers[:] = [handler]
    for name in ("bot", "actions"):
        logging.getLogger(name).setLevel(numeric)
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(libraries)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


class _StandardError(logging.StreamHandler):
    """Writes to whatever standard error is at the time, also after it was replaced."""

    @property
    def stream(self) -> Any:
        """Where to write."""
        return sys.stderr

    @stream.setter
    def stream(self, _: Any) -> None:
        pass


def configured() -> bool:
    """Return whether this process logs as ``configure`` has it."""
    return any(isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter) for handler in logging.getLogger().handlers)


def where(trace: TracebackType | None) -> str:
    """Return the last places of a traceback, the innermost first."""
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def _of_record(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Take out of a record of the standard library where it was made, and the exception in it."""
    record = event["_record"]
    return {**event, "exc_info": record.exc_info, "pathname": record.pathname, "lineno": record.lineno}


def _discreet(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Keep of an event only what may be said."""
    path = event.pop("pathname", "")
    place = f"{Path(path).name}:{event.pop('lineno', '')}"
    raised = event.pop("exc_info", None)
    if path.startswith(_OWN):
        said = {name: _flat(value) for name, value in event.items() if name in _SAID}
    else:
        said = {"timestamp": event["timestamp"], "level": event["level"], "event": "library", "where": place}
    if raised:
        kind, _, trace = sys.exc_info() if raised is True else raised
        if kind is not None:
            said |= {"error": kind.__name__, "where": where(trace)}
    return said | {name: value for name, value in event.items() if name.startswith("_")}


def _flat(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else value
