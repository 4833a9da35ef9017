"""Requests on a terminal of 80 columns: no reference and no address is ever broken."""

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from bot.optouts.casework import Note
from bot.optouts.model import Receipt, Record, in_order
from bot.optouts.yearly import Figures

_WIDTH = 80
_NAME = 16  # columns of a field's name


def record_json(record: Record) -> dict[str, Any]:
    """Return a record as JSON, with the names that the commands print."""
    return {
        "reference": record.reference,
        "id": record.id,
        "action": str(record.action),
        "kinds": [str(kind) for kind in in_order(record.kinds)],
        "channel": str(record.channel),
        "subject_type": record.subject.type if record.subject else None,
        "subject": record.subject.value if record.subject else None,
        "received_at": record.received_at.isoformat(),
        "due": record.due.isoformat(),
        "status": str(record.status),
        "status_at": record.status_at.isoformat(),
        "how": record.how,
        "reason": record.reason,
        "policy_version": record.policy_version,
    }


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON."""
    return {
        "reference": receipt.reference,
        "kinds": [str(kind) for kind in in_order(receipt.kinds)],
        "channel": str(receipt.channel),
        "received_at": receipt.received_at.isoformat(),
        "due": receipt.due.isoformat(),
        "status": str(receipt.status),
    }


def listed(records: Iterable[Record], today: date) -> Iterator[str]:
    """Yield the lines of a list: what a request is and when it is due, then whose, then kinds."""
    for record in records:
        late = record.overdue_since is not None and record.overdue_since < today
        yield (
            f"{record.reference:<14}  {'OVERDUE' if late else 'due':<7} {record.due}  "
            f"{record.status:<11}  {record.action:<7}  {record.channel}"
        )
        whose = record.subject.value if record.subject else "(unreadable)"
        kinds = ", ".join(in_order(record.kinds))
        came = f"received {record.received_at:%Y-%m-%d}"
        yield f"    {whose}"
        yield from _wrapped(f"    {came}: {kinds}", 8)


def shown(
    record: Record, receipts: list[Receipt], history: list[dict[str, Any]], notes: list[Note]
) -> Iterator[str]:
    """Yield the lines of one request: its fields, receipts, history and notes."""
    for name, value in {**record_json(record), "wording": record.wording}.items():
        text = ", ".join(value) if isinstance(value, list) else str("" if value is None else value)
        yield from _wrapped(f"{name:<{_NAME}}{text}", _NAME)
    for receipt in receipts:
        taken_back = ", taken back" if receipt.status == "revoked" else ""
        kinds = ", ".join(in_order(receipt.kinds))
        at = f"{receipt.received_at:%Y-%m-%d %H:%M:%S} UTC"
        line = f"{'receipt':<{_NAME}}{receipt.reference}  {at}  {receipt.channel}: {kinds}"
        yield from _wrapped(line + taken_back, _NAME)
    for event in history:
        content = event["content"] or {}
        details = ", ".join(f"{name} {value}" for name, value in content.items() if value)
        at = f"{event['at']:%Y-%m-%d %H:%M:%S} UTC"
        yield from _wrapped(f"{at}  line {event['seq']}  {event['event']}: {details}", 4)
    for note in notes:
        text = note.text if note.text is not None else "(unreadable)"
        yield from _wrapped(f"{note.at:%Y-%m-%d %H:%M:%S} UTC  note by {note.author}: {text}", 4)


def yearly_table(figures: list[Figures]) -> Iterator[str]:
    """Yield the lines of the yearly figures."""
    yield (
        f"{'':<32}{'received':>8}{'complied':>9}{'denied':>7}{'other':>6}{'median':>8}{'mean':>7}"
    )
    for row in figures:
        name = f"{row.right} {row.paragraph}".strip()
        if row.received is None:
            yield f"{name[:40]:<40}  not recorded by this bot"
            continue
        if len(name) > 31:
            yield name
            name = ""
        other = (row.withdrawn or 0) + (row.pending or 0)
        days = [f"{days:g} d" if days is not None else "-" for days in (row.median_days,)]
        mean = f"{row.mean_days:g} d" if row.mean_days is not None else "-"
        yield (
            f"{name:<32}{row.received:>8}{row.complied:>9}{row.denied:>7}{other:>6}"
            f"{days[0]:>8}{mean:>7}"
        )


def _wrapped(text: str, indent: int) -> list[str]:
    """Return a text in lines of the terminal's width; a word stays whole."""
    return [
        part
        for line in text.split("\n")
        for part in textwrap.wrap(
            line,
            _WIDTH,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
    ]
