"""Tests of verification, deletion of old records and key rotation of the ledger.

They run on SQLite and on PostgreSQL.
"""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from bot.keys import Keyring
from bot.optouts.audit_log import AUDIT_LOG
from bot.optouts.ledger import Ledger
from bot.optouts.maintenance import expire, rotate
from bot.optouts.model import LedgerError, OptOutKind, UnknownReference
from bot.optouts.verification import verify
from tests.optouts.conftest import KEYS, confirmed, email, opt_in, opt_out, recorded

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Ledger with ten opt-outs, of which one is fulfilled and one undone: 15 lines in its log."""
    references = [
        recorded(ledger, opt_out(subject=email(f"s{number}@example.com"))).reference
        for number in range(10)
    ]
    ledger.fulfil(references[3], "confirmed")
    confirmed(ledger, opt_in(subject=email("s5@example.com")))
    return ledger


def change(durable: Engine, statement: str) -> None:
    """Change the database directly, without the ledger."""
    with durable.begin() as db:
        db.execute(sa.text(statement))


def test_an_untouched_ledger_has_no_faults(
    filled: Ledger, engine: Engine, keyring: Keyring
) -> None:
    """The verification of an unchanged ledger finds no fault."""
    assert list(verify(engine, keyring)) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE optout_history SET content = replace(content, 'chat', 'cli') WHERE seq = 4",
            "line 4: its content was changed",
        ),
        ("UPDATE optout_history SET event = 'denied' WHERE seq = 6", "line 6: was changed"),
        ("UPDATE optout_history SET optout = 'x' WHERE seq = 2", "line 2: was changed"),
        ("DELETE FROM optout_history WHERE seq = 7", "line 8: line 7 is missing before it"),
        (
            "DELETE FROM optout_history WHERE seq IN (3, 4, 5)",
            "line 6: lines 3 to 5 are missing before it",
        ),
        (
            "DELETE FROM optout_history WHERE seq > 10",
            "line 10: is the last, and the log ends with line 15",
        ),
        (
            "UPDATE optout_history SET content = NULL WHERE seq = 4",
            "line 4: its content is missing",
        ),
        (
            "DELETE FROM optouts WHERE id = (SELECT optout FROM optout_history WHERE seq = 2)",
            "line 2: its record is missing",
        ),
        (
            "UPDATE optouts SET due = '2030-01-01'"
            " WHERE id = (SELECT optout FROM optout_history WHERE seq = 9)",
            "line 9: the record",
        ),
        (
            "UPDATE optouts SET status = 'fulfilled' WHERE status = 'open'",
            "the state of the record",
        ),
        (
            "UPDATE optouts SET digest = 'x'"
            " WHERE id = (SELECT optout FROM optout_history WHERE seq = 1)",
            "line 1: the record",
        ),
        (
            "UPDATE optouts SET kinds = 'bogus'"
            " WHERE id = (SELECT optout FROM optout_history WHERE seq = 1)",
            "line 1: the record",
        ),
        (
            "UPDATE optout_history SET content = '{' WHERE seq = 2",
            "line 2: its content was changed",
        ),
        ("UPDATE optouts SET how = 'forged' WHERE status = 'fulfilled'", "the state of the record"),
        ("UPDATE optout_suppressions SET secret = 'x'", "an entry of the list"),
        ("UPDATE optout_suppressions SET since = '2020-01-01 00:00:00'", "an entry of the list"),
        ("UPDATE optout_suppressions SET kind = 'sharing'", "an entry of the list"),
        ("UPDATE optout_suppressions SET lifted_by = 'x'", "an entry of the list"),
        (
            "UPDATE optouts SET status_at = '2020-01-01 00:00:00' WHERE status = 'open'",
            "the state of the record",
        ),
        ("DELETE FROM optout_suppressions", "stands, and is not in the list of who is out"),
        ("DELETE FROM optout_head", "is the last, and the log ends with line 0"),
    ],
)
def test_a_change_is_found_and_named(
    filled: Ledger, engine: Engine, durable: Engine, keyring: Keyring, statement: str, found: str
) -> None:
    """A line, record or entry that was changed or removed is found, and the fault names it."""
    change(durable, statement)
    faults = list(map(str, verify(engine, keyring)))
    assert any(found in fault for fault in faults), faults


def test_a_request_during_the_verification_is_not_a_fault(
    filled: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """The verification reads the ledger as it was at the beginning."""
    change(durable, "UPDATE optout_history SET event = 'denied' WHERE seq = 2")
    faults = verify(engine, keyring)
    first = next(faults)
    filled.record(opt_out(subject=email("late@example.com")))
    assert "line 2" in str(first)
    assert [fault.seq for fault in faults if fault.seq > 2] == []


def test_reordered_lines_are_found(
    filled: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """Two lines that were swapped are both found."""
    change(durable, "UPDATE optout_history SET seq = 99 WHERE seq = 4")
    change(durable, "UPDATE optout_history SET seq = 4 WHERE seq = 5")
    change(durable, "UPDATE optout_history SET seq = 5 WHERE seq = 99")
    assert [fault.seq for fault in verify(engine, keyring)][:2] == [4, 5]


def test_a_line_forged_without_the_key_is_found(
    filled: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """A line that was added without the key is found."""
    copied = (
        "16, optout, at, 'denied', content, content_sha256, mac FROM optout_history WHERE seq = 1"
    )
    change(durable, f"INSERT INTO optout_history SELECT {copied}")
    change(
        durable,
        "UPDATE optout_head SET seq = 16, mac = (SELECT mac FROM optout_history WHERE seq = 16)",
    )
    assert "line 16: was changed" in str(next(verify(engine, keyring)))


def test_a_shortened_log_with_a_forged_end_is_found(
    filled: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """The end of the log cannot be moved to an earlier line, because it is sealed with the key."""
    change(durable, "DELETE FROM optout_history WHERE seq = 15")
    change(
        durable,
        "UPDATE optout_head SET seq = 14, mac = (SELECT mac FROM optout_history WHERE seq = 14)",
    )
    assert any("line 14: is the last" in str(fault) for fault in verify(engine, keyring))


def test_an_emptied_ledger_is_found_by_the_anchor(
    filled: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """An emptied ledger looks like a new one, but a noted end of the log shows the loss."""
    with engine.connect() as db:
        anchor = AUDIT_LOG.last(db)
    assert list(verify(engine, keyring, anchor)) == []
    for table in (
        "optouts",
        "optout_history",
        "optout_suppressions",
        "optout_outbox",
        "optout_receipts",
    ):
        change(durable, f"DELETE FROM {table}")
    change(durable, f"UPDATE optout_head SET seq = 0, mac = '{'0' * 64}', seal = ''")
    assert [str(fault) for fault in verify(engine, keyring, anchor)] == [
        "line 0: is the last, and line 15 was noted"
    ]


def test_a_replaced_log_is_found_by_the_anchor(
    filled: Ledger, engine: Engine, keyring: Keyring
) -> None:
    """Even with the keys, a log cannot be replaced by one that differs from the noted line."""
    assert "line 5: is not the one" in str(next(verify(engine, keyring, (5, "f" * 64))))


def test_a_lifted_entry_is_deleted_with_the_opt_in(
    ledger: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """When the opt-in that lifted an entry is deleted for its age, the entry is deleted too."""
    with time_machine.travel(NOW - timedelta(days=800), tick=False):
        ledger.record(opt_out())
    with time_machine.travel(NOW - timedelta(days=799), tick=False):
        confirmed(ledger, opt_in())
    with time_machine.travel(NOW, tick=False):
        assert expire(durable, keyring, timedelta(days=731)) == 2
    with engine.connect() as db:
        assert db.execute(sa.text("SELECT count(*) FROM optout_suppressions")).scalar() == 0
    assert list(verify(engine, keyring)) == []


def test_a_second_key_raises_no_false_alarm(
    filled: Ledger, engine: Engine, durable: Engine
) -> None:
    """After a key was added and before the rotation, requests under both keys belong together."""
    both = Keyring([*KEYS, "n" * 40], "ledger")
    ledger = Ledger(engine, durable, both, "policy-1")
    more = recorded(ledger, opt_out(*OptOutKind, subject=email("s1@example.com")))
    assert list(verify(engine, both)) == []
    ledger.deny(more.reference, "fraud")
    assert ledger.is_suppressed(email("s1@example.com"), OptOutKind.MARKETING_EMAIL)
    assert list(verify(engine, both)) == []


def test_old_records_are_deleted_and_the_suppression_list_stays(
    ledger: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """After 24 months a record and the contents of its lines in the audit log are deleted.

    Its address stays suppressed, and the verification finds no fault.
    """
    with time_machine.travel(NOW, tick=False):
        old = recorded(ledger, opt_out())
    with time_machine.travel(NOW + timedelta(days=700), tick=False):
        young = recorded(ledger, opt_out(subject=email("al@example.com")))
        assert expire(durable, keyring, timedelta(days=730)) == 0
    with time_machine.travel(NOW + timedelta(days=731), tick=False):
        assert expire(durable, keyring, timedelta(days=730)) == 1
        assert expire(durable, keyring, timedelta(days=730)) == 0
    with pytest.raises(UnknownReference):
        ledger.find(old.reference)
    assert ledger.find(young.reference) == young
    assert [line["content"] for line in ledger.history(old.id)] == [None, {}]
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    assert list(verify(engine, keyring)) == []


def test_the_keys_can_be_rotated(filled: Ledger, engine: Engine, durable: Engine) -> None:
    """After a rotation the new key alone is enough to find and verify everything."""
    # 11 requests and 10 entries of the suppression list.
    assert rotate(durable, Keyring([*KEYS, "n" * 40], "ledger")) == 11 + 10
    renewed = Keyring(["n" * 40], "ledger")
    assert list(verify(engine, renewed)) == []
    ledger = Ledger(engine, durable, renewed, "policy-1")
    assert len(ledger.receipts(recorded(ledger, opt_out(subject=email("s1@example.com"))).id)) == 2
    assert ledger.is_suppressed(email("s2@example.com"), OptOutKind.MARKETING_EMAIL)


def test_the_keys_are_not_rotated_if_there_are_faults(filled: Ledger, durable: Engine) -> None:
    """A rotation is refused if the log has faults, because new HMACs would hide them."""
    change(durable, "DELETE FROM optout_history WHERE seq = 7")
    with pytest.raises(LedgerError, match="line 7 is missing"):
        rotate(durable, Keyring([*KEYS, "n" * 40], "ledger"))
