"""``privacy-bot optouts``: commands of the privacy office for the ledger of opt-outs."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.errors import CommandError

if TYPE_CHECKING:
    from bot.optouts.model import Receipt, Record
    from bot.optouts.service import OptOutService

app = typer.Typer(
    no_args_is_help=True, help="Opt-out requests: list, show, decide, export and verify them."
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line.")]
Reference = Annotated[
    str, typer.Argument(help="Reference that the shopper got, such as K7M4-QXT9-RWDF.")
]
_FORMATS = ("csv", "jsonl", "sha256")
_FORMULA_STARTS = ("=", "+", "-", "@")


@app.command("list")
def list_(
    status: Annotated[
        list[str] | None, typer.Option(help="Only requests in this state. May be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Largest number of requests to list.")] = 100,
    as_json: Json = False,
) -> None:
    """List requests, the latest first."""
    _print(_optouts().ledger.records(_statuses(status or []), limit), as_json)


@app.command()
def show(reference: Reference, as_json: Json = False) -> None:
    """Show one request, with its address, wording, receipts and history.

    Everybody who asked for the same has a receipt with a reference of their own.
    """
    ledger = _optouts().ledger
    record = ledger.find(reference)
    history, receipts = ledger.history(record.id), ledger.receipts(record.id)
    if as_json:
        more = {
            "wording": record.wording,
            "receipts": list(map(receipt_json, receipts)),
            "history": history,
        }
        print(json.dumps({**record_json(record), **more}, default=str, ensure_ascii=False))
        return
    for name, value in {**record_json(record), "wording": record.wording}.items():
        print(f"{name:<16}{', '.join(value) if isinstance(value, list) else value}")
    for receipt in receipts:
        entry = receipt_json(receipt)
        taken_back = ", taken back" if receipt.status == "revoked" else ""
        print(
            f"{'receipt':<16}{receipt.reference}  {receipt.received_at:%Y-%m-%d %H:%M:%S} UTC  "
            f"{entry['channel']}: {', '.join(entry['kinds'])}{taken_back}"
        )
    for line in history:
        details = ", ".join(
            f"{name} {value}" for name, value in (line["content"] or {}).items() if value
        )
        print(f"{line['at']:%Y-%m-%d %H:%M:%S} UTC  line {line['seq']}  {line['event']}: {details}")


@app.command()
def fulfil(
    reference: Reference,
    how: Annotated[
        str, typer.Option(help="How you know that the request is in force.")
    ] = "by hand",
) -> None:
    """Record that a request is in force."""
    record = _optouts().ledger.fulfil(reference, how)
    print(f"{record.reference} is fulfilled ({record.how}).")


@app.command()
def deny(
    reference: Reference,
    reason: Annotated[str, typer.Option(help="Documented, good-faith belief of fraud.")],
) -> None:
    """Deny a request as fraudulent, with a reason.

    Everybody with the reference can read the reason: put no personal data in it.
    """
    record = _optouts().ledger.deny(reference, reason)
    print(f"{record.reference} is denied: {record.reason}")


@app.command()
def confirm(
    reference: Reference,
    how: Annotated[
        str, typer.Option(help="How you know that the owner of the address asked for it.")
    ],
) -> None:
    """Confirm an opt-in, which then undoes the earlier opt-outs of its address.

    Anybody can ask for an opt-in in the name of somebody else: make sure who asks.
    """
    record = _optouts().ledger.confirm(reference, how)
    print(f"{record.reference} is confirmed, and is {record.status} now ({record.how}).")


@app.command()
def due(
    within: Annotated[
        int, typer.Option(min=0, help="Also list requests that are due within so many days.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """List the requests that must be in force by today.

    The exit status is 1 if a request is overdue or a message could not be delivered.
    """
    from bot.optouts.ledger import SHOPPER_MAIL
    from bot.policy.store import store

    optouts, today = _optouts(), store().today()
    found = optouts.ledger.due(today + timedelta(days=within))
    _print(iter(found), as_json)
    late = sum(record.due < today for record in found)
    # Anybody can type an address that takes no mail: then the opt-in just stays unconfirmed.
    given_up = [one for one in optouts.outbox.given_up() if one.receiver != SHOPPER_MAIL]
    if late or given_up:
        raise CommandError(
            f"{late} overdue, {len(given_up)} messages undelivered. "
            "Note what is in force (privacy-bot optouts fulfil); "
            "look at the receivers (privacy-bot optouts undelivered)."
        )


@app.command()
def undelivered(
    retry: Annotated[
        bool, typer.Option(help="Put them back into the outbox, which delivers them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the messages to receivers that could not be delivered."""
    outbox = _optouts().outbox
    for message in outbox.given_up():
        fields = {name: str(value) for name, value in vars(message).items()}
        print(
            json.dumps(fields)
            if as_json
            else f"{message.id} {message.receiver} {message.event} "
            f"{message.attempts}x: {message.error}"
        )
    if retry:
        print(f"{outbox.retry()} messages are tried again.", file=sys.stderr)


@app.command()
def verify(
    anchor: Annotated[
        str,
        typer.Option(help="End of the ledger, as an earlier run printed it."),
    ] = "",
) -> None:
    """Check the ledger against its audit log.

    The exit status is 1 if anything was changed, removed or reordered.
    Keep the printed end outside the database, and give it to a later run as --anchor.
    """
    from bot.optouts.audit_log import AUDIT_LOG
    from bot.optouts.verification import verify as find_faults

    noted, optouts = _parsed_anchor(anchor), _optouts()
    with optouts.engine.connect() as db:
        seq, mac = AUDIT_LOG.last(db)
    found = 0
    faults = find_faults(optouts.engine, optouts.keyring, noted)
    for found, fault in enumerate(faults, start=1):  # noqa: B007
        print(fault)
    if found:
        raise CommandError(
            f"The ledger has {found} fault{'s' if found > 1 else ''}: the lines above say where."
        )
    print(
        "The ledger is as it was written. "
        f"Its end, to be noted and given to the next --anchor: {seq}:{mac}"
    )


@app.command()
def export(
    form: Annotated[
        str, typer.Option("--format", help="csv, jsonl, or sha256 for ad platforms.")
    ] = "csv",
    kind: Annotated[
        str | None, typer.Option(help="Only entries of this kind, such as sharing.")
    ] = None,
) -> None:
    """Print the suppression list: addresses with their kinds of opt-out and dates.

    csv marks an address that looks like a formula with an apostrophe before it.
    jsonl prints every address unchanged.
    sha256 prints hashes of e-mail addresses, as ad platforms take them.
    sha256 has only opt-outs of ads and sharing, if no --kind is given.
    """
    from bot.optouts.addresses import advertising_hash
    from bot.optouts.model import OptOutKind

    if form not in _FORMATS:
        raise CommandError(f"There is no format {form!r}. Choose one of {', '.join(_FORMATS)}.")
    if kind is not None and kind not in list(OptOutKind):
        raise CommandError(f"There is no kind {kind!r}. Choose one of {', '.join(OptOutKind)}.")
    for_ads = [OptOutKind.TARGETED_ADVERTISING, OptOutKind.SHARING] if form == "sha256" else []
    entries = _optouts().ledger.suppressed(*([OptOutKind(kind)] if kind else for_ads))
    if form == "sha256":
        last = ""
        for subject, _, _ in entries:
            if subject.type == "email" and subject.value != last:
                print(advertising_hash(subject.value))
                last = subject.value
        return
    rows = (
        {
            "type": subject.type,
            "subject": subject.value,
            "kind": str(entry_kind),
            "since": since.isoformat(),
        }
        for subject, entry_kind, since in entries
    )
    if form == "jsonl":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    writer = csv.DictWriter(sys.stdout, ["type", "subject", "kind", "since"])
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                **row,
                "subject": f"'{row['subject']}"
                if row["subject"].startswith(_FORMULA_STARTS)
                else row["subject"],
            }
        )


@app.command()
def link(email: Annotated[str, typer.Argument(help="Address that the mail is sent to.")]) -> None:
    """Print the unsubscribe path of an address, for the List-Unsubscribe header (RFC 8058)."""
    from bot.optouts.addresses import BadAddress
    from bot.optouts.links import UnsubscribeLinks
    from bot.settings import settings

    try:
        print(UnsubscribeLinks(settings()).path(email))
    except BadAddress as error:
        raise CommandError(f"{email!r} is no e-mail address: {error}") from None


@app.command()
def rotate() -> None:
    """Encrypt the ledger again under the last key of PRIVACY_BOT_DATA_KEYS.

    The ledger and the audit log of the accounts do not need the older keys afterwards.
    Unsubscribe links, agents' tokens and handoffs made under an older key still need it.
    """
    from bot.application.services import default_services
    from bot.optouts.maintenance import rotate as renew

    default_services().staff.activity.rotate()
    optouts = _optouts()
    print(f"{renew(optouts.durable, optouts.keyring)} rows are under the newest key.")


def _parsed_anchor(written: str) -> tuple[int, str] | None:
    seq, _, mac = written.partition(":")
    if written and not (seq.isdigit() and re.fullmatch("[0-9a-f]{64}", mac)):
        raise CommandError(
            "An anchor is what optouts verify printed as the end: "
            "a number, a colon and 64 hexadecimal digits."
        )
    return (int(seq), mac) if written else None


def _optouts() -> OptOutService:
    from bot.application.services import default_services

    return default_services().optouts


def _statuses(named: Iterable[str]) -> list[Any]:
    from bot.optouts.model import Status

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

    from bot.policy.store import store

    table = Table(box=None)
    for name in ("reference", "due", "status", "action"):
        table.add_column(name, no_wrap=True)
    for name in ("kinds", "channel", "received", "whose"):
        table.add_column(name, overflow="fold")
    for record in records:
        entry = record_json(record)
        late = record.overdue_since is not None and record.overdue_since < store().today()
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


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON."""
    from bot.optouts.model import in_order

    return {
        "reference": receipt.reference,
        "kinds": [str(kind) for kind in in_order(receipt.kinds)],
        "channel": str(receipt.channel),
        "received_at": receipt.received_at.isoformat(),
        "due": receipt.due.isoformat(),
        "status": str(receipt.status),
    }


def record_json(record: Record) -> dict[str, Any]:
    """Return a record as JSON, with the names that the commands print."""
    from bot.optouts.model import in_order

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
