"""``privacy-bot optouts``: commands of the privacy office for the ledger of opt-outs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.cli.errors import CommandError

if TYPE_CHECKING:
    from bot.optouts.model import Record
    from bot.optouts.service import OptOutService

Option = TypeVar("Option", bound=StrEnum)
app = typer.Typer(
    no_args_is_help=True, help="Opt-out requests: list, show, decide, export and verify them."
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line.")]
Reference = Annotated[
    str, typer.Argument(help="Reference that the shopper got, such as K7M4-QXT9-RWDF.")
]


@app.command("list")
def list_(
    status: Annotated[
        list[str] | None, typer.Option(help="Only requests in this state. May be repeated.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only of this kind. May be repeated.")
    ] = None,
    action: Annotated[list[str] | None, typer.Option(help="Only opt_out, or only opt_in.")] = None,
    channel: Annotated[
        list[str] | None, typer.Option(help="Only by this channel. May be repeated.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only received since this day.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only received until this day.")
    ] = None,
    search: Annotated[str, typer.Option(help="Only of this reference, or whole address.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Largest number of requests to list.")] = 100,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV, as spreadsheets open it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List requests, the latest first."""
    from bot.optouts.export import RECORD_COLUMNS, csv_lines, record_row
    from bot.optouts.model import Action, Channel, OptOutKind, Status
    from bot.optouts.search import Wanted

    wanted = Wanted(
        kinds=_chosen(OptOutKind, kind, "kind"),
        actions=_chosen(Action, action, "action"),
        statuses=_chosen(Status, status, "state"),
        channels=_chosen(Channel, channel, "channel"),
        since=since.date() if since else None,
        until=until.date() if until else None,
        search=search,
    )
    optouts = service()
    found = optouts.search.find_all(wanted, limit, latest_first=True)
    if as_csv:
        owners = optouts.casework.owners()
        rows = (record_row(record, owners.get(record.id, "")) for record in found)
        write(csv_lines(rows, RECORD_COLUMNS))
    else:
        _print(found, as_json)


@app.command()
def show(reference: Reference, as_json: Json = False) -> None:
    """Show one request, with its address, wording, receipts, history and notes.

    Everybody who asked for the same has a receipt with a reference of their own.
    """
    from bot.cli.printing import receipt_json, record_json, shown

    optouts = service()
    ledger = optouts.ledger
    record = ledger.find(reference)
    history, receipts = ledger.history(record.id), ledger.receipts(record.id)
    notes = optouts.casework.notes(record.id)
    if as_json:
        more = {
            "wording": record.wording,
            "owner": optouts.casework.owners([record.id]).get(record.id),
            "receipts": list(map(receipt_json, receipts)),
            "history": history,
            "notes": list(map(vars, notes)),
        }
        print(json.dumps({**record_json(record), **more}, default=str, ensure_ascii=False))
        return
    for line in shown(record, receipts, history, notes):
        print(line)


@app.command()
def fulfil(
    reference: Reference,
    how: Annotated[
        str, typer.Option(help="How you know that the request is in force.")
    ] = "by hand",
) -> None:
    """Record that a request is in force."""
    record = service().ledger.fulfil(reference, how)
    print(f"{record.reference} is fulfilled ({record.how}).")


@app.command()
def deny(
    reference: Reference,
    reason: Annotated[
        str,
        typer.Option(
            help="Documented, good-faith belief of fraud: "
            "not_theirs, automated, not_confirmed, or your own words."
        ),
    ],
) -> None:
    """Deny a request as fraudulent, with a reason.

    Everybody with the reference can read the reason: put no personal data in it.
    """
    from bot.optouts.denials import REASONS

    record = service().ledger.deny(reference, REASONS.get(reason) or reason)
    print(f"{record.reference} is denied: {record.reason}")


@app.command()
def reopen(
    reference: Reference,
    how: Annotated[str, typer.Option(help="Why the decision was wrong.")],
) -> None:
    """Take back that a request was fulfilled or denied, and tell the receivers again."""
    record = service().ledger.reopen(reference, how)
    print(f"{record.reference} is {record.status} again.")


@app.command()
def note(
    reference: Reference,
    text: Annotated[str, typer.Argument(help="Text, which no shopper reads.")],
    author: Annotated[str, typer.Option(help="Who writes it.")] = "command line",
) -> None:
    """Add a note to a request."""
    optouts = service()
    optouts.casework.add_note(optouts.ledger.find(reference).id, author, text)


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
    record = service().ledger.confirm(reference, how)
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

    optouts, today = service(), store().today()
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
    outbox = service().outbox
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


def service() -> OptOutService:
    from bot.application.services import default_services

    return default_services().optouts


def _chosen(options: type[Option], named: list[str] | None, what: str) -> frozenset[Option]:
    try:
        return frozenset(options(name) for name in named or ())
    except ValueError:
        raise CommandError(f"A {what} is one of {', '.join(options)}.") from None


def write(lines: Iterable[str]) -> None:
    """Write the lines of a file to standard output, as they are and in UTF-8."""
    for line in lines:
        sys.stdout.buffer.write(line.encode())


def _print(records: Iterator[Record], as_json: bool) -> None:
    from bot.cli.printing import listed, record_json
    from bot.policy.store import store

    if as_json:
        for record in records:
            print(json.dumps(record_json(record), ensure_ascii=False))
        return
    for line in listed(records, store().today()):
        print(line)
