"""Tests of the search of the office, on SQLite and on PostgreSQL."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy.engine import Engine

from bot.keys import Keyring
from bot.optouts.casework import Casework
from bot.optouts.ledger import Ledger
from bot.optouts.model import Action, Channel, LedgerError, OptOutKind, Record, Status
from bot.optouts.search import Search, Wanted
from tests.optouts.conftest import email, opt_in, opt_out, recorded

LONG_AGO, LATELY = (datetime(2026, month, 6, 18, tzinfo=UTC) for month in (1, 7))


@pytest.fixture
def search(engine: Engine, keyring: Keyring) -> Search:
    """Search in the ledger."""
    return Search(engine, keyring)


@pytest.fixture
def known(ledger: Ledger) -> dict[str, Record]:
    """Four requests: one long overdue, one fulfilled, one of a browser, one to come back."""
    with time_machine.travel(LONG_AGO, tick=False):
        late = recorded(ledger, opt_out(subject=email("late@example.com")))
    with time_machine.travel(LATELY, tick=False):
        done = recorded(ledger, opt_out(OptOutKind.SHARING, subject=email("done@example.com")))
        ledger.fulfil(done.reference, "by hand")
        form = recorded(
            ledger, opt_out(subject=email("form@example.com"), channel=Channel.WEB_FORM)
        )
        back = recorded(ledger, opt_in(subject=email("form@example.com")))
    return {"late": late, "done": done, "form": form, "back": back}


def names(at: Search, known: dict[str, Record], **wanted: object) -> list[str]:
    """Return the names of the requests that are found, in order."""
    by_id = {record.id: name for name, record in known.items()}
    found = [by_id[record.id] for record in at.find_all(Wanted(**wanted))]
    assert at.count(Wanted(**wanted)) == len(found)
    return found


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"kinds": frozenset({OptOutKind.SHARING})}, ["done"]),
        ({"actions": frozenset({Action.OPT_IN})}, ["back"]),
        ({"statuses": frozenset({Status.FULFILLED, Status.UNCONFIRMED})}, ["back", "done"]),
        ({"channels": frozenset({Channel.WEB_FORM})}, ["form"]),
        ({"until": date(2026, 1, 6)}, ["late"]),
        ({"since": date(2026, 1, 7), "kinds": frozenset({OptOutKind.SHARING})}, ["done"]),
        ({"search": " Late@Example.com "}, ["late"]),
        ({"search": "nobody@example.com"}, []),
        ({"search": "late@example"}, None),
    ],
)
def test_each_filter_finds_what_it_says(
    search: Search, known: dict[str, Record], wanted: dict[str, object], expected: list[str] | None
) -> None:
    """Filters are combined; a search takes a whole address, and refuses a part of one."""
    if expected is None:
        with pytest.raises(LedgerError, match="no whole e-mail address"):
            names(search, known, **wanted)
    else:
        assert sorted(names(search, known, **wanted)) == expected


def test_what_is_due_comes_first(search: Search, known: dict[str, Record]) -> None:
    """Unfinished requests come first, the earliest due before the others."""
    assert names(search, known)[:2] == ["late", "form"]
    found = search.find_all(Wanted(), limit=1, offset=1)
    assert [record.id for record in found] == [known["form"].id]
    assert names(search, known, overdue=True)[0] == "late"


def test_any_reference_finds_a_request(
    search: Search, ledger: Ledger, known: dict[str, Record]
) -> None:
    """Every receipt's reference finds the one request, in any spelling."""
    again = ledger.record(opt_out(subject=email("late@example.com"), holder="x")).reference
    assert again != known["late"].reference
    assert names(search, known, search=again.lower().replace("-", " ")) == ["late"]


def test_owner_and_notes_go_with_the_request(
    search: Search, engine: Engine, keyring: Keyring, known: dict[str, Record]
) -> None:
    """A request has one owner at most, by which it is found, and notes that are encrypted."""
    casework, late = Casework(engine, keyring), known["late"].id
    casework.assign(late, "Olga")
    casework.assign(late, "Wim")
    casework.add_note(late, "Olga", "called the owner")
    assert names(search, known, owner="Wim") == ["late"]
    assert casework.owners([late]) == {late: "Wim"}
    assert [(note.author, note.text) for note in casework.notes(late)] == [
        ("Olga", "called the owner")
    ]
    assert Casework(engine, Keyring(["n" * 40], "ledger")).notes(late)[0].text is None
    casework.assign(late, "")
    assert casework.owners([late]) == {}
    with pytest.raises(LedgerError, match="1 to"):
        casework.add_note(late, "Olga", "  ")
