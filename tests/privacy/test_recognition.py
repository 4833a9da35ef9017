"""Tests of the recognition of personal data, on a labelled set and on texts that must stay."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.policy.facts import facts
from bot.privacy.recognition import find

SET = Path(__file__).parent / "recognition_set.jsonl"


def lines() -> list[dict[str, Any]]:
    """Return the entries of the set with one message; ``test_split_values`` has the others."""
    entries = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    return [entry for entry in entries if "text" in entry]


def test_recall_and_precision() -> None:
    """At least 98 % of the labels are found exactly, and 97 % of the findings are labelled."""
    hits = expected = found = 0
    for entry in lines():
        wanted = [(span["type"], span["value"]) for span in entry["spans"]]
        got = [(finding.type, finding.value) for finding in find(entry["text"])]
        expected += len(wanted)
        found += len(got)
        for item in wanted:
            if item in got:
                got.remove(item)
                hits += 1
    assert len(lines()) >= 500
    assert hits / expected >= 0.98
    assert hits / found >= 0.97


@pytest.mark.parametrize("kind", ["card", "ssn", "iban"])
def test_the_most_dangerous_kinds_are_all_found(kind: str) -> None:
    """No card, social security number or bank account of the set stays in the text."""
    for entry in lines():
        covered = "".join(finding.value for finding in find(entry["text"]))
        for span in entry["spans"]:
            if span["type"] == kind:
                assert span["value"] in covered, entry["text"]


def test_the_shops_own_phone_and_address_stay() -> None:
    """The phone number and the address in the policy are no personal data."""
    known = facts().by_name
    assert (
        find(f"call {known['support_phone'].text} or write to {known['mail_address'].text}") == []
    )


def test_findings_do_not_overlap_and_are_in_order() -> None:
    """Findings are in the order of the text, and no two of them overlap."""
    found = find("jo@example.com, 651-555-0199, 4111 1111 1111 1111 and 123-45-6789")
    assert [finding.type for finding in found] == ["email", "phone", "card", "ssn"]
    assert all(first.end <= second.start for first, second in zip(found, found[1:], strict=False))
