"""Tests of decisions that are taken back, and of who decided."""

from collections.abc import Sequence

import pytest
from sqlalchemy.engine import Engine

from bot.keys import Keyring
from bot.optouts.denials import OTHER, REASONS, denial
from bot.optouts.ledger import Ledger
from bot.optouts.model import LedgerError, OptOutKind, Status
from bot.optouts.outbox import Outbox
from bot.optouts.verification import verify
from tests.optouts.conftest import email, opt_in, opt_out, recorded


@pytest.fixture
def told(engine: Engine, durable: Engine, keyring: Keyring) -> Ledger:
    """Ledger with a receiver."""
    return Ledger(engine, durable, keyring, "policy-1", ["mail"])


def events(engine: Engine, durable: Engine, optout: str) -> Sequence[str]:
    """Return the events that the receiver is told of."""
    return [message.event for message in Outbox(engine, durable).of(optout)]


def test_a_denied_opt_out_is_in_force_again(told: Ledger, engine: Engine, durable: Engine) -> None:
    """A denial that is taken back puts the address back on the list, and the receiver is told."""
    record = recorded(told, opt_out())
    told.deny(record.reference, "sent by a script", by="Olga")
    assert not told.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    again = told.reopen(record.reference, "she called us", by="Olga")
    assert (again.status, again.how) == (Status.OPEN, "reopened: she called us")
    assert told.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    assert events(engine, durable, record.id) == ["received", "denied", "received"]


def test_a_fulfilled_request_is_due_again(told: Ledger, engine: Engine, durable: Engine) -> None:
    """What was fulfilled by mistake is open again, and the receiver is told once more."""
    record = recorded(told, opt_out())
    told.fulfil(record.reference, "by hand")
    assert told.reopen(record.reference, "the wrong one").status is Status.OPEN
    assert told.fulfil(record.reference, "now").status is Status.FULFILLED
    assert events(engine, durable, record.id) == ["received", "received"]


def test_an_unconfirmed_opt_in_waits_again(ledger: Ledger) -> None:
    """An opt-in that was denied before its confirmation has no effect when it is reopened."""
    ledger.record(opt_out())
    asked = recorded(ledger, opt_in())
    ledger.deny(asked.reference, "nobody answers")
    assert ledger.reopen(asked.reference, "she called").status is Status.UNCONFIRMED
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)


def test_only_a_decision_can_be_taken_back(ledger: Ledger) -> None:
    """An open request, and one without a reason, is not reopened."""
    record = recorded(ledger, opt_out())
    with pytest.raises(LedgerError, match="nothing to reopen"):
        ledger.reopen(record.reference, "why")
    ledger.fulfil(record.reference, "by hand")
    with pytest.raises(LedgerError, match="reason"):
        ledger.reopen(record.reference, " ")


def test_the_audit_log_says_who_decided(ledger: Ledger, engine: Engine, keyring: Keyring) -> None:
    """Who decided is in the history, and the ledger is still as it was written."""
    record = recorded(ledger, opt_out())
    ledger.fulfil(record.reference, "by hand", by="Olga")
    ledger.reopen(record.reference, "a mistake", by="Wim")
    by = [line["content"].get("by") for line in ledger.history(record.id)]
    assert by == [None, "Olga", "Wim"]
    assert list(verify(engine, keyring)) == []


def test_a_reason_is_from_the_list_or_in_words() -> None:
    """A listed reason has its text; another one needs words."""
    assert denial("not_theirs") == REASONS["not_theirs"]
    assert denial("automated", "70 in an hour").endswith("addresses. 70 in an hour")
    assert denial(OTHER, "made up by a script") == "made up by a script"
    with pytest.raises(LedgerError, match="few words"):
        denial(OTHER, " no ")
