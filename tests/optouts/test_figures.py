"""Tests of the figures, against a count by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.engine import Engine

from bot.optouts.figures import by_week, facts, p90_of
from bot.optouts.ledger import Ledger
from bot.optouts.model import Channel, OptOutKind
from bot.optouts.yearly import RIGHTS, deleted_before, yearly
from tests.optouts.conftest import confirmed, email, opt_in, opt_out, recorded

MAIL, ADS = OptOutKind.MARKETING_EMAIL, OptOutKind.TARGETED_ADVERTISING
SHARING, PHONE = OptOutKind.SHARING, OptOutKind.PHONE_MAIL_MARKETING
# By hand: when it came, what it was about, what became of it and after how many days.
YEAR = (
    ("2025-01-01", (ADS, SHARING), "fulfilled", 3),
    ("2025-01-02", (SHARING,), "fulfilled", 10),
    ("2025-03-03", (ADS,), "denied", 5),
    ("2025-06-02", (MAIL, ADS), "fulfilled", 4),
    ("2025-06-30", (MAIL,), "fulfilled", 20),
    ("2025-07-01", (MAIL,), "undone", 1),
    ("2025-12-30", (PHONE, SHARING), "open", 0),
    ("2025-12-31", (MAIL,), "open", 0),
    ("2024-12-31", (SHARING,), "fulfilled", 1),  # of another year
    ("2026-01-01", (SHARING,), "fulfilled", 1),  # of another year
)


def noon(day: str) -> datetime:
    """Return noon of a day, by the store's clock."""
    return datetime.fromisoformat(day).replace(hour=18, tzinfo=UTC)


@pytest.fixture
def year(ledger: Ledger) -> Ledger:
    """Ledger with the requests of a year, and of the days around it."""
    for number, (day, kinds, state, days) in enumerate(YEAR):
        subject = email(f"{number}@example.com")
        with time_machine.travel(noon(day), tick=False):
            record = recorded(ledger, opt_out(*kinds, subject=subject))
        with time_machine.travel(noon(day) + timedelta(days=days), tick=False):
            if state == "fulfilled":
                ledger.fulfil(record.reference, "by hand")
            elif state == "denied":
                ledger.deny(record.reference, "sent by a script")
            elif state == "undone":
                confirmed(ledger, opt_in(*kinds, subject=subject))
    return ledger


def test_the_yearly_figures_are_those_by_hand(year: Ledger, engine: Engine) -> None:
    """Each right has its requests of the year alone: received, complied, denied, days."""
    rows = {row.right: row for row in yearly(engine, 2025)}
    sale = rows["Requests to opt out of sale or sharing"]
    # 3, 10, 5 (denied) and 4 days; one is open
    assert (sale.received, sale.complied, sale.denied, sale.withdrawn, sale.pending) == (
        *(5, 3, 1, 0, 1),
    )
    assert (sale.median_days, sale.mean_days) == (4.5, 5.5)
    mail = rows["Opt-outs of marketing e-mail"]  # 4 and 20 days; one was undone, one is open
    assert (mail.received, mail.complied, mail.denied, mail.withdrawn, mail.pending) == (
        *(4, 2, 0, 1, 1),
    )
    assert (mail.median_days, mail.mean_days) == (12.0, 12.0)
    phone = rows["Opt-outs of phone and postal marketing"]
    assert (phone.received, phone.pending, phone.median_days) == (1, 1, None)


def test_what_is_not_recorded_is_not_said_to_be_none(engine: Engine) -> None:
    """A right that this bot does not record has no figures, not even zero."""
    rows = yearly(engine, 2025)
    assert [row.paragraph for row in rows[:5]] == ["(A)", "(B)", "(C)", "(D)", "(E)"]
    assert all(
        (row.received is None) == (not right.kinds) for row, right in zip(rows, RIGHTS, strict=True)
    )


def test_the_weeks_are_those_by_hand(year: Ledger, engine: Engine) -> None:
    """Each week counts its requests once, and each kind of them; empty weeks are there too."""
    since, until = date(2025, 6, 1), date(2025, 7, 6)
    weeks = by_week(facts(engine, since, until), since, until)
    assert [week.monday.isoformat() for week in weeks] == [
        *("2025-05-26", "2025-06-02", "2025-06-09", "2025-06-16", "2025-06-23", "2025-06-30"),
    ]
    assert [week.requests for week in weeks] == [0, 1, 0, 0, 0, 3]
    last = weeks[-1]
    assert last.kinds == {"marketing_email": 3}
    assert last.actions == {"opt_out": 2, "opt_in": 1}
    assert (last.late, last.overdue, last.days) == (1, 1, [20])  # the undo is still open


def test_an_open_request_is_overdue_after_its_date(ledger: Ledger, engine: Engine) -> None:
    """What is not in force after its due date is overdue; what came by a signal has its channel."""
    with time_machine.travel(noon("2025-02-03"), tick=False):
        recorded(ledger, opt_out(SHARING, channel=Channel.GPC))
    (week,) = by_week(facts(engine, day := date(2025, 2, 3), day), day, day)
    assert (week.overdue, week.in_time, week.channels) == (1, 0, {"gpc": 1})


@pytest.mark.parametrize(("days", "expected"), [([], None), ([3], 3), (list(range(1, 11)), 9)])
def test_nine_of_ten_are_within_p90(days: list[int], expected: int | None) -> None:
    """Nine of ten requests are done within so many days."""
    assert p90_of(days) == expected


def test_a_year_that_is_partly_deleted_is_said_to_be() -> None:
    """Two years after, a part of a year is deleted; the year before is kept as a whole."""
    kept = timedelta(days=731)
    with time_machine.travel(noon("2026-12-31"), tick=False):
        assert deleted_before(2025, kept) is None
        assert deleted_before(2024, kept) == date(2024, 12, 30)
