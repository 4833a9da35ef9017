"""Tests of `privacy-bot optouts`, as the privacy office runs it."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from actions.ledger.model import Kind
from actions.services import Services, build
from bot.database import connect, migrate
from bot.settings import Settings
from tests.actions.ledger.conftest import email, opt_out
from tests.cli.test_commands import one_line, run


@pytest.fixture
def works(tmp_path: Path) -> Services:
    """The services over the database of the command line."""
    settings = Settings(data_dir=tmp_path)
    migrate(settings.database)
    return build(settings, connect(settings.database), connect(settings.database, durable=True))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Where the command line finds that database."""
    return {"PRIVACY_BOT_DATA_DIR": str(tmp_path)}


def test_requests_are_listed_for_people_and_programs(works: Services, environment: dict[str, str]) -> None:
    """A table by default, JSON lines on demand, filtered by state."""
    first = works.ledger.record(opt_out()).record
    works.ledger.record(opt_out(subject=email("al@example.com")))
    works.ledger.fulfil(first.reference, "confirmed")
    assert first.reference in run("optouts", "list", **environment).stdout
    listed = [
        json.loads(line) for line in run("optouts", "list", "--json", "--status", "open", **environment).stdout.splitlines()
    ]
    assert [entry["subject"] for entry in listed] == ["al@example.com"]
    assert "open" in one_line(run("optouts", "list", "--status", "nonsense", **environment))


def test_a_request_is_shown_with_its_history(works: Services, environment: dict[str, str]) -> None:
    """Everything that is known about it, and what happened to it."""
    record = works.ledger.record(opt_out()).record
    works.ledger.fulfil(record.reference, "confirmed by telephone")
    shown = run("optouts", "show", record.reference.lower(), **environment).stdout
    assert "jo@example.com" in shown
    assert "confirmed by telephone" in shown
    assert (
        json.loads(run("optouts", "show", record.reference, "--json", **environment).stdout)["history"][1]["event"]
        == "fulfilled"
    )
    assert "K7M-4QXT" in one_line(run("optouts", "show", "nonsense", **environment))


def test_requests_are_fulfilled_and_denied(works: Services, environment: dict[str, str]) -> None:
    """Each says what was done; a denial wants a reason."""
    first, second = (works.ledger.record(opt_out(subject=email(f"{name}@example.com"))).record for name in "ab")
    assert "is fulfilled" in run("optouts", "fulfil", first.reference, "--how", "mail system", **environment).stdout
    assert "reason" in one_line(run("optouts", "deny", second.reference, "--reason", " ", **environment))
    assert "is denied" in run("optouts", "deny", second.reference, "--reason", "sent by a script", **environment).stdout


def test_what_is_overdue_ends_with_an_error(works: Services, environment: dict[str, str]) -> None:
    """Nothing overdue is success; one overdue request is not."""
    assert run("optouts", "due", **environment).returncode == 0
    with time_machine.travel(datetime(2020, 1, 6, 18, tzinfo=UTC), tick=False):
        record = works.ledger.record(opt_out()).record
    result = run("optouts", "due", **environment)
    assert record.reference in result.stdout
    assert "1 overdue" in one_line(result)


def test_a_changed_ledger_does_not_verify(works: Services, environment: dict[str, str]) -> None:
    """A whole ledger is success; a changed line is named, and an error."""
    works.ledger.record(opt_out())
    assert "as it was written" in run("optouts", "verify", **environment).stdout
    with works.durable.begin() as db:
        db.execute(sa.text("UPDATE optout_history SET event = 'denied' WHERE seq = 1"))
    result = run("optouts", "verify", **environment)
    assert "line 1: was changed" in result.stdout
    assert "fault" in one_line(result)


def test_a_noted_end_is_held_against_the_ledger(works: Services, environment: dict[str, str]) -> None:
    """What one run prints, the next one takes; an emptied ledger does not pass then."""
    works.ledger.record(opt_out())
    end = run("optouts", "verify", **environment).stdout.split()[-1]
    works.ledger.record(opt_out(subject=email("al@example.com")))
    assert run("optouts", "verify", "--anchor", end, **environment).returncode == 0
    with works.durable.begin() as db:
        for table in ("optouts", "optout_history", "optout_suppressions"):
            db.execute(sa.text(f"DELETE FROM {table}"))
        db.execute(sa.text(f"UPDATE optout_head SET seq = 0, mac = '{'0' * 64}', seal = ''"))
    assert run("optouts", "verify", **environment).returncode == 0
    assert "line 1 was noted" in run("optouts", "verify", "--anchor", end, **environment).stdout
    assert "a number, a colon" in one_line(run("optouts", "verify", "--anchor", "x", **environment))


def test_ad_platforms_are_not_told_of_those_who_only_want_no_mail(works: Services, environment: dict[str, str]) -> None:
    """A hash that is handed over is of somebody who is out of ads or of sharing."""
    works.ledger.record(opt_out())
    assert run("optouts", "export", "--format", "sha256", **environment).stdout == ""


def test_a_spreadsheet_finds_no_formula_in_the_list(works: Services, environment: dict[str, str]) -> None:
    """An address that begins like a formula is shown as text; JSON has it as it is."""
    works.ledger.record(opt_out(subject=email("=1+1@example.com")))
    (row,) = csv.DictReader(io.StringIO(run("optouts", "export", **environment).stdout))
    assert row["subject"] == "'=1+1@example.com"
    assert json.loads(run("optouts", "export", "--format", "jsonl", **environment).stdout)["subject"] == "=1+1@example.com"


def test_a_receiver_that_cannot_be_is_refused_at_the_start(environment: dict[str, str]) -> None:
    """A wrong address of a receiver names its variable."""
    for name, url in (
        ("OPTOUT_SMTP_URL", "smtp://mail.example.com:x?to=a@example.com"),
        ("OPTOUT_WEBHOOK_URL", "hook.example.com"),
    ):
        assert f"PRIVACY_BOT_{name}" in one_line(run("optouts", "list", **environment, **{f"PRIVACY_BOT_{name}": url}))


def test_the_list_is_exported_in_every_form(works: Services, environment: dict[str, str]) -> None:
    """As CSV, as JSON lines, and as the hashes that ad platforms take; one kind or all."""
    works.ledger.record(opt_out(Kind.MARKETING_EMAIL, Kind.SHARING))
    rows = list(csv.DictReader(io.StringIO(run("optouts", "export", **environment).stdout)))
    assert {(row["subject"], row["kind"]) for row in rows} == {
        ("jo@example.com", "marketing_email"),
        ("jo@example.com", "sharing"),
    }
    lines = run("optouts", "export", "--format", "jsonl", "--kind", "sharing", **environment).stdout.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["sharing"]
    hashed = run("optouts", "export", "--format", "sha256", **environment).stdout.split()
    assert hashed == [hashlib.sha256(b"jo@example.com").hexdigest()]
    assert "csv" in one_line(run("optouts", "export", "--format", "xml", **environment))


def test_a_link_for_a_mail_footer_is_made(environment: dict[str, str]) -> None:
    """The path is opaque; what is no address is refused."""
    link = run("optouts", "link", "jo@example.com", **environment).stdout.strip()
    assert link.startswith("/unsubscribe/")
    assert "jo" not in link.split("/")[-1][:5]
    assert "no e-mail address" in one_line(run("optouts", "link", "nobody", **environment))


def test_keys_are_rotated(works: Services, environment: dict[str, str]) -> None:
    """With a new key at the end everything is renewed; then the old one is not needed."""
    works.ledger.record(opt_out())
    old, new = Settings().data_keys[0], "n" * 40
    rotated = run("optouts", "rotate", **environment, PRIVACY_BOT_DATA_KEYS=json.dumps([old, new]))
    assert "2 rows" in rotated.stdout
    verified = run("optouts", "verify", **environment, PRIVACY_BOT_DATA_KEYS=json.dumps([new]))
    assert verified.returncode == 0, verified.stdout
