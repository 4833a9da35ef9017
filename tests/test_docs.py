"""Test that docs/privacy.md agrees with the database schema."""

import re

import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import Engine

from bot.assistant.tracker_store import ForgettingTrackerStore
from bot.paths import ROOT

PRIVACY = ROOT / "docs" / "privacy.md"


def documented() -> dict[str, set[str]]:
    """Return the columns in the document, by table."""
    tables: dict[str, set[str]] = {}
    for part in re.split(r"^### ", PRIVACY.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name = re.match(r"`(\w+)`", part)
        rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", part.split("\n## ")[0], flags=re.MULTILINE)
        assert name
        tables[name[1]] = set(re.findall(r"`(\w+)`", " ".join(rows)))
    return tables


def test_the_privacy_document_names_every_column(engine: Engine) -> None:
    """The tables and columns in docs/privacy.md are those of the schema, no more and no less."""
    ForgettingTrackerStore(Domain.empty(), str(engine.url))  # creates Rasa's table
    inspector = sa.inspect(engine)
    tables = {
        table: {column["name"] for column in inspector.get_columns(table)}
        for table in inspector.get_table_names()
    }
    assert documented() == tables
