"""Tests of the list of kinds."""

import re

from bot.nlu.models.placeholders import read_over
from bot.paths import ROOT
from bot.privacy.kinds import KINDS, NEVER_TYPE


def test_the_document_names_every_kind() -> None:
    """docs/privacy.md has a row for each kind of placeholder, and no other."""
    document = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    table = document.split("## What is recognised")[1].split("\n## ")[0]
    assert set(re.findall(r"`\[(\w+)-1\]`", table)) == set(KINDS)


def test_a_secret_is_never_stored() -> None:
    """Cards, their codes, passwords, PINs and papers are never stored."""
    assert {"card", "cvv", "pin", "password", "ssn", "iban", "passport"} <= NEVER_TYPE.keys()


def test_the_assistant_reads_every_kind_in_words() -> None:
    """A question about a masked value is read with the name of its kind."""
    for name, kind in KINDS.items():
        assert kind.said in read_over(f"do you keep [{name}-1] on file?")
