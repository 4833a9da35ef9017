"""Logging without personal data: one line per event, with its place and never a shopper's text.

Only this project's own events carry values, and only in the fields of ``_ALLOWED_FIELDS``. A
library's record is reduced to its place, an exception to its type and place: their messages may
quote requests, texts and SQL statements.
"""

import logging
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from bot.paths import PACKAGE_DIR

# Each value is a count, a time, a place in the code, or a name from one of the project's own lists.
_ALLOWED_FIELDS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "outcome",
        "topics",
        "masked",
        "ms",
        "by",
        "route",
        "error",
        "where",
    }
) | {
    "conversations",
    "desk",
    "job",
    "messages",
    "values",
    "optouts",
    "receiver",
    "attempts",
    "for_good",
}
# with a separator at the end: "bot" alone would also fit boto3
_OWN_PACKAGES = tuple(f"{PACKAGE_DIR.parent / package}{os.sep}" for package in ("bot", "actions"))
_FRAMES = 5
_LOGFMT = structlog.processors.LogfmtRenderer(
    key_order=["timestamp", "level", "event"], drop_missing=True
)


def configure(level: str = "warning", form: str = "logfmt", lasting: bool = False) -> None:
    """Send every log of this process, structlog's and the standard library's, to standard error.

    ``form`` is logfmt or json. Libraries log only warnings and errors, unless ``level`` is debug.
    With ``lasting``, loggers keep this configuration, and cost less.
    """
    callsite = structlog.processors.CallsiteParameter
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.CallsiteParameterAdder([callsite.PATHNAME, callsite.LINENO]),
        _drop_other_fields,
    ]
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _LOGFMT
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_add_record_fields, *processors],
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
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        cache_logger_on_first_use=lasting,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


class _StandardError(logging.StreamHandler):
    """Handler that writes to the present ``sys.stderr``, also after it was replaced."""

    @property
    def stream(self) -> Any:
        """Return the stream to write to."""
        return sys.stderr

    @stream.setter
    def stream(self, _: Any) -> None:
        pass


def configured() -> bool:
    """Return whether ``configure`` was called in this process."""
    return any(
        isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
        for handler in logging.getLogger().handlers
    )


def where(trace: TracebackType | None) -> str:
    """Return the last places of a traceback, the innermost first."""
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def _add_record_fields(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Add the place and the exception of a standard-library record to its event."""
    record = event["_record"]
    return {
        **event,
        "exc_info": record.exc_info,
        "pathname": record.pathname,
        "lineno": record.lineno,
    }


def _drop_other_fields(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drop every field of an event that may hold personal data."""
    path = event.pop("pathname", "")
    place = f"{Path(path).name}:{event.pop('lineno', '')}"
    raised = event.pop("exc_info", None)
    if path.startswith(_OWN_PACKAGES):
        allowed = {name: _flat(value) for name, value in event.items() if name in _ALLOWED_FIELDS}
    else:
        allowed = {
            "timestamp": event["timestamp"],
            "level": event["level"],
            "event": "library",
            "where": place,
        }
    if raised:
        kind, _, trace = sys.exc_info() if raised is True else raised
        if kind is not None:
            allowed |= {"error": kind.__name__, "where": where(trace)}
    return allowed | {name: value for name, value in event.items() if name.startswith("_")}


def _flat(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else value
