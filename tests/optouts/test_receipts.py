"""Tests of receipts: several askers of the same request, and what each of them may learn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from bot.keys import Keyring
from bot.optouts.ledger import Ledger
from bot.optouts.maintenance import expire
from bot.optouts.model import Channel, OptOutKind, Receipt, Status, UnknownReference
from bot.optouts.tables import receipts
from bot.optouts.verification import verify
from bot.optouts.wording import Wording
from tests.optouts.conftest import email, opt_in, opt_out, recorded

NOON = datetime(2026, 11, 25, 18, tzinfo=UTC)


def told(receipt: Receipt) -> tuple[object, ...]:
    """Return all that a door may tell of a receipt, without its random reference."""
    wording = Wording(receipt.action)
    bare = replace(receipt, reference="")
    return bare, wording.due_sentence(receipt), wording.state_sentence(receipt)


def test_a_known_address_looks_like_a_new_one(ledger: Ledger) -> None:
    """Whoever asks for an address that is out already is told the same as for any other."""
    with time_machine.travel(NOON - timedelta(days=30), tick=False):
        ledger.record(opt_out(subject=email("known@example.com"), holder="a"))
    with time_machine.travel(NOON, tick=False):
        known = ledger.record(opt_out(subject=email("known@example.com"), holder="b"))
        fresh = ledger.record(opt_out(subject=email("fresh@example.com"), holder="b"))
        assert told(known) == told(fresh)
        assert told(ledger.receipt(known.reference)) == told(ledger.receipt(fresh.reference))


def test_an_opt_in_tells_nothing(ledger: Ledger) -> None:
    """Whoever asks for an opt-in is told the same, whether the address was out or not."""
    with time_machine.travel(NOON - timedelta(days=30), tick=False):
        ledger.record(opt_out(subject=email("known@example.com"), holder="a"))
    with time_machine.travel(NOON, tick=False):
        known = ledger.record(opt_in(subject=email("known@example.com"), holder="b"))
        fresh = ledger.record(opt_in(subject=email("fresh@example.com"), holder="b"))
        assert told(known) == told(fresh)
    assert known.status is Status.UNCONFIRMED


def test_a_state_from_before_the_receipt_is_not_shown(ledger: Ledger) -> None:
    """A later receipt ages like a new request: it shows each state at the age of the first one."""
    with time_machine.travel(NOON, tick=False):
        first = recorded(ledger, opt_out(holder="a"))
    with time_machine.travel(NOON + timedelta(seconds=2), tick=False):
        ledger.delivered(first.id, "webhook")
    with time_machine.travel(NOON + timedelta(days=3), tick=False):
        ledger.fulfil(first.reference, "by hand")
    later = NOON + timedelta(days=20)
    with time_machine.travel(later, tick=False):
        reference = ledger.record(opt_out(holder="b")).reference
    for age, shown in (
        (timedelta(), Status.OPEN),
        (timedelta(seconds=1), Status.OPEN),
        (timedelta(seconds=2), Status.IN_PROGRESS),
        (timedelta(days=2), Status.IN_PROGRESS),
        (timedelta(days=3), Status.FULFILLED),
    ):
        with time_machine.travel(later + age, tick=False):
            receipt = ledger.receipt(reference)
            assert (receipt.status, receipt.status_at >= later) == (shown, True)
    with time_machine.travel(later, tick=False):
        assert ledger.receipt(first.reference).status is Status.FULFILLED


def test_a_late_state_is_shown_when_the_receipt_is_due(ledger: Ledger) -> None:
    """After its due date a receipt shows the true state, even if the first one took longer."""
    with time_machine.travel(NOON, tick=False):
        first = recorded(ledger, opt_out(holder="a"))
    with time_machine.travel(NOON + timedelta(days=60), tick=False):
        ledger.fulfil(first.reference, "by hand")
    with time_machine.travel(NOON + timedelta(days=70), tick=False):
        receipt = ledger.record(opt_out(holder="b"))
    with time_machine.travel(NOON + timedelta(days=71), tick=False):
        assert ledger.receipt(receipt.reference).status is Status.OPEN
    with time_machine.travel(NOON + timedelta(days=90), tick=False):
        assert ledger.receipt(receipt.reference).status is Status.FULFILLED


def test_a_denial_after_the_receipt_is_shown_with_its_reason(ledger: Ledger) -> None:
    """A denial is shown at once to everybody who has a receipt."""
    first = recorded(ledger, opt_out(holder="a"))
    receipt = ledger.record(opt_out(holder="b"))
    ledger.deny(first.reference, "sent by a script")
    shown = ledger.receipt(receipt.reference)
    assert (shown.status, shown.reason) == (Status.DENIED, "sent by a script")


def test_the_office_finds_a_record_by_any_receipt(ledger: Ledger) -> None:
    """The reference of any receipt finds the one record, which has one due date."""
    first = recorded(ledger, opt_out(holder="a"))
    second = ledger.record(opt_out(holder="b", channel=Channel.WEB_FORM))
    assert ledger.find(second.reference) == first
    assert [record.id for record in ledger.due(second.due)] == [first.id]
    assert [receipt.channel for receipt in ledger.receipts(first.id)] == ["chat", "web_form"]


def test_a_form_without_a_holder_gets_a_new_receipt_each_time(ledger: Ledger) -> None:
    """Two requests without a holder may be of two people, and each gets a receipt."""
    first, second = ledger.record(opt_out()), ledger.record(opt_out())
    assert first.reference != second.reference
    assert second.new


def test_a_guess_finds_nothing(ledger: Ledger) -> None:
    """An unknown reference is refused by every door alike."""
    ledger.record(opt_out())
    for door in (ledger.find, ledger.receipt, lambda it: ledger.take_back(it, "a")):
        with pytest.raises(UnknownReference):
            door("K7M4-QXT9-RWD9")


def test_no_holder_is_readable_in_the_database(ledger: Ledger, engine: Engine) -> None:
    """The id of a conversation is stored as a hash only."""
    ledger.record(opt_out(holder="unmistakable"))
    with engine.connect() as db:
        assert "unmistakable" not in str(db.execute(sa.select(receipts)).all())


def test_a_record_stays_as_long_as_its_youngest_receipt(
    ledger: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """A request is deleted for its age when the latest who asked for it did so long enough ago."""
    with time_machine.travel(NOON, tick=False):
        ledger.record(opt_out(holder="a"))
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        later = ledger.record(opt_out(holder="b"))
    with time_machine.travel(NOON + timedelta(days=800), tick=False):
        assert expire(durable, keyring, timedelta(days=731)) == 0
        assert ledger.receipt(later.reference)
    with time_machine.travel(NOON + timedelta(days=1200), tick=False):
        assert expire(durable, keyring, timedelta(days=731)) == 1
        with pytest.raises(UnknownReference):
            ledger.receipt(later.reference)
    assert ledger.is_suppressed(email(), OptOutKind.MARKETING_EMAIL)
    assert list(verify(engine, keyring)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE optout_receipts SET holder = 'x'",
        "UPDATE optout_receipts SET kinds = 'sharing'",
        "UPDATE optout_receipts SET due = '2030-01-01'",
        "UPDATE optout_receipts SET withdrawn_at = '2026-11-25 18:00:00'",
        "UPDATE optout_receipts SET reference = 'K7M4-QXT9-RWD9' WHERE channel = 'gpc'",
        "DELETE FROM optout_receipts WHERE channel = 'gpc'",
    ],
)
def test_a_changed_receipt_is_found(
    ledger: Ledger, engine: Engine, durable: Engine, keyring: Keyring, statement: str
) -> None:
    """A receipt that was changed or removed is found; taking kinds back is no fault."""
    first = ledger.record(opt_out(OptOutKind.MARKETING_EMAIL, OptOutKind.SHARING, holder="a"))
    ledger.record(opt_out(holder="b", channel=Channel.GPC))
    ledger.take_back(first.reference, "a", frozenset({OptOutKind.SHARING}))
    assert list(verify(engine, keyring)) == []
    with durable.begin() as db:
        db.execute(sa.text(statement))
    assert any("the receipt" in str(fault) for fault in verify(engine, keyring))
