"""Tests of ``privacy-bot optouts``, each run as a process."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from bot.application.services import Services
from bot.optouts.model import OptOutKind
from bot.optouts.service import OptOutService
from bot.settings import Settings
from tests.cli.test_commands import one_line, run
from tests.optouts.conftest import email, opt_in, opt_out, recorded


@pytest.fixture
def optouts(tmp_path: Path) -> OptOutService:
    """Opt-out service over the database of the command line."""
    return Services.open(Settings(data_dir=tmp_path)).optouts


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Environment variables that point the command line to that database."""
    return {"PRIVACY_BOT_DATA_DIR": str(tmp_path)}


def test_requests_are_listed_as_a_table_or_as_json(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """The list is a table by default, JSON lines on demand, and can be filtered by state."""
    first = recorded(optouts.ledger, opt_out())
    optouts.ledger.record(opt_out(subject=email("al@example.com")))
    optouts.ledger.fulfil(first.reference, "confirmed")
    assert first.reference in run("optouts", "list", **environment).stdout
    listed = [
        json.loads(line)
        for line in run(
            "optouts", "list", "--json", "--status", "open", **environment
        ).stdout.splitlines()
    ]
    assert [entry["subject"] for entry in listed] == ["al@example.com"]
    assert "open" in one_line(run("optouts", "list", "--status", "nonsense", **environment))


def test_the_list_is_filtered_and_searched(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """Kind, state, day and a whole address choose what is listed; an unknown kind is an error."""
    with time_machine.travel(datetime(2026, 1, 6, 18, tzinfo=UTC), tick=False):
        old = recorded(optouts.ledger, opt_out()).reference
    new = recorded(optouts.ledger, opt_out(OptOutKind.SHARING)).reference

    def listed(*options: str) -> str:
        """Return what is printed."""
        return run("optouts", "list", *options, **environment).stdout

    for options, expected in (
        (("--kind", "sharing"), {new}),
        (("--until", "2026-01-06"), {old}),
        (("--since", "2026-01-07"), {new}),
        (("--search", "JO@example.com", "--status", "open"), {old, new}),
        (("--search", old.lower()), {old}),
        (("--channel", "gpc"), set()),
    ):
        assert {one for one in (old, new) if one in listed(*options)} == expected
    assert "sharing" in one_line(run("optouts", "list", "--kind", "x", **environment))
    assert "whole" in one_line(run("optouts", "list", "--search", "jo", **environment))


def test_nothing_that_one_copies_is_broken(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """Lines have 80 columns at most, but an address is whole, however long it is."""
    address = f"{'jo.' * 20}x@{'a-long-name.' * 8}example.com"
    record = recorded(optouts.ledger, opt_out(*OptOutKind, subject=email(address)))
    optouts.ledger.fulfil(record.reference, "seen in the list of the mail system " * 5)
    for command in (("list",), ("show", record.reference), ("report", "--year", "2026")):
        lines = run("optouts", *command, **environment).stdout.splitlines()
        assert all(len(line) <= 80 or address in line for line in lines), lines
        if command[0] != "report":
            assert any(address in line for line in lines)
            assert any(record.reference in line for line in lines)


def test_a_decision_is_taken_back(optouts: OptOutService, environment: dict[str, str]) -> None:
    """A denial by a listed reason is reopened, and a note is shown with the request."""
    reference = recorded(optouts.ledger, opt_out()).reference
    denied = run("optouts", "deny", reference, "--reason", "automated", **environment).stdout
    assert "sent by a machine" in denied
    run("optouts", "note", reference, "called the owner", "--author", "Olga", **environment)
    reopened = run("optouts", "reopen", reference, "--how", "she called", **environment).stdout
    assert f"{reference} is open again" in reopened
    shown = run("optouts", "show", reference, **environment).stdout
    assert "note by Olga: called the owner" in shown


def test_a_request_is_shown_with_its_history(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """A request is shown with its address and every event of its history."""
    record = recorded(optouts.ledger, opt_out())
    optouts.ledger.fulfil(record.reference, "confirmed by telephone")
    shown = run("optouts", "show", record.reference.lower(), **environment).stdout
    assert "jo@example.com" in shown
    assert "confirmed by telephone" in shown
    assert (
        json.loads(run("optouts", "show", record.reference, "--json", **environment).stdout)[
            "history"
        ][1]["event"]
        == "fulfilled"
    )
    assert "K7M4-QXT9-RWDF" in one_line(run("optouts", "show", "nonsense", **environment))


def test_a_request_is_shown_with_all_its_receipts(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """Any reference of a request shows it, with the references of all who asked for it."""
    first, second = (optouts.ledger.record(opt_out(holder=holder)).reference for holder in "ab")
    optouts.ledger.take_back(first, "a")
    shown = run("optouts", "show", second, **environment).stdout
    assert f"{first}  " in shown and f"{second}  " in shown
    assert shown.count("taken back") == 1
    listed = json.loads(run("optouts", "show", first, "--json", **environment).stdout)["receipts"]
    assert [receipt["reference"] for receipt in listed] == [first, second]


def test_an_opt_in_is_confirmed_by_the_office(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """An opt-in is listed as unconfirmed until the office confirms it."""
    optouts.ledger.record(opt_out())
    asked = optouts.ledger.record(opt_in()).reference
    assert asked in run("optouts", "list", "--status", "unconfirmed", **environment).stdout
    confirmed = run("optouts", "confirm", asked, "--how", "she called us", **environment).stdout
    assert f"{asked} is confirmed" in confirmed and "she called us" in confirmed
    assert not optouts.ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)


def test_requests_are_fulfilled_and_denied(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """Both commands print the new state; a denial without a reason is refused."""
    first, second = (
        recorded(optouts.ledger, opt_out(subject=email(f"{name}@example.com"))) for name in "ab"
    )
    assert (
        "is fulfilled"
        in run("optouts", "fulfil", first.reference, "--how", "mail system", **environment).stdout
    )
    assert "reason" in one_line(
        run("optouts", "deny", second.reference, "--reason", " ", **environment)
    )
    assert (
        "is denied"
        in run(
            "optouts", "deny", second.reference, "--reason", "sent by a script", **environment
        ).stdout
    )


def test_an_overdue_request_is_an_error(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """The exit status is 0 if nothing is overdue, and 1 if one request is."""
    assert run("optouts", "due", **environment).returncode == 0
    with time_machine.travel(datetime(2020, 1, 6, 18, tzinfo=UTC), tick=False):
        record = recorded(optouts.ledger, opt_out())
    result = run("optouts", "due", **environment)
    assert record.reference in result.stdout
    assert "1 overdue" in one_line(result)


def test_a_changed_ledger_does_not_verify(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """An unchanged ledger passes; a changed line is an error, and is named."""
    optouts.ledger.record(opt_out())
    assert "as it was written" in run("optouts", "verify", **environment).stdout
    with optouts.durable.begin() as db:
        db.execute(sa.text("UPDATE optout_history SET event = 'denied' WHERE seq = 1"))
    result = run("optouts", "verify", **environment)
    assert "line 1: was changed" in result.stdout
    assert "fault" in one_line(result)


def test_an_emptied_ledger_does_not_match_an_earlier_end(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """The end that one run prints is the anchor of the next, and reveals an emptied ledger."""
    optouts.ledger.record(opt_out())
    end = run("optouts", "verify", **environment).stdout.split()[-1]
    optouts.ledger.record(opt_out(subject=email("al@example.com")))
    assert run("optouts", "verify", "--anchor", end, **environment).returncode == 0
    with optouts.durable.begin() as db:
        for table in ("optouts", "optout_history", "optout_suppressions"):
            db.execute(sa.text(f"DELETE FROM {table}"))
        db.execute(sa.text(f"UPDATE optout_head SET seq = 0, mac = '{'0' * 64}', seal = ''"))
    assert run("optouts", "verify", **environment).returncode == 0
    assert "line 1 was noted" in run("optouts", "verify", "--anchor", end, **environment).stdout
    assert "a number, a colon" in one_line(run("optouts", "verify", "--anchor", "x", **environment))


def test_ad_platforms_get_no_address_that_opted_out_of_mail_only(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """The hashes are only of addresses that opted out of ads or of sharing."""
    optouts.ledger.record(opt_out())
    assert run("optouts", "export", "--format", "sha256", **environment).stdout == ""


def test_a_spreadsheet_finds_no_formula_in_the_export(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """An address that begins like a formula is made text in CSV, and unchanged in JSON."""
    optouts.ledger.record(opt_out(subject=email("=1+1@example.com")))
    (row,) = csv.DictReader(io.StringIO(run("optouts", "export", **environment).stdout))
    assert row["subject"] == "'=1+1@example.com"
    assert (
        json.loads(run("optouts", "export", "--format", "jsonl", **environment).stdout)["subject"]
        == "=1+1@example.com"
    )


def test_a_malformed_receiver_is_refused_at_the_start(environment: dict[str, str]) -> None:
    """The error of a malformed receiver names its variable."""
    for name, url in (
        ("OPTOUT_SMTP_URL", "smtp://mail.example.com:x?to=a@example.com"),
        ("OPTOUT_WEBHOOK_URL", "hook.example.com"),
    ):
        assert f"PRIVACY_BOT_{name}" in one_line(
            run("optouts", "list", **environment, **{f"PRIVACY_BOT_{name}": url})
        )


def test_the_suppression_list_is_exported_in_every_format(
    optouts: OptOutService, environment: dict[str, str]
) -> None:
    """The formats are CSV, JSON lines and hashes for ad platforms, of one kind or all."""
    optouts.ledger.record(opt_out(OptOutKind.MARKETING_EMAIL, OptOutKind.SHARING))
    rows = list(csv.DictReader(io.StringIO(run("optouts", "export", **environment).stdout)))
    assert {(row["subject"], row["kind"]) for row in rows} == {
        ("jo@example.com", "marketing_email"),
        ("jo@example.com", "sharing"),
    }
    lines = run(
        "optouts", "export", "--format", "jsonl", "--kind", "sharing", **environment
    ).stdout.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["sharing"]
    hashed = run("optouts", "export", "--format", "sha256", **environment).stdout.split()
    assert hashed == [hashlib.sha256(b"jo@example.com").hexdigest()]
    assert "csv" in one_line(run("optouts", "export", "--format", "xml", **environment))


def test_a_link_for_a_mail_footer_is_made(environment: dict[str, str]) -> None:
    """The path does not show the address; text that is not an address is refused."""
    link = run("optouts", "link", "jo@example.com", **environment).stdout.strip()
    assert link.startswith("/unsubscribe/")
    assert "jo" not in link.split("/")[-1][:5]
    assert "no e-mail address" in one_line(run("optouts", "link", "nobody", **environment))


def test_keys_are_rotated(optouts: OptOutService, environment: dict[str, str]) -> None:
    """A new last key encrypts the ledger again, which then verifies without the old key."""
    optouts.ledger.record(opt_out())
    old, new = Settings().data_keys[0], "n" * 40
    rotated = run("optouts", "rotate", **environment, PRIVACY_BOT_DATA_KEYS=json.dumps([old, new]))
    assert "2 rows" in rotated.stdout
    verified = run("optouts", "verify", **environment, PRIVACY_BOT_DATA_KEYS=json.dumps([new]))
    assert verified.returncode == 0, verified.stdout
