"""Write the table of all settings into docs/operating.md: `scripts/settings_table.py`.

A test compares the document with the table that this script makes from bot/settings.py.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.paths import HOME, ROOT
from bot.settings import DEVELOPMENT_SECRET, Settings

DOCUMENT = ROOT / "docs" / "operating.md"
BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"


def table() -> str:
    """Return the table in Markdown: a row for each setting, with its default."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"PRIVACY_BOT_{name.upper()}"
        rows.append(f"| `{variable}` | {_default(field)} | {field.description} |")
    return "\n".join(rows)


def filled(document: str) -> str:
    """Return the document with the current table between its markers."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value == [DEVELOPMENT_SECRET] or value == DEVELOPMENT_SECRET:
        return "a key for development only"
    if isinstance(value, Path):
        return f"`{value.relative_to(HOME)}`"
    if value == "" or value == []:
        return ""
    return f"`{json.dumps(value) if isinstance(value, bool | list) else value}`"


if __name__ == "__main__":
    DOCUMENT.write_text(filled(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
