"""Tests of undoing: a holder takes back its own, and an opt-in of anybody is confirmed first."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.engine import Engine

from bot.keys import Keyring
from bot.optouts.ledger import SHOPPER_MAIL, Ledger
from bot.optouts.maintenance import expire
from bot.optouts.model import (
    EVERYTHING,
    Action,
    LedgerError,
    OptOutKind,
    Status,
    Subject,
    UnknownReference,
)
from bot.optouts.outbox import Outbox
from bot.optouts.verification import verify
from tests.optouts.conftest import confirmed, email, opt_in, opt_out, recorded

MAIL, SHARING = OptOutKind.MARKETING_EMAIL, OptOutKind.SHARING
AGE = timedelta(days=731)


def suppressed(ledger: Ledger, subject: Subject | None = None) -> set[OptOutKind]:
    """Return the kinds that are in the suppression list for a subject."""
    return {kind for kind in OptOutKind if ledger.is_suppressed(subject or email(), kind)}


def test_the_holder_takes_its_request_back(ledger: Ledger) -> None:
    """What the holder takes back is undone, and shown as undone; the records of both stay."""
    receipt = ledger.record(opt_out(holder="a"))
    back = ledger.take_back(receipt.reference, "a")
    assert (back.reference, back.status, back.new) == (receipt.reference, Status.REVOKED, True)
    assert suppressed(ledger) == set()
    assert ledger.find(receipt.reference).status is Status.REVOKED
    assert [record.action for record in ledger.records()] == [Action.OPT_IN, Action.OPT_OUT]


@pytest.mark.parametrize("holder", ["b", "", "None"])
def test_nobody_else_takes_a_request_back(ledger: Ledger, holder: str) -> None:
    """Another holder is refused, also with the right reference, and nothing is undone."""
    for receipt in (ledger.record(opt_out(holder="a")), ledger.record(opt_out())):
        with pytest.raises(UnknownReference):
            ledger.take_back(receipt.reference, holder)
    assert suppressed(ledger) == {MAIL}


def test_some_kinds_are_taken_back(ledger: Ledger) -> None:
    """The holder can take back some kinds; the receipt then asks for the rest."""
    receipt = ledger.record(opt_out(*EVERYTHING, holder="a"))
    back = ledger.take_back(receipt.reference, "a", frozenset({MAIL}))
    assert (back.kinds, back.status) == (EVERYTHING - {MAIL}, Status.OPEN)
    assert suppressed(ledger) == EVERYTHING - {MAIL}


def test_taking_back_twice_changes_nothing(ledger: Ledger) -> None:
    """The second time, the receipt comes back as it is."""
    receipt = ledger.record(opt_out(holder="a"))
    first = ledger.take_back(receipt.reference, "a")
    again = ledger.take_back(receipt.reference, "a")
    assert (again.status, again.new) == (first.status, False)
    assert len(list(ledger.records())) == 2


def test_after_taking_back_one_can_opt_out_again(ledger: Ledger) -> None:
    """An opt-out after that is a new request, which can be taken back as well."""
    for _ in range(3):
        receipt = ledger.record(opt_out(holder="a"))
        assert receipt.new
        assert suppressed(ledger) == {MAIL}
        ledger.take_back(receipt.reference, "a")
        assert suppressed(ledger) == set()


def test_what_another_asked_for_stays(ledger: Ledger) -> None:
    """A request with two receipts stands until both are taken back."""
    first, second = (ledger.record(opt_out(*EVERYTHING, holder=holder)) for holder in "ab")
    ledger.take_back(first.reference, "a")
    assert suppressed(ledger) == EVERYTHING
    assert ledger.receipt(second.reference).status is Status.OPEN
    ledger.take_back(second.reference, "b")
    assert suppressed(ledger) == set()


def test_a_form_without_a_holder_cannot_be_undone_by_taking_back(ledger: Ledger) -> None:
    """If the address also came by the form, taking back the own request frees nothing."""
    receipt = ledger.record(opt_out(holder="a"))
    ledger.record(opt_out())
    ledger.take_back(receipt.reference, "a")
    assert suppressed(ledger) == {MAIL}


def test_an_older_request_stays(ledger: Ledger) -> None:
    """Taking back a request for more kinds leaves what an older one stops."""
    ledger.record(opt_out(holder="a"))
    more = ledger.record(opt_out(MAIL, SHARING, holder="b"))
    ledger.take_back(more.reference, "b")
    assert suppressed(ledger) == {MAIL}


def test_an_entry_without_a_record_stays(ledger: Ledger, durable: Engine, keyring: Keyring) -> None:
    """Taking back leaves what an opt-out stops whose record was deleted for its age."""
    with time_machine.travel(datetime(2020, 1, 6, tzinfo=UTC), tick=False):
        ledger.record(opt_out(holder="a"))
    expire(durable, keyring, AGE)
    receipt = ledger.record(opt_out(holder="b"))
    ledger.take_back(receipt.reference, "b")
    assert suppressed(ledger) == {MAIL}


def test_a_denied_taking_back_restores_the_opt_out(ledger: Ledger) -> None:
    """If the office denies what took an opt-out back, the opt-out stands again."""
    receipt = ledger.record(opt_out(holder="a"))
    ledger.take_back(receipt.reference, "a")
    undoing = next(record for record in ledger.records() if record.action is Action.OPT_IN)
    ledger.deny(undoing.reference, "somebody else had the phone")
    assert suppressed(ledger) == {MAIL}
    assert ledger.find(receipt.reference).status is Status.OPEN


def test_what_takes_back_stays_on_record_with_the_opt_out(
    ledger: Ledger, engine: Engine, durable: Engine, keyring: Keyring
) -> None:
    """The two are deleted together for their age, and then nothing is suppressed again."""
    begin = datetime(2026, 1, 5, 12, tzinfo=UTC)
    with time_machine.travel(begin, tick=False):
        receipt = ledger.record(opt_out(MAIL, SHARING, holder="a"))
    for days, kind in ((10, MAIL), (300, SHARING)):
        with time_machine.travel(begin + timedelta(days=days), tick=False):
            ledger.take_back(receipt.reference, "a", frozenset({kind}))
    for days, left in ((735, 3), (745, 3), (1035, 0)):
        with time_machine.travel(begin + timedelta(days=days), tick=False):
            expire(durable, keyring, AGE)
        assert (len(list(ledger.records())), suppressed(ledger)) == (left, set())
    assert list(verify(engine, keyring)) == []


def test_an_opt_in_of_anybody_has_no_effect(ledger: Ledger) -> None:
    """An opt-in waits for its confirmation, and meanwhile changes nothing but the list of it."""
    out = recorded(ledger, opt_out(holder="a"))
    asked = ledger.record(opt_in(holder="b"))
    assert asked.status is Status.UNCONFIRMED
    assert suppressed(ledger) == {MAIL}
    assert ledger.find(out.reference).status is Status.OPEN
    assert [record.reference for record in ledger.records([Status.UNCONFIRMED])] == [
        asked.reference
    ]


def test_a_confirmed_opt_in_leaves_later_opt_outs(ledger: Ledger) -> None:
    """The confirmation undoes opt-outs from before the request, not those that came after it."""
    before = ledger.record(opt_out(MAIL, SHARING, holder="a"))
    asked = ledger.record(opt_in(MAIL, SHARING, holder="b"))
    after = ledger.record(opt_out(holder="a"))
    ledger.confirm(asked.reference, "a call")
    assert suppressed(ledger) == {MAIL}
    assert ledger.receipt(before.reference).status is Status.REVOKED
    assert ledger.receipt(after.reference).status is Status.OPEN


def test_the_same_opt_out_after_an_unconfirmed_opt_in_stands(ledger: Ledger) -> None:
    """Somebody who repeats an opt-out while an opt-in waits stays out after its confirmation."""
    ledger.record(opt_out(holder="a"))
    asked = ledger.record(opt_in(holder="b"))
    for holder in ("a", "c"):
        assert ledger.record(opt_out(holder=holder)).new
    ledger.confirm(asked.reference, "a call")
    assert suppressed(ledger) == {MAIL}


def test_confirming_twice_changes_nothing(ledger: Ledger) -> None:
    """A second confirmation changes nothing; after a later opt-out it is refused."""
    ledger.record(opt_out(holder="a"))
    asked = ledger.record(opt_in(holder="b"))
    first = ledger.confirm(asked.reference, "a call")
    assert ledger.confirm(first.id, "a call") == first
    ledger.record(opt_out(holder="a"))
    with pytest.raises(LedgerError, match="revoked"):
        ledger.confirm(asked.reference, "a call")
    assert suppressed(ledger) == {MAIL}


def test_an_opt_in_that_was_taken_back_or_denied_is_not_confirmed(ledger: Ledger) -> None:
    """Neither can be confirmed any more."""
    ledger.record(opt_out(holder="a"))
    taken_back = ledger.record(opt_in(holder="b"))
    assert ledger.take_back(taken_back.reference, "b").status is Status.REVOKED
    denied = ledger.record(opt_in(MAIL, SHARING, holder="c"))
    ledger.deny(denied.reference, "not the owner")
    for receipt in (taken_back, denied):
        with pytest.raises(LedgerError):
            ledger.confirm(receipt.reference, "a call")
    assert suppressed(ledger) == {MAIL}


def test_a_confirmation_needs_its_evidence(ledger: Ledger) -> None:
    """Without a word on how the owner of the address is known, nothing is confirmed."""
    asked = ledger.record(opt_in(holder="b"))
    with pytest.raises(LedgerError, match="evidence"):
        ledger.confirm(asked.reference, " ")
    assert ledger.find(asked.reference).status is Status.UNCONFIRMED


def test_an_opt_out_needs_no_confirmation(ledger: Ledger) -> None:
    """Only an opt-in can be confirmed."""
    with pytest.raises(LedgerError, match="no confirmation"):
        ledger.confirm(ledger.record(opt_out()).reference, "a call")


def test_an_opt_in_does_not_tell_of_later_opt_outs(ledger: Ledger) -> None:
    """Whoever asked for an opt-in does not learn that the owner of the address opted out later."""
    asked = ledger.record(opt_in(MAIL, SHARING, holder="b"))
    ledger.confirm(asked.reference, "the owner pressed the button")
    before = ledger.receipt(asked.reference)
    ledger.record(opt_out(holder="a"))
    assert ledger.receipt(asked.reference) == before
    ledger.record(opt_out(MAIL, SHARING, holder="a"))
    assert ledger.receipt(asked.reference).status is before.status


def test_a_browser_speaks_for_itself(ledger: Ledger) -> None:
    """The opt-in of a browser counts at once in its own conversation, and in no other."""
    browser = Subject("browser", "c" * 32)
    ledger.record(opt_out(SHARING, subject=browser, holder=browser.value))
    ledger.record(opt_in(SHARING, subject=browser, holder="another"))
    assert suppressed(ledger, browser) == {SHARING}
    ledger.record(opt_in(SHARING, subject=browser, holder=browser.value))
    assert suppressed(ledger, browser) == set()


def test_the_owner_is_asked_once_a_day(engine: Engine, durable: Engine, keyring: Keyring) -> None:
    """However many ask for an opt-in, an address gets at most one mail a day."""
    ledger = Ledger(engine, durable, keyring, "policy-1", (), confirms_by_mail=True)
    outbox = Outbox(engine, durable)
    begin = datetime(2026, 1, 5, 12, tzinfo=UTC)
    with time_machine.travel(begin, tick=False):
        for holder in "abc":
            ledger.record(opt_in(holder=holder))
            ledger.record(opt_in(MAIL, SHARING, holder=holder))
        ledger.record(opt_in(subject=email("al@example.com")))
        assert [message.receiver for message in outbox.take(SHOPPER_MAIL)] == [SHOPPER_MAIL] * 2
    with time_machine.travel(begin + timedelta(hours=25), tick=False):
        assert ledger.record(opt_in(holder="a")).new is False
        assert outbox.waiting() == 3


@pytest.mark.parametrize("denied_first", ["opt_in", "opt_out"])
def test_the_order_of_denials_does_not_matter(
    ledger: Ledger, durable: Engine, keyring: Keyring, denied_first: str
) -> None:
    """An old opt-out without a record is restored when all that came after it is denied."""
    with time_machine.travel(datetime(2020, 1, 6, tzinfo=UTC), tick=False):
        ledger.record(opt_out())
    expire(durable, keyring, AGE)
    decisions = {
        "opt_in": confirmed(ledger, opt_in(MAIL, SHARING)).reference,
        "opt_out": recorded(ledger, opt_out()).reference,
    }
    ledger.deny(decisions.pop(denied_first), "fraud")
    ledger.deny(*decisions.values(), "fraud")
    assert [(kind, since.year) for _, kind, since in ledger.suppressed()] == [(MAIL, 2020)]


def test_what_undid_a_request_is_named(ledger: Ledger) -> None:
    """If several opt-ins together undo a request, its record names all of them."""
    out = recorded(ledger, opt_out(MAIL, SHARING))
    undoing = [confirmed(ledger, opt_in(kind)).reference for kind in (MAIL, SHARING)]
    assert ledger.find(out.reference).how == f"undone by {', '.join(undoing)}"


@dataclass
class Asked:
    """An opt-out or opt-in of the model: by whom, of what, and whether it counts."""

    action: Action
    holder: str
    kinds: set[OptOutKind]
    reference: str
    request: str  # id of the record
    counts: bool
    after: list["Asked"] = field(default_factory=list)  # the opt-outs from before an opt-in


@pytest.mark.parametrize("seed", range(12))
def test_nothing_that_somebody_asked_for_is_lost(
    ledger: Ledger, engine: Engine, keyring: Keyring, seed: int
) -> None:
    """After any sequence of requests, just that is suppressed which live receipts ask for.

    The ledger passes its verification.
    """
    choose = random.Random(seed)
    asked: list[Asked] = []
    undone: dict[str, set[OptOutKind]] = {}  # kinds of receipts that a confirmed opt-in undid
    for _ in range(40):
        act = choose.choice(["opt_out", "opt_out", "take_back", "opt_in", "confirm", "deny"])
        kinds = frozenset(choose.sample(list(OptOutKind), choose.randint(1, 4)))
        holder = choose.choice("abc")
        if act in ("opt_out", "opt_in"):
            request = (opt_out if act == "opt_out" else opt_in)(*kinds, holder=holder)
            receipt = ledger.record(request)
            if receipt.new:
                outs = [other for other in asked if other.action is Action.OPT_OUT]
                asked.append(
                    Asked(
                        request.action,
                        holder,
                        set(kinds),
                        receipt.reference,
                        ledger.find(receipt.reference).id,
                        counts=act == "opt_out",
                        after=outs,
                    )
                )
            continue
        outs = [other for other in asked if other.action is Action.OPT_OUT and other.counts]
        ins = [other for other in asked if other.action is Action.OPT_IN and not other.counts]
        if act == "take_back" and outs:
            one = choose.choice(outs)
            thief = choose.choice("abc")
            if thief != one.holder:
                with pytest.raises(UnknownReference):
                    ledger.take_back(one.reference, thief, kinds)
                continue
            ledger.take_back(one.reference, one.holder, kinds)
            one.kinds -= kinds
        elif act == "confirm" and ins:
            one = choose.choice(ins)
            if ledger.find(one.reference).status is not Status.UNCONFIRMED:
                continue
            ledger.confirm(one.reference, "a call")
            one.counts = True
            for other in one.after:
                undone.setdefault(other.reference, set()).update(one.kinds)
        elif act == "deny" and outs and choose.random() < 0.3:
            one = choose.choice(outs)
            if ledger.find(one.reference).status is Status.REVOKED:
                continue
            ledger.deny(one.reference, "fraud")
            for other in outs:
                other.counts = other.counts and other.request != one.request
        wanted: set[OptOutKind] = set()
        for other in asked:
            if other.action is Action.OPT_OUT and other.counts:
                wanted |= other.kinds - undone.get(other.reference, set())
        assert suppressed(ledger) == wanted
    assert list(verify(engine, keyring)) == []
