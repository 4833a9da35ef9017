"""Files for spreadsheets and programs: CSV that Excel opens right, and JSON lines."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from bot.optouts.model import OptOutKind, Record, Subject, in_order

_BOM = "\ufeff"  # without it, Excel reads UTF-8 as an older encoding
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SUPPRESSION_COLUMNS = ("type", "subject", "kind", "since")
RECORD_COLUMNS = (
    *("reference", "action", "kinds", "channel", "subject_type", "subject", "received_at", "due"),
    *("status", "status_at", "how", "reason", "owner", "policy_version"),
)


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a CSV file, with the names of its columns first.

    It begins with a mark of its encoding. Times are UTC, in a form that spreadsheets read as dates.
    A text that a spreadsheet would read as a formula gets an apostrophe before it.
    """
    names = list(columns)
    yield _BOM + _line(names)
    for row in rows:
        yield _line([_cell(row.get(name)) for name in names])


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line of JSON for each row, with every text unchanged."""
    for row in rows:
        yield json.dumps(row, default=_written, ensure_ascii=False) + "\n"


def record_row(record: Record, owner: str = "") -> dict[str, Any]:
    """Return a record as a row of a file."""
    return {
        "reference": record.reference,
        "action": str(record.action),
        "kinds": [str(kind) for kind in in_order(record.kinds)],
        "channel": str(record.channel),
        "subject_type": record.subject.type if record.subject else None,
        "subject": record.subject.value if record.subject else None,
        "received_at": record.received_at,
        "due": record.due,
        "status": str(record.status),
        "status_at": record.status_at,
        "how": record.how,
        "reason": record.reason,
        "owner": owner,
        "policy_version": record.policy_version,
    }


def suppression_row(entry: tuple[Subject, OptOutKind, datetime]) -> dict[str, Any]:
    """Return an entry of the suppression list as a row of a file."""
    subject, kind, since = entry
    return {"type": subject.type, "subject": subject.value, "kind": str(kind), "since": since}


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)  # ends with CRLF (RFC 4180)
    return out.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case list():
            return ", ".join(value)
        case str() if value.startswith(_FORMULA_STARTS):
            return f"'{value}"
    return str(value)


def _written(value: Any) -> str:
    return str(value.isoformat())
