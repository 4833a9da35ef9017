"""Tests of the parser of the policy document."""

import pytest

from bot.policy.document import PolicyError, load, parse, section_id

HEAD = "<!-- archived: 2012-10-23 -->\n# A policy\n\n"


def clauses(text: str) -> dict[str, str]:
    """Return the clauses of a body by id."""
    return {clause.id: clause.text for clause in parse(HEAD + text).clauses()}


def test_sentences_are_clauses_numbered_within_their_section() -> None:
    """Each sentence is a clause, numbered through its section."""
    found = clauses("## Cookies\n\nWe use them. You may not.\n\nThey are small.\n")
    assert found == {
        "cookies.1": "We use them.",
        "cookies.2": "You may not.",
        "cookies.3": "They are small.",
    }


def test_a_list_belongs_to_its_lead_in() -> None:
    """A list and the sentence with a colon before it are one clause."""
    assert clauses("## A\n\nWe ask when you:\n\n1. Order\n2. Write\n") == {
        "a.1": "We ask when you:\n1. Order\n2. Write"
    }


def test_list_items_of_their_own_are_clauses() -> None:
    """Each item of a list without an introduction is a clause, with its continuation lines."""
    assert clauses("## A\n\n* Call: 1\n* Mail: 2\n  Town\n") == {
        "a.1": "Call: 1",
        "a.2": "Mail: 2\n  Town",
    }


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It goes to Acme, Inc. We use SSL.", 2),
        ("Acme, Inc. has no liability.", 1),
        ("It follows the Rule. (16 C.F.R. Part 312). We do not.", 2),
        ('Simply state, "Do not email" in the body.', 1),
    ],
)
def test_abbreviations_do_not_end_sentences(text: str, count: int) -> None:
    """The "Inc." of a company and the citation of a law do not end a sentence."""
    assert len(clauses(f"## A\n\n{text}\n")) == count


def test_section_ids_are_stable_words() -> None:
    """The id of a section is its title in lower case with underscores, without quotes."""
    assert section_id("Commitment to Children's Privacy") == "commitment_to_childrens_privacy"
    assert section_id("E–Mail") == "e_mail"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# A policy\n\n## A\n\nText.\n", "archived"),
        (HEAD + "Text without a section.\n", "no section"),
        (HEAD + "## A\n\nOne.\n\n## A\n\nTwo.\n", "twice"),
    ],
)
def test_a_malformed_document_is_refused(text: str, message: str) -> None:
    """A document without a date, without sections, or with a section twice raises PolicyError."""
    with pytest.raises(PolicyError, match=message):
        parse(text, "policy.md")


def test_an_unknown_clause_is_an_error() -> None:
    """A request for an unknown clause raises PolicyError with its id."""
    with pytest.raises(PolicyError, match=r"nothing\.1"):
        load().clause("nothing.1")


def test_the_policy_has_no_links() -> None:
    """The project's document has no archive links and no navigation."""
    texts = " ".join(clause.text for clause in load().clauses())
    assert "http" not in texts
    assert "](" not in texts
    assert "top" not in texts.lower().split()
