"""Tests of the facts that are parsed out of the policy."""

from dataclasses import replace

import pytest

from bot.policy.document import Policy, PolicyError, load
from bot.policy.facts import facts, parse_facts


def without(clause_id: str) -> Policy:
    """Return the policy with the text of one clause blanked out."""
    sections = tuple(
        replace(
            section,
            blocks=tuple(
                tuple(
                    replace(clause, text="-") if clause.id == clause_id else clause
                    for clause in block
                )
                for block in section.blocks
            ),
        )
        for section in load().sections
    )
    return replace(load(), sections=sections)


def test_phone_and_address_come_from_the_document() -> None:
    """The phone number and the postal address come from the section "Contact Us"."""
    known = facts().by_name
    assert known["support_phone"].text in load().clause("contact_us.4").text
    assert (
        known["mail_address"].text == "2425 Enterprise Drive, Suite 900, Mendota Heights, MN 55120"
    )


def test_the_own_sites_come_from_the_document() -> None:
    """The domains of the store's websites are known, without "www"."""
    assert facts().sites == {"bellacor.com", "bellacorpro.com"}


@pytest.mark.parametrize(
    "clause_id", ["contact_us.4", "contact_us.5", "encryption.11", "customer_support_hours.2"]
)
def test_a_fact_that_is_gone_is_an_error(clause_id: str) -> None:
    """A clause without its fact raises PolicyError with the id of the clause."""
    with pytest.raises(PolicyError, match=clause_id.replace(".", r"\.")):
        parse_facts(without(clause_id))
