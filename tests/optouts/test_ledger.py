"""Tests of the ledger of requests, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from bot.database import connect, migrate
from bot.keys import Keyring
from bot.optouts.ledger import Ledger
from bot.optouts.maintenance import expire
from bot.optouts.model import (
    EVERYTHING,
    LedgerError,
    NotRecorded,
    OptOutKind,
    Status,
    Subject,
    UnknownReference,
)
from bot.optouts.tables import head, history, receipts, requests
from bot.references import EXAMPLE, parse_reference
from tests.conftest import new_postgres_database
from tests.optouts.conftest import KEYS, confirmed, email, opt_in, opt_out, recorded


def test_a_request_becomes_a_record(ledger: Ledger) -> None:
    """A new record has a reference, a due date, the policy version, the wording and the subject."""
    with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC), tick=False):
        receipt = ledger.record(opt_out())
    record = ledger.find(receipt.reference)
    assert receipt.new
    assert parse_reference(record.reference) == record.reference
    assert record.due == date(2026, 12, 9)
    assert (record.subject, record.status, record.policy_version) == (
        email(),
        Status.OPEN,
        "policy-1",
    )
    assert (record.kinds, record.channel, record.wording) == (
        {OptOutKind.MARKETING_EMAIL},
        "chat",
        "No more mail.",
    )
    assert ledger.find(record.reference.lower().replace("-", " ")) == record


def test_the_same_request_of_a_holder_is_its_first_receipt(ledger: Ledger) -> None:
    """A second request of a holder for the same or fewer kinds gets the first receipt."""
    first = ledger.record(opt_out(*EVERYTHING, holder="a"))
    again = ledger.record(opt_out(*EVERYTHING, holder="a"))
    assert (again.reference, again.new) == (first.reference, False)
    assert ledger.record(opt_out(OptOutKind.SHARING, holder="a")).reference == first.reference
    assert ledger.record(opt_out(subject=email("al@example.com"), holder="a")).new


def test_the_same_request_of_others_is_one_record(ledger: Ledger) -> None:
    """Everybody who asks for the same or fewer kinds gets a reference of the one record."""
    first = recorded(ledger, opt_out(*EVERYTHING, holder="a"))
    assert recorded(ledger, opt_out(*EVERYTHING, holder="b")) == first
    assert recorded(ledger, opt_out(OptOutKind.SHARING)) == first
    assert len({receipt.reference for receipt in ledger.receipts(first.id)}) == 3


def test_a_request_for_more_kinds_is_a_new_record(ledger: Ledger) -> None:
    """An opt-out of one more kind is recorded as a new request."""
    first = recorded(ledger, opt_out())
    second = recorded(ledger, opt_out(OptOutKind.MARKETING_EMAIL, OptOutKind.SHARING))
    assert second.id != first.id


def test_a_hundred_identical_requests_at_once_are_one_record(
    ledger: Ledger, engine: Engine
) -> None:
    """Of identical requests of a holder at once one is recorded, and all get its reference."""
    with ThreadPoolExecutor(20) as pool:
        got = list(pool.map(lambda _: ledger.record(opt_out(holder="a")), range(100)))
    assert len({receipt.reference for receipt in got}) == 1
    assert sum(receipt.new for receipt in got) == 1
    with engine.begin() as db:
        for table in (requests, receipts, history):
            assert db.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 1


def test_two_processes_share_one_ledger(ledger: Ledger, database: str, keyring: Keyring) -> None:
    """A second process, with its own engines, sees the records and adds to the same audit log."""
    other = Ledger(connect(database), connect(database, durable=True), keyring, "policy-1")
    first = ledger.record(opt_out(holder="a"))
    assert other.record(opt_out(holder="a")).reference == first.reference
    second = recorded(other, opt_out(subject=email("al@example.com")))
    assert [line["seq"] for line in ledger.history(second.id)] == [2]


def test_an_opt_in_undoes_the_opt_out(ledger: Ledger) -> None:
    """An opt-in lifts the suppression and revokes the opt-out; both requests stay in the ledger."""
    out = recorded(ledger, opt_out())
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    undone = confirmed(ledger, opt_in())
    assert not ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    assert ledger.find(out.reference).status is Status.REVOKED
    assert undone.reference in ledger.find(out.reference).how
    assert recorded(ledger, opt_out()).id != out.id


def test_an_opt_in_for_one_kind_leaves_the_rest(ledger: Ledger) -> None:
    """After an opt-in for mail, an opt-out of everything stays valid for the other kinds."""
    out = recorded(ledger, opt_out(*EVERYTHING))
    confirmed(ledger, opt_in())
    assert ledger.find(out.reference).status is Status.OPEN
    assert ledger.is_suppressed(email(), OptOutKind.SHARING)
    assert not ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)


def test_a_denial_needs_a_reason_and_lifts_the_opt_out(ledger: Ledger) -> None:
    """A denial needs a reason (11 CCR 7026(e)); a denied opt-out suppresses nothing."""
    out = recorded(ledger, opt_out())
    with pytest.raises(LedgerError, match="reason"):
        ledger.deny(out.reference, " ")
    assert ledger.deny(out.reference, "sent by a script for 900 addresses").status is Status.DENIED
    assert not ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    with pytest.raises(LedgerError, match="is denied"):
        ledger.fulfil(out.reference, "x")


def test_a_denial_leaves_the_effect_of_other_requests(ledger: Ledger) -> None:
    """If one of two opt-outs is denied, the kinds of the other stay suppressed."""
    ledger.record(opt_out())
    everything = recorded(ledger, opt_out(*EVERYTHING))
    ledger.deny(everything.reference, "fraud")
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    assert not ledger.is_suppressed(email(), OptOutKind.SHARING)


def test_the_denial_of_a_forged_opt_in_restores_the_opt_out(ledger: Ledger) -> None:
    """If an opt-in is denied, the opt-out that it had revoked is open again."""
    out = recorded(ledger, opt_out())
    forged = confirmed(ledger, opt_in())
    ledger.deny(forged.reference, "the owner of the address did not ask for it")
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    assert ledger.find(out.reference).status is Status.OPEN


def test_the_remaining_kinds_of_a_request_are_shown(ledger: Ledger) -> None:
    """A receipt shows the kinds that were not undone; a new opt-out revokes the opt-in."""
    out = ledger.record(opt_out(*EVERYTHING))
    again = confirmed(ledger, opt_in())
    assert ledger.receipt(out.reference).kinds == EVERYTHING - {OptOutKind.MARKETING_EMAIL}
    ledger.record(opt_out())
    assert ledger.find(again.reference).status is Status.REVOKED


def test_a_request_is_fulfilled_once(ledger: Ledger) -> None:
    """A fulfilled request has its evidence and is not due; a second fulfilment changes nothing."""
    out = recorded(ledger, opt_out())
    done = ledger.fulfil(out.reference, "confirmed by the mail system")
    assert (done.status, done.how) == (Status.FULFILLED, "confirmed by the mail system")
    assert ledger.fulfil(out.reference, "again") == done
    assert ledger.due(date(2100, 1, 1)) == []
    assert [line["event"] for line in ledger.history(out.id)] == ["received", "fulfilled"]


def test_due_requests_are_in_order(ledger: Ledger) -> None:
    """Unfinished requests are listed by their due date; mail is due before the rest."""
    with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC), tick=False):
        rest = recorded(ledger, opt_out(OptOutKind.SHARING, subject=email("a@example.com")))
        mail = recorded(ledger, opt_out(subject=email("b@example.com")))
    assert ledger.due(date(2026, 12, 8)) == []
    assert [record.reference for record in ledger.due(date(2026, 12, 9))] == [mail.reference]
    assert [record.reference for record in ledger.due(date(2026, 12, 16))] == [
        mail.reference,
        rest.reference,
    ]


@pytest.mark.parametrize(
    "reference", ["", "K7M", "ABC-1234", "' OR 1=1 --", f"{EXAMPLE} " * 2000, f"<b>{EXAMPLE}</b>"]
)
def test_an_unknown_reference_is_refused(ledger: Ledger, reference: str) -> None:
    """A text that is not a reference of a record raises an error with an example of one."""
    ledger.record(opt_out())
    with pytest.raises(UnknownReference, match=EXAMPLE):
        ledger.find(reference)


def test_no_address_is_readable_in_the_database(ledger: Ledger, engine: Engine) -> None:
    """No table has an address in plain text: it is encrypted, and its digest needs a key."""
    ledger.record(opt_out(subject=email("zq.unmistakable@example.com")))
    with engine.begin() as db:
        for name in sa.inspect(db).get_table_names():
            assert "unmistakable" not in str(db.exec_driver_sql(f"SELECT * FROM {name}").all())


def test_a_browser_is_a_subject_too(ledger: Ledger) -> None:
    """An opt-out of ads can be recorded for a browser, without an address."""
    browser = Subject("browser", "c" * 32)
    ledger.record(opt_out(OptOutKind.TARGETED_ADVERTISING, subject=browser))
    assert ledger.is_suppressed(browser, OptOutKind.TARGETED_ADVERTISING)
    assert not ledger.is_suppressed(email("c" * 32), OptOutKind.TARGETED_ADVERTISING)


def test_the_suppression_list_can_be_read(ledger: Ledger) -> None:
    """The suppression list has each pair of subject and kind once."""
    ledger.record(opt_out())
    ledger.record(opt_out(*EVERYTHING))
    ledger.record(opt_out(subject=email("al@example.com")))
    assert len(list(ledger.suppressed())) == 5
    assert {subject.value for subject, _, _ in ledger.suppressed(OptOutKind.MARKETING_EMAIL)} == {
        "jo@example.com",
        "al@example.com",
    }


def test_a_database_without_tables_records_nothing(tmp_path: object, keyring: Keyring) -> None:
    """If the tables are missing, the error says that nothing was recorded."""
    missing = connect(f"sqlite:///{tmp_path}/empty.db", durable=True)
    with pytest.raises(NotRecorded, match="Nothing was recorded"):
        Ledger(missing, missing, keyring, "policy-1").record(opt_out())


def test_a_subject_without_its_key_is_not_shown(
    ledger: Ledger, engine: Engine, durable: Engine
) -> None:
    """A record can be read without the key of its subject; the subject is then None."""
    reference = recorded(ledger, opt_out()).reference
    assert (
        Ledger(engine, durable, Keyring(["x" * 40], "ledger"), "p").find(reference).subject is None
    )


def test_requests_are_found_after_a_key_was_added(
    ledger: Ledger, engine: Engine, durable: Engine
) -> None:
    """After a key was added, earlier requests of a subject are found and not recorded again."""
    first = recorded(ledger, opt_out())
    rotated = Ledger(engine, durable, Keyring([*KEYS, "n" * 40], "ledger"), "policy-1")
    assert [record.reference for record in rotated.of(email())] == [first.reference]
    assert recorded(rotated, opt_out()).id == first.id
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        assert rotated.record(opt_out(OptOutKind.SHARING)).new


def test_an_incomplete_suppression_list_is_an_error(
    ledger: Ledger, engine: Engine, durable: Engine
) -> None:
    """With a wrong key, reading the suppression list raises an error; it skips no entry."""
    ledger.record(opt_out())
    with pytest.raises(LedgerError, match="DATA_KEYS"):
        list(Ledger(engine, durable, Keyring(["x" * 40], "ledger"), "p").suppressed())


def test_a_denial_does_not_lift_an_older_entry(
    ledger: Ledger, durable: Engine, keyring: Keyring
) -> None:
    """An entry whose record was deleted for its age stays, even if a repeated opt-out is denied."""
    with time_machine.travel(datetime(2020, 1, 6, tzinfo=UTC), tick=False):
        ledger.record(opt_out())
    expire(durable, keyring, timedelta(days=731))
    again = recorded(ledger, opt_out())
    ledger.deny(again.reference, "sent by a script")
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)


def test_the_denial_of_a_forged_opt_in_restores_an_old_entry(
    ledger: Ledger, durable: Engine, keyring: Keyring
) -> None:
    """If an opt-in is denied, an entry without a record is valid again, with its old date."""
    with time_machine.travel(datetime(2020, 1, 6, tzinfo=UTC), tick=False):
        ledger.record(opt_out())
    expire(durable, keyring, timedelta(days=731))
    forged = confirmed(ledger, opt_in())
    assert not ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    assert list(ledger.suppressed()) == []
    ledger.deny(forged.reference, "the owner of the address did not ask for it")
    assert [(subject, since.year) for subject, _, since in ledger.suppressed()] == [(email(), 2020)]


def test_one_denied_opt_in_of_two_restores_nothing(
    ledger: Ledger, durable: Engine, keyring: Keyring
) -> None:
    """An entry that two opt-ins lifted stays lifted until both are denied."""
    with time_machine.travel(datetime(2020, 1, 6, tzinfo=UTC), tick=False):
        ledger.record(opt_out())
    expire(durable, keyring, timedelta(days=731))
    first, second = (
        confirmed(ledger, opt_in()),
        confirmed(ledger, opt_in(OptOutKind.MARKETING_EMAIL, OptOutKind.SHARING)),
    )
    ledger.deny(first.reference, "fraud")
    assert not ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    ledger.deny(second.reference, "fraud")
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)


def test_an_opt_out_after_an_opt_in_is_suppressed_again(ledger: Ledger) -> None:
    """The suppression list follows the latest request, with one entry for a subject and kind."""
    ledger.record(opt_out())
    confirmed(ledger, opt_in())
    ledger.record(opt_out())
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    assert len(list(ledger.suppressed())) == 1


def test_a_locked_ledger_records_nothing(ledger: Ledger, durable: Engine) -> None:
    """If the lock is held for too long, the request is refused, and not recorded later."""
    with durable.begin() as db:
        db.execute(sa.select(head).with_for_update())
        with pytest.raises(NotRecorded, match="Nothing was recorded"):
            ledger.record(opt_out())
    assert list(ledger.records()) == []


@pytest.mark.parametrize("fault", ["PRAGMA query_only = ON", "PRAGMA max_page_count = 1"])
def test_a_full_or_read_only_database_records_nothing(
    sqlite: Engine, keyring: Keyring, fault: str
) -> None:
    """If SQLite cannot write, the error says that nothing was recorded; earlier records stay."""
    durable = connect(str(sqlite.url), durable=True)
    sa.event.listen(durable, "connect", lambda connection, _: connection.execute(fault))
    ledger, ids = Ledger(sqlite, durable, keyring, "policy-1"), []
    with pytest.raises(NotRecorded, match="Nothing was recorded"):
        for number in range(2000):  # until the pages of the database are full
            ids.append(recorded(ledger, opt_out(subject=email(f"{number}@example.org"))).id)
    durable.dispose()
    assert sorted(record.id for record in ledger.records()) == sorted(ids)


def test_a_read_only_server_records_nothing(postgres: str, keyring: Keyring) -> None:
    """On a read-only PostgreSQL, such as a replica, the error says that nothing was recorded."""
    url = new_postgres_database(postgres)
    migrate(url)
    with connect(url).connect() as db:
        name = sa.engine.make_url(url).database
        db.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        db.commit()
    ledger = Ledger(connect(url), connect(url, durable=True), keyring, "policy-1")
    with pytest.raises(NotRecorded, match="Nothing was recorded"):
        ledger.record(opt_out())
    assert list(ledger.records()) == []


def test_an_unreachable_server_records_nothing(keyring: Keyring) -> None:
    """Without a database server, the error says that nothing was recorded."""
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    ledger = Ledger(connect(nowhere), connect(nowhere, durable=True), keyring, "policy-1")
    with pytest.raises(NotRecorded, match="Nothing was recorded"):
        ledger.record(opt_out())
