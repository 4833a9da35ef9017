"""Tests of accounts, sessions and the audit log of the staff."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from bot.accounts.activity import Event
from bot.accounts.model import AccountError, Role
from bot.accounts.staff import SignInRefused, Staff
from tests.accounts.conftest import IDLE, LONGEST, staff_of

BOTH = {Role.AGENT, Role.OFFICER}
MINUTE = timedelta(minutes=1)


def signed_in(staff: Staff) -> str:
    """Sign an officer in and return the secret of the session."""
    return staff.sign_in(staff.add("Olga", {Role.OFFICER}), Role.OFFICER, "here")[1]


def events(staff: Staff) -> list[str]:
    """Return the events of the audit log."""
    return [line.event for line in staff.activity.lines()]


def test_a_token_is_traded_for_a_session(staff: Staff) -> None:
    """A session has the account, and the database has neither its secret nor the token."""
    token = staff.add("Olga", BOTH)
    account, secret = staff.sign_in(token, Role.OFFICER, "here")
    assert staff.sessions.account(secret) == account
    with staff.activity._durable.connect() as db:
        stored = str([db.execute(sa.text(f"SELECT * FROM {name}")).all() for name in TABLES])
    assert token not in stored and secret not in stored


TABLES = ("accounts", "account_sessions", "account_history")


def test_a_role_opens_its_own_door_only(staff: Staff) -> None:
    """An account without the role of a door is not signed in, and the log says so."""
    token = staff.add("Sam", {Role.AGENT})
    with pytest.raises(SignInRefused, match="not the role officer"):
        staff.sign_in(token, Role.OFFICER, "here")
    with pytest.raises(SignInRefused, match="not known"):
        staff.sign_in("nonsense", Role.AGENT, "here")
    assert events(staff) == [Event.ADDED, Event.SIGN_IN_FAILED, Event.SIGN_IN_FAILED]


def test_an_unused_session_ends(staff: Staff) -> None:
    """Without a use a session ends, and a use makes it last; a page's own asking does not."""
    secret, now = signed_in(staff), datetime.now(UTC)
    with time_machine.travel(now + IDLE - MINUTE, tick=False):
        assert staff.sessions.account(secret)
    with time_machine.travel(now + 2 * (IDLE - MINUTE), tick=False):
        assert staff.sessions.account(secret, used=False)
    with time_machine.travel(now + 2 * IDLE, tick=False):
        assert staff.sessions.account(secret) is None


def test_a_used_session_ends_as_well(staff: Staff) -> None:
    """However often it is used, a session ends after its longest time, and is deleted."""
    secret, now = signed_in(staff), datetime.now(UTC)
    for minutes in range(20, int(LONGEST / MINUTE), 20):
        with time_machine.travel(now + minutes * MINUTE, tick=False):
            assert staff.sessions.account(secret)
    with time_machine.travel(now + LONGEST, tick=False):
        assert staff.sessions.account(secret) is None
        assert staff.sessions.expire() == 1


def test_a_sign_out_ends_the_session(staff: Staff) -> None:
    """After a sign-out the cookie of the session is worth nothing."""
    secret = signed_in(staff)
    staff.sign_out(secret)
    assert staff.sessions.account(secret) is None
    assert events(staff)[-1] == Event.SIGNED_OUT


def test_a_removed_account_has_no_session(staff: Staff) -> None:
    """Removing an account ends its sessions and its token."""
    token = staff.add("Olga", {Role.OFFICER})
    _, secret = staff.sign_in(token, Role.OFFICER, "here")
    staff.remove("Olga")
    assert staff.sessions.account(secret) is None
    with pytest.raises(SignInRefused):
        staff.sign_in(token, Role.OFFICER, "here")


def test_a_changed_role_counts_at_once(staff: Staff) -> None:
    """A session has the present roles of its account."""
    secret = signed_in(staff)
    staff.change("Olga", {Role.AGENT})
    account = staff.sessions.account(secret)
    assert account and account.roles == {Role.AGENT}


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb\x00"])
def test_a_bad_name_is_refused(staff: Staff, name: str) -> None:
    """A name that is empty, too long or not printable is refused."""
    with pytest.raises(AccountError, match="needs a name"):
        staff.add(name, BOTH)


def test_a_taken_name_and_no_role_are_refused(staff: Staff) -> None:
    """Two accounts cannot have one name, and none is without a role."""
    staff.add("Olga", BOTH)
    with pytest.raises(AccountError, match="already"):
        staff.add(" Olga ", BOTH)
    with pytest.raises(AccountError, match="needs a role"):
        staff.change("Olga", set())
    with pytest.raises(AccountError, match="no account"):
        staff.remove("Nobody")


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE account_history SET content = '{}' WHERE seq = 2",
        "DELETE FROM account_history WHERE seq = 2",
        "DELETE FROM account_history WHERE seq = 3",
        "UPDATE account_history SET account = '' WHERE seq = 3",
    ],
)
def test_a_changed_audit_log_is_found(staff: Staff, durable: Engine, harm: str) -> None:
    """A changed or removed line of the audit log is found."""
    staff.sign_out(signed_in(staff))
    assert list(staff.activity.faults()) == []
    with durable.begin() as db:
        db.exec_driver_sql(harm)
    assert list(staff.activity.faults())


def test_old_lines_are_emptied(staff: Staff) -> None:
    """The content of an old line is deleted, and the log stays whole."""
    signed_in(staff)
    staff.expire(timedelta(0))
    assert [line.content for line in staff.activity.lines()] == [{}, {}]
    assert list(staff.activity.faults()) == []


def test_the_audit_log_moves_to_a_new_key(staff: Staff, engine: Engine, durable: Engine) -> None:
    """After a rotation the audit log needs the new key only."""
    signed_in(staff)
    staff_of(engine, durable, "k" * 40, "n" * 40).activity.rotate()
    assert list(staff_of(engine, durable, "n" * 40).activity.faults()) == []
    assert list(staff.activity.faults())


def test_an_identity_is_one_account(staff: Staff) -> None:
    """Who comes from a provider has one account, with the roles that it says; no name is taken."""
    staff.add("Olga", {Role.AGENT})
    first = staff.accounts.of_identity("https://id.example.com", "7", "Olga", {Role.OFFICER})
    again = staff.accounts.of_identity("https://id.example.com", "7", "Olga", BOTH)
    assert (first.name, again.id, again.roles) == ("Olga 2", first.id, BOTH)
    assert staff.accounts.of_identity("https://id.example.com", "8", "Jo", BOTH).id != first.id
