"""Tests of recording requests, on both kinds of database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from actions.ledger.keeping import expire
from actions.ledger.ledger import Ledger
from actions.ledger.model import EVERYTHING, Kind, LedgerError, NotRecorded, Status, Subject, UnknownReference
from actions.ledger.references import parse_reference
from actions.ledger.tables import head, history, requests
from bot.database import connect, migrate
from bot.keys import Keyring
from tests.actions.ledger.conftest import KEYS, email, opt_in, opt_out
from tests.conftest import new_postgres_database


def test_a_request_becomes_a_record(ledger: Ledger) -> None:
    """It has a reference, a due date, the policy's version, the wording, and its subject."""
    with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC), tick=False):
        recorded = ledger.record(opt_out())
    record = recorded.record
    assert recorded.new
    assert parse_reference(record.reference) == record.reference
    assert record.due == date(2026, 12, 9)
    assert (record.subject, record.status, record.policy_version) == (email(), Status.OPEN, "policy-1")
    assert (record.kinds, record.channel, record.wording) == ({Kind.MARKETING_EMAIL}, "chat", "No more mail.")
    assert ledger.find(record.reference.lower().replace("-", " ")) == record


def test_the_same_request_again_is_the_first_record(ledger: Ledger) -> None:
    """Once recorded, the same or less of the same subject has the first one's reference."""
    first = ledger.record(opt_out(*EVERYTHING))
    assert not ledger.record(opt_out(*EVERYTHING)).new
    assert ledger.record(opt_out(Kind.SHARING)).record.reference == first.record.reference
    assert ledger.record(opt_out(subject=email("al@example.com"))).new


def test_more_than_before_is_a_new_record(ledger: Ledger) -> None:
    """Opting out of something else as well is a request of its own."""
    first = ledger.record(opt_out())
    second = ledger.record(opt_out(Kind.MARKETING_EMAIL, Kind.SHARING))
    assert second.new
    assert second.record.reference != first.record.reference


def test_a_hundred_identical_requests_at_once_are_one_record(ledger: Ledger, engine: Engine) -> None:
    """Whoever comes first is recorded, all others are told the same reference."""
    with ThreadPoolExecutor(20) as pool:
        recorded = list(pool.map(lambda _: ledger.record(opt_out()), range(100)))
    assert len({outcome.record.reference for outcome in recorded}) == 1
    assert sum(outcome.new for outcome in recorded) == 1
    with engine.begin() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(requests)).scalar() == 1
        assert db.execute(sa.select(sa.func.count()).select_from(history)).scalar() == 1


def test_two_processes_share_one_ledger(ledger: Ledger, database: str, keyring: Keyring) -> None:
    """Another process, with engines of its own, sees what was recorded and adds to the same history."""
    other = Ledger(connect(database), connect(database, durable=True), keyring, "policy-1")
    first = ledger.record(opt_out())
    assert other.record(opt_out()).record.reference == first.record.reference
    second = other.record(opt_out(subject=email("al@example.com"))).record
    assert [line["seq"] for line in ledger.history(second.id)] == [2]


def test_undoing_is_a_request_of_its_own(ledger: Ledger) -> None:
    """Opting in takes the address off the list and revokes the opt-out; both stay in the ledger."""
    out = ledger.record(opt_out()).record
    assert ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)
    undone = ledger.record(opt_in()).record
    assert not ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)
    assert ledger.find(out.reference).status is Status.REVOKED
    assert undone.reference in ledger.find(out.reference).how
    assert not ledger.record(opt_in()).new
    again = ledger.record(opt_out())
    assert again.new
    assert again.record.reference != out.reference


def test_undoing_a_part_leaves_the_rest(ledger: Ledger) -> None:
    """Who is out of everything and wants mail again stays out of the rest."""
    out = ledger.record(opt_out(*EVERYTHING)).record
    ledger.record(opt_in())
    assert ledger.find(out.reference).status is Status.OPEN
    assert ledger.is_suppressed(email(), Kind.SHARING)
    assert not ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)


def test_a_denial_needs_a_reason_and_lifts_the_opt_out(ledger: Ledger) -> None:
    """A request is denied only with its documented ground (11 CCR 7026(e)), and then not in force."""
    out = ledger.record(opt_out()).record
    with pytest.raises(LedgerError, match="reason"):
        ledger.deny(out.reference, " ")
    assert ledger.deny(out.reference, "sent by a script for 900 addresses").status is Status.DENIED
    assert not ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)
    with pytest.raises(LedgerError, match="denied already"):
        ledger.fulfil(out.reference, "x")


def test_a_denial_leaves_what_other_requests_hold(ledger: Ledger) -> None:
    """Who is out by two requests stays out by the one that was not denied."""
    ledger.record(opt_out())
    everything = ledger.record(opt_out(*EVERYTHING)).record
    ledger.deny(everything.reference, "fraud")
    assert ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)
    assert not ledger.is_suppressed(email(), Kind.SHARING)


def test_denying_a_forged_undoing_restores_the_opt_out(ledger: Ledger) -> None:
    """If somebody else asked for the mail again, the opt-out stands as before."""
    out = ledger.record(opt_out()).record
    forged = ledger.record(opt_in()).record
    ledger.deny(forged.reference, "the owner of the address did not ask for it")
    assert ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)
    assert ledger.find(out.reference).status is Status.OPEN


def test_what_is_left_of_a_request_is_known(ledger: Ledger) -> None:
    """After a part was undone, the rest stands; an undoing is itself undone by opting out again."""
    out = ledger.record(opt_out(*EVERYTHING)).record
    again = ledger.record(opt_in()).record
    assert ledger.standing(out) == EVERYTHING - {Kind.MARKETING_EMAIL}
    ledger.record(opt_out())
    assert ledger.find(again.reference).status is Status.REVOKED


def test_fulfilling_says_when_and_how(ledger: Ledger) -> None:
    """A fulfilled request is not due any more; fulfilling it twice changes nothing."""
    out = ledger.record(opt_out()).record
    done = ledger.fulfil(out.reference, "confirmed by the mail system")
    assert (done.status, done.how) == (Status.FULFILLED, "confirmed by the mail system")
    assert ledger.fulfil(out.reference, "again") == done
    assert ledger.due(date(2100, 1, 1)) == []
    assert [line["event"] for line in ledger.history(out.id)] == ["received", "fulfilled"]


def test_what_is_due_comes_in_order(ledger: Ledger) -> None:
    """Unfinished requests are listed by their due date; mail is due before the rest."""
    with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC), tick=False):
        rest = ledger.record(opt_out(Kind.SHARING, subject=email("a@example.com"))).record
        mail = ledger.record(opt_out(subject=email("b@example.com"))).record
    assert ledger.due(date(2026, 12, 8)) == []
    assert [record.reference for record in ledger.due(date(2026, 12, 9))] == [mail.reference]
    assert [record.reference for record in ledger.due(date(2026, 12, 16))] == [mail.reference, rest.reference]


@pytest.mark.parametrize("reference", ["", "K7M", "ABC-1234", "' OR 1=1 --", "K7M-4QXT" * 2000, "<b>K7M-4QXT</b>"])
def test_a_reference_that_nobody_has_is_refused(ledger: Ledger, reference: str) -> None:
    """Whatever is asked for, only a real reference finds a record; the error says what one looks like."""
    ledger.record(opt_out())
    with pytest.raises(UnknownReference, match="K7M-4QXT"):
        ledger.find(reference)


def test_no_address_is_readable_in_the_database(ledger: Ledger, engine: Engine) -> None:
    """Subjects are encrypted and marked with a key, in every table."""
    ledger.record(opt_out(subject=email("zq.unmistakable@example.com")))
    with engine.begin() as db:
        for name in sa.inspect(db).get_table_names():
            assert "unmistakable" not in str(db.exec_driver_sql(f"SELECT * FROM {name}").all())


def test_a_browser_is_a_subject_too(ledger: Ledger) -> None:
    """An opt-out of ads needs no address."""
    browser = Subject("browser", "c" * 32)
    ledger.record(opt_out(Kind.TARGETED_ADVERTISING, subject=browser))
    assert ledger.is_suppressed(browser, Kind.TARGETED_ADVERTISING)
    assert not ledger.is_suppressed(email("c" * 32), Kind.TARGETED_ADVERTISING)


def test_the_list_of_who_is_out_can_be_read(ledger: Ledger) -> None:
    """Each subject and kind is there once, since the first request."""
    ledger.record(opt_out())
    ledger.record(opt_out(*EVERYTHING))
    ledger.record(opt_out(subject=email("al@example.com")))
    assert len(list(ledger.suppressed())) == 5
    assert {subject.value for subject, _, _ in ledger.suppressed(Kind.MARKETING_EMAIL)} == {"jo@example.com", "al@example.com"}


def test_a_database_that_cannot_be_written_to_records_nothing(tmp_path: object, keyring: Keyring) -> None:
    """If the tables are gone, the error says that nothing was recorded."""
    missing = connect(f"sqlite:///{tmp_path}/empty.db", durable=True)
    with pytest.raises(NotRecorded, match="Nothing was recorded"):
        Ledger(missing, missing, keyring, "policy-1").record(opt_out())


def test_a_subject_whose_key_is_gone_is_not_shown(ledger: Ledger, engine: Engine, durable: Engine) -> None:
    """Without its key a record stands and its address stays unknown."""
    reference = ledger.record(opt_out()).record.reference
    assert Ledger(engine, durable, Keyring(["x" * 40], "ledger"), "p").find(reference).subject is None


def test_everything_of_somebody_is_found_across_keys(ledger: Ledger, engine: Engine, durable: Engine) -> None:
    """After a key was added, requests from before are found and count as made."""
    first = ledger.record(opt_out()).record
    rotated = Ledger(engine, durable, Keyring([*KEYS, "n" * 40], "ledger"), "policy-1")
    assert [record.reference for record in rotated.of(email())] == [first.reference]
    assert not rotated.record(opt_out()).new
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        assert rotated.record(opt_out(Kind.SHARING)).new


def test_a_list_with_gaps_is_not_handed_out(ledger: Ledger, engine: Engine, durable: Engine) -> None:
    """With a wrong key the export is an error, not an empty list."""
    ledger.record(opt_out())
    with pytest.raises(LedgerError, match="DATA_KEYS"):
        list(Ledger(engine, durable, Keyring(["x" * 40], "ledger"), "p").suppressed())


def test_a_denial_does_not_lift_what_an_older_request_left(ledger: Ledger, durable: Engine, keyring: Keyring) -> None:
    """Who opted out long ago stays out, though the record has reached its age and a repetition is denied."""
    with time_machine.travel(datetime(2020, 1, 6, tzinfo=UTC), tick=False):
        ledger.record(opt_out())
    expire(durable, keyring, timedelta(days=731))
    again = ledger.record(opt_out()).record
    ledger.deny(again.reference, "sent by a script")
    assert ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)


def test_denying_a_forged_undoing_restores_what_only_the_list_knew(ledger: Ledger, durable: Engine, keyring: Keyring) -> None:
    """Who opted out so long ago that its record is gone is back on the list, since the same day, when the undoing is denied."""
    with time_machine.travel(datetime(2020, 1, 6, tzinfo=UTC), tick=False):
        ledger.record(opt_out())
    expire(durable, keyring, timedelta(days=731))
    forged = ledger.record(opt_in()).record
    assert not ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)
    assert list(ledger.suppressed()) == []
    ledger.deny(forged.reference, "the owner of the address did not ask for it")
    assert [(subject, since.year) for subject, _, since in ledger.suppressed()] == [(email(), 2020)]


def test_one_denied_undoing_of_two_restores_nothing(ledger: Ledger, durable: Engine, keyring: Keyring) -> None:
    """What a second request undid as well stays undone, until that one is denied too."""
    with time_machine.travel(datetime(2020, 1, 6, tzinfo=UTC), tick=False):
        ledger.record(opt_out())
    expire(durable, keyring, timedelta(days=731))
    first, second = ledger.record(opt_in()).record, ledger.record(opt_in(Kind.MARKETING_EMAIL, Kind.SHARING)).record
    ledger.deny(first.reference, "fraud")
    assert not ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)
    ledger.deny(second.reference, "fraud")
    assert ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)


def test_opting_out_after_an_undoing_is_on_the_list_again(ledger: Ledger) -> None:
    """The list knows the latest wish."""
    ledger.record(opt_out())
    ledger.record(opt_in())
    ledger.record(opt_out())
    assert ledger.is_suppressed(email(), Kind.MARKETING_EMAIL)
    assert len(list(ledger.suppressed())) == 1


def test_a_locked_ledger_records_nothing(ledger: Ledger, durable: Engine) -> None:
    """Who holds the lock for too long keeps nobody waiting for ever: the request is refused, and not recorded later."""
    with durable.begin() as db:
        db.execute(sa.select(head).with_for_update())
        with pytest.raises(NotRecorded, match="Nothing was recorded"):
            ledger.record(opt_out())
    assert list(ledger.records()) == []


@pytest.mark.parametrize("fault", ["PRAGMA query_only = ON", "PRAGMA max_page_count = 1"])
def test_a_full_or_read_only_database_records_nothing(sqlite: Engine, keyring: Keyring, fault: str) -> None:
    """SQLite's own errors are told as what they mean for the shopper, and what was recorded before is there."""
    durable = connect(str(sqlite.url), durable=True)
    sa.event.listen(durable, "connect", lambda connection, _: connection.execute(fault))
    ledger, recorded = Ledger(sqlite, durable, keyring, "policy-1"), []
    with pytest.raises(NotRecorded, match="Nothing was recorded"):
        for number in range(2000):  # until the pages that there are have no more room
            recorded.append(ledger.record(opt_out(subject=email(f"{number}@example.org"))).record)
    durable.dispose()
    assert sorted(record.id for record in ledger.records()) == sorted(record.id for record in recorded)


def test_a_read_only_server_records_nothing(postgres: str, keyring: Keyring) -> None:
    """So on PostgreSQL, when it has become a replica."""
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


def test_a_server_that_is_not_there_records_nothing(keyring: Keyring) -> None:
    """Nobody waits long for it."""
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    ledger = Ledger(connect(nowhere), connect(nowhere, durable=True), keyring, "policy-1")
    with pytest.raises(NotRecorded, match="Nothing was recorded"):
        ledger.record(opt_out())
