"""Tests of the parser of the policy document."""

import pytest

from bot.policy.document import PolicyError, load, parse, section_id
from bot.policy.numbering import Numbers, fingerprint

HEAD = "<!-- archived: 2012-10-23 -->\n# A policy\n\n"


def clauses(text: str) -> dict[str, str]:
    """Return the clauses of a body by id."""
    return {clause.id: clause.text for clause in parse(HEAD + text).clauses()}


def clauses_of(text: str) -> dict[str, str]:
    """Return the clauses of a whole document by id."""
    return {clause.id: clause.text for clause in parse(text).clauses()}


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


def test_a_long_list_is_a_clause_an_item() -> None:
    """Items that are sentences are clauses of their own, each known to follow its lead-in."""
    found = parse("## A\n\nWe do this:\n\n* We ship. We bill.\n* We write.\n")
    assert [clause.text for clause in found.clauses()] == [
        "We do this:",
        "We ship.",
        "We bill.",
        "We write.",
    ]
    assert found.clause("a.3").lead_in == "We do this:"


def test_rows_of_a_table_are_clauses() -> None:
    """Each row of a table can be quoted, and has its cells."""
    found = parse("## Cookies\n\n| Name | Kept |\n|---|---|\n| cart | 7 days |\n")
    assert [clause.text for clause in found.clauses()] == ["| Name | Kept |", "| cart | 7 days |"]
    assert found.clause("cookies.2").cells == ["cart", "7 days"]


def test_a_clause_knows_the_headings_above_it() -> None:
    """The path of headings is that of the document, from its title down."""
    found = parse("# Policy\n\nHello.\n\n## Rights\n\n### In the EEA\n\nYou may object.\n")
    assert found.clause("policy.1").headings == ("Policy",)
    assert found.clause("in_the_eea.1").headings == ("Policy", "Rights", "In the EEA")


def test_text_before_the_first_heading_is_kept() -> None:
    """A document without headings is one section."""
    assert clauses_of("We sell nothing.") == {"privacy_policy.1": "We sell nothing."}


def test_sections_of_the_same_name_have_different_ids() -> None:
    """A second section with a title has a number in its id."""
    text = "## A\n\nOne.\n\n## A\n\nTwo.\n"
    assert clauses_of(text) == {"a.1": "One.", "a_2.1": "Two."}


def test_a_quote_is_found_byte_for_byte_under_its_headings() -> None:
    """A quote has the clauses it is a part of, or is made of, and none if a byte differs."""
    found = parse("## A\n\nWe **never** sell it. We may rent it.\n\n## B\n\nWe may rent it.\n")
    assert found.clauses_of("never** sell") == ("a.1",)
    assert found.clauses_of("We **never** sell it. We may rent it.") == ("a.1", "a.2")
    assert found.clauses_of("We may rent it.", ("B",)) == ("b.1",)
    assert found.clauses_of("We may rent it", ("C",)) == ()
    assert found.clauses_of("We never sell it.") == ()


def test_clauses_keep_their_ids_in_a_new_version() -> None:
    """A clause with the same text keeps its id; a new one gets a number never used before."""
    known = {"a.1": fingerprint("We ship."), "a.2": fingerprint("We bill.")}
    found = parse("## A\n\nWe call. We bill.\n", numbers=Numbers(known))
    assert {clause.id: clause.text for clause in found.clauses()} == {
        "a.3": "We call.",
        "a.2": "We bill.",
    }


def test_a_document_without_text_is_refused() -> None:
    """A document with headings alone raises PolicyError with its name."""
    with pytest.raises(PolicyError, match="policy.md: there is no text"):
        parse("# A policy\n\n## A\n", "policy.md")


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
