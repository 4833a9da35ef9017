"""Tests of what the documents say about the database."""

import re

import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import Engine

from bot.paths import ROOT
from bot.tracker import ForgettingTrackerStore

PRIVACY = ROOT / "docs" / "privacy.md"


def documented() -> dict[str, set[str]]:
    """Return the columns that the document names, by table."""
    tables: dict[str, set[str]] = {}
    for part in re.split(r"^### ", PRIVACY.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name = re.match(r"`(\w+)`", part)
        rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", part.split("\n## ")[0], flags=re.MULTILINE)
        assert name
        tables[name[1]] = set(re.findall(r"`(\w+)`", " ".join(rows)))
    return tables


def test_the_privacy_document_names_every_column(engine: Engine) -> None:
    """What docs/privacy.md lists is the schema: no table and no column more or less."""
    ForgettingTrackerStore(Domain.empty(), str(engine.url))  # makes Rasa's table
    inspector = sa.inspect(engine)
    tables = {table: {column["name"] for column in inspector.get_columns(table)} for table in inspector.get_table_names()}
    assert documented() == tables
