"""``privacy-bot optouts``: files, figures, links and the check of the ledger."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from typing import Annotated

import typer

from bot.cli.errors import CommandError
from bot.cli.optouts import Json, app, service, write

_FORMATS = ("csv", "jsonl", "sha256")


@app.command()
def report(
    year: Annotated[
        int | None, typer.Option(min=2000, max=9999, help="Calendar year. Default: the last one.")
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV, as spreadsheets open it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print the yearly figures that 11 CCR 7102 asks for."""
    from bot.cli.printing import yearly_table
    from bot.optouts.export import csv_lines, json_lines
    from bot.optouts.yearly import COLUMNS, deleted_before, yearly
    from bot.policy.store import store
    from bot.settings import settings

    of = year or store().today().year - 1
    figures = yearly(service().engine, of)
    if gone := deleted_before(of, timedelta(days=settings().optout_days)):
        told = f"Records from before {gone} are deleted for their age: this is not all of {of}."
        print(told, file=sys.stderr)
    rows = [row.row() for row in figures]
    if as_csv:
        write(csv_lines(rows, COLUMNS))
    elif as_json:
        write(json_lines(rows))
    else:
        print(f"Requests received in {of}")
        for line in yearly_table(figures):
            print(line)


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

    noted, optouts = _parsed_anchor(anchor), service()
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

    csv is as spreadsheets open it: with a mark of its encoding, times in UTC, and an apostrophe
    before an address that looks like a formula.
    jsonl prints every address unchanged.
    sha256 prints hashes of e-mail addresses, as ad platforms take them.
    sha256 has only opt-outs of ads and sharing, if no --kind is given.
    """
    from bot.optouts.addresses import advertising_hash
    from bot.optouts.export import SUPPRESSION_COLUMNS, csv_lines, json_lines, suppression_row
    from bot.optouts.model import OptOutKind

    if form not in _FORMATS:
        raise CommandError(f"There is no format {form!r}. Choose one of {', '.join(_FORMATS)}.")
    if kind is not None and kind not in list(OptOutKind):
        raise CommandError(f"There is no kind {kind!r}. Choose one of {', '.join(OptOutKind)}.")
    for_ads = [OptOutKind.TARGETED_ADVERTISING, OptOutKind.SHARING] if form == "sha256" else []
    entries = service().ledger.suppressed(*([OptOutKind(kind)] if kind else for_ads))
    if form == "sha256":
        last = ""
        for subject, _, _ in entries:
            if subject.type == "email" and subject.value != last:
                print(advertising_hash(subject.value))
                last = subject.value
        return
    rows = map(suppression_row, entries)
    write(csv_lines(rows, SUPPRESSION_COLUMNS) if form == "csv" else json_lines(rows))


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
    optouts = service()
    print(f"{renew(optouts.durable, optouts.keyring)} rows are under the newest key.")


def _parsed_anchor(written: str) -> tuple[int, str] | None:
    seq, _, mac = written.partition(":")
    if written and not (seq.isdigit() and re.fullmatch("[0-9a-f]{64}", mac)):
        raise CommandError(
            "An anchor is what optouts verify printed as the end: "
            "a number, a colon and 64 hexadecimal digits."
        )
    return (int(seq), mac) if written else None
