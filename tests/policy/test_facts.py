"""Tests of the facts of a store: each stands in its clauses, or somebody told it."""

from pathlib import Path

import pytest

from bot.policy.document import PolicyError, load
from bot.policy.facts import Facts, facts, problems_of_facts, read_facts
from bot.policy.store import read_store


def store_with(folder: Path, facts_of_it: str) -> Path:
    """Write the description of a store and return its folder."""
    (folder / "store.yml").write_text(f"name: Fernwick\nfacts:\n{facts_of_it}")
    return folder


def found(folder: Path, facts_of_it: str) -> list[str]:
    """Return the problems of a store's facts, against the project's policy."""
    described = read_store(store_with(folder, facts_of_it))
    return [problem.message for problem in problems_of_facts(described, load())]


def read(folder: Path, facts_of_it: str) -> Facts:
    """Return a store's facts."""
    return read_facts(read_store(store_with(folder, facts_of_it)), load())


def test_phone_and_address_are_read_with_their_clauses() -> None:
    """The phone number and the postal address have the clauses that they stand in."""
    known = facts().by_name
    assert known["support_phone"].text in load().clause("contact_us.4").text
    assert known["support_phone"].clauses == ("contact_us.4",)
    assert known["mail_address"].text == (
        "2425 Enterprise Drive, Suite 900, Mendota Heights, MN 55120"
    )


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ("  support_phone: {value: 1-877-723-5523, clause: contact_us.4}", "does not stand in"),
        ("  support_phone: {value: 1-877-723-5522, clause: contact_us.99}", "does not have"),
        ("  mail_address: {value: '2425 Elm Drive', clause: contact_us.5}", "does not stand in"),
        ("  phone_order_hours: {value: {Mon-Fri: 8 AM - 6 PM}, clause: encryption.11}", "not the"),
        ("  phone_order_hours: {value: {Mon-Sat: 8 AM - 5 PM}, clause: encryption.11}", "not the"),
    ],
)
def test_a_fact_that_its_clause_does_not_have_is_a_problem(
    tmp_path: Path, stated: str, problem: str
) -> None:
    """A number, an address or hours must be the same as in the clauses that they cite."""
    (message,) = found(tmp_path, stated)
    assert problem in message


def test_a_fact_that_somebody_told_needs_no_clause(tmp_path: Path) -> None:
    """A fact of the owner is believed; one without clause and person is a fault."""
    told = "  support_phone: {value: 555-0100, from: 'the owner, on 2026-11-28'}"
    assert found(tmp_path, told) == []
    with pytest.raises(PolicyError, match=r"store\.yml:3: the fact support_phone"):
        read(tmp_path, "  support_phone: {value: 555-0100}")


def test_hours_are_in_the_time_zone_of_the_store(tmp_path: Path) -> None:
    """Hours are told with the zone that the store names."""
    hours = "  support_hours: {value: {Mon-Fri: 9 AM - 5 PM}, from: 'the owner, on 2026-11-28'}"
    assert read(tmp_path, hours).text("support_hours") == "Monday to Friday 9 AM to 5 PM, UTC"


@pytest.mark.parametrize(
    ("stated", "team", "reach"),
    [
        ("  {}", "our support team", ""),
        (
            "  privacy_email: {value: privacy@example.com, from: the owner}",
            "our support team: privacy@example.com",
            "write to privacy@example.com",
        ),
        (
            "  support_phone: {value: 555-0100, from: the owner}",
            "our support team: 555-0100",
            "call 555-0100",
        ),
    ],
)
def test_support_is_reached_by_what_the_store_gives(
    tmp_path: Path, stated: str, team: str, reach: str
) -> None:
    """Support is reached by phone, else by e-mail; there may be no way."""
    known = read(tmp_path, stated)
    assert known.by_name["support_team"].text == team
    assert known.reach == reach


def test_an_unknown_fact_is_refused(tmp_path: Path) -> None:
    """A misspelt fact raises PolicyError with file and line."""
    with pytest.raises(PolicyError, match=r"store\.yml:3: there is no fact support_fone"):
        read(tmp_path, "  support_fone: {value: 1, from: the owner}")
