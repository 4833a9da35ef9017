"""``privacy-bot optouts``: the privacy office's side of the ledger."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.errors import CommandError

if TYPE_CHECKING:
    from actions.ledger.model import Record
    from actions.services import Services

app = typer.Typer(no_args_is_help=True, help="Requests to opt out: list, show, decide, export and verify them.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON, a line each.")]
Reference = Annotated[str, typer.Argument(help="As the shopper has it: K7M-4QXT.")]
_FORMATS = ("csv", "jsonl", "sha256")
_FORMULA = ("=", "+", "-", "@")


@app.command("list")
def list_(
    status: Annotated[list[str] | None, typer.Option(help="Only these states; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The latest so many.")] = 100,
    as_json: Json = False,
) -> None:
    """List requests, the latest first."""
    _print(_services().ledger.records(_statuses(status or []), limit), as_json)


@app.command()
def show(reference: Reference, as_json: Json = False) -> None:
    """Show one request, with its address, its history and its messages."""
    services = _services()
    record = services.ledger.find(reference)
    history = services.ledger.history(record.id)
    if as_json:
        print(
            json.dumps({**record_json(record), "wording": record.wording, "history": history}, default=str, ensure_ascii=False)
        )
        return
    for name, value in {**record_json(record), "wording": record.wording}.items():
        print(f"{name:<16}{', '.join(value) if isinstance(value, list) else value}")
    for line in history:
        said = ", ".join(f"{name} {value}" for name, value in (line["content"] or {}).items() if value)
        print(f"{line['at']:%Y-%m-%d %H:%M:%S} UTC  line {line['seq']}  {line['event']}: {said}")


@app.command()
def fulfil(reference: Reference, how: Annotated[str, typer.Option(help="How it is known to be in force.")] = "by hand") -> None:
    """Note that a request is in force."""
    record = _services().ledger.fulfil(reference, how)
    print(f"{record.reference} is fulfilled ({record.how}).")


@app.command()
def deny(
    reference: Reference, reason: Annotated[str, typer.Option(help="The good-faith, documented belief of fraud.")]
) -> None:
    """Deny a request; who asks with its reference is told the reason, so nothing personal belongs there."""
    record = _services().ledger.deny(reference, reason)
    print(f"{record.reference} is denied: {record.reason}")


@app.command()
def due(
    within: Annotated[int, typer.Option(min=0, help="Also what is due in so many days.")] = 0,
    as_json: Json = False,
) -> None:
    """List what must be in force by today; ends with status 1 if something is overdue, or could not be delivered."""
    from bot.policy.hours import STORE_ZONE

    services, today = _services(), datetime.now(STORE_ZONE).date()
    found = services.ledger.due(today + timedelta(days=within))
    _print(iter(found), as_json)
    late = sum(record.due < today for record in found)
    given_up = services.outbox.given_up()
    if late or given_up:
        raise CommandError(
            f"{late} overdue, {len(given_up)} messages undelivered. Note what is in force (privacy-bot optouts fulfil); look "
            "at the receivers (privacy-bot optouts undelivered)."
        )


@app.command()
def undelivered(
    retry: Annotated[bool, typer.Option(help="Try them again.")] = False,
    as_json: Json = False,
) -> None:
    """List the messages that were given up; --retry puts them back."""
    outbox = _services().outbox
    for message in outbox.given_up():
        fields = {name: str(value) for name, value in vars(message).items()}
        print(
            json.dumps(fields)
            if as_json
            else f"{message.id} {message.receiver} {message.event} {message.attempts}x: {message.error}"
        )
    if retry:
        print(f"{outbox.retry()} messages are tried again.", file=sys.stderr)


@app.command()
def verify(
    anchor: Annotated[str, typer.Option(help="What an earlier run printed as its end, noted outside of the database.")] = "",
) -> None:
    """Hold the whole ledger against its history; ends with status 1 if anything was changed, removed or reordered."""
    from actions.ledger.chain import last
    from actions.ledger.keeping import verify as faults

    noted, services = _anchor(anchor), _services()
    with services.engine.connect() as db:
        seq, mac = last(db)
    found = 0
    for found, fault in enumerate(faults(services.engine, services.keyring, noted), start=1):  # noqa: B007
        print(fault)
    if found:
        raise CommandError(f"The ledger has {found} fault{'s' if found > 1 else ''}: the lines above say where.")
    print(f"The ledger is as it was written. Its end, to be noted and given to the next --anchor: {seq}:{mac}")


@app.command()
def export(
    form: Annotated[str, typer.Option("--format", help="csv, jsonl, or sha256 as ad platforms take it.")] = "csv",
    kind: Annotated[str | None, typer.Option(help="Only who is out of this.")] = None,
) -> None:
    """Print the suppression list: who is out of what, since when.

    sha256 is for ad platforms, and has those who are out of ads or sharing unless --kind says otherwise. In csv, an address
    that a spreadsheet would take for a formula has an apostrophe before it; jsonl has every address as it is.
    """
    from actions.ledger.addresses import advertising_hash
    from actions.ledger.model import Kind

    if form not in _FORMATS:
        raise CommandError(f"There is no format {form!r}. Choose one of {', '.join(_FORMATS)}.")
    if kind is not None and kind not in list(Kind):
        raise CommandError(f"There is no kind {kind!r}. Choose one of {', '.join(Kind)}.")
    for_ads = [Kind.TARGETED_ADVERTISING, Kind.SHARING] if form == "sha256" else []
    out = _services().ledger.suppressed(*([Kind(kind)] if kind else for_ads))
    if form == "sha256":
        last = ""
        for subject, _, _ in out:
            if subject.type == "email" and subject.value != last:
                print(advertising_hash(subject.value))
                last = subject.value
        return
    rows = (
        {"type": subject.type, "subject": subject.value, "kind": str(of), "since": since.isoformat()}
        for subject, of, since in out
    )
    if form == "jsonl":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    writer = csv.DictWriter(sys.stdout, ["type", "subject", "kind", "since"])
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "subject": f"'{row['subject']}" if row["subject"].startswith(_FORMULA) else row["subject"]})


@app.command()
def link(email: Annotated[str, typer.Argument(help="The address that the mail goes to.")]) -> None:
    """Print the path for the List-Unsubscribe header of a mail (RFC 8058)."""
    from actions.ledger.addresses import BadAddress
    from bot.settings import settings
    from bot.web.optouts import unsubscribe_path

    try:
        print(unsubscribe_path(settings(), email))
    except BadAddress as error:
        raise CommandError(f"{email!r} is no e-mail address: {error}") from None


@app.command()
def rotate() -> None:
    """Encrypt and mark everything under the last of PRIVACY_BOT_DATA_KEYS; the others may be dropped then."""
    from actions.ledger.keeping import rotate as renew

    services = _services()
    print(f"{renew(services.durable, services.keyring)} rows are under the newest key.")


def _anchor(written: str) -> tuple[int, str] | None:
    seq, _, mac = written.partition(":")
    if written and not (seq.isdigit() and re.fullmatch("[0-9a-f]{64}", mac)):
        raise CommandError("An anchor is what optouts verify printed as the end: a number, a colon and 64 hexadecimal digits.")
    return (int(seq), mac) if written else None


def _services() -> Services:
    from actions.services import of_settings

    return of_settings()


def _statuses(named: Iterable[str]) -> list[Any]:
    from actions.ledger.model import Status

    try:
        return [Status(name) for name in named]
    except ValueError:
        raise CommandError(f"A state is one of {', '.join(Status)}.") from None


def _print(records: Iterator[Record], as_json: bool) -> None:
    if as_json:
        for record in records:
            print(json.dumps(record_json(record), ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    from bot.policy.hours import STORE_ZONE

    table = Table(box=None)
    for name in ("reference", "due", "status", "action"):
        table.add_column(name, no_wrap=True)
    for name in ("kinds", "channel", "received", "whose"):
        table.add_column(name, overflow="fold")
    for record in records:
        entry = record_json(record)
        late = record.overdue_since is not None and record.overdue_since < datetime.now(STORE_ZONE).date()
        table.add_row(
            record.reference,
            f"[red]{entry['due']}[/red]" if late else entry["due"],
            entry["status"],
            entry["action"],
            ", ".join(entry["kinds"]),
            entry["channel"],
            f"{record.received_at:%Y-%m-%d}",
            entry["subject"] or "(unreadable)",
        )
    Console().print(table)


def record_json(record: Record) -> dict[str, Any]:
    """Return a record as it is printed."""
    from actions.ledger.model import in_order

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
