"""The store's own file in review: a person corrects its name and its facts."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.policy.document import PolicyError
from bot.policy.store import JURISDICTIONS, STORE_FILE, read_store

# What the page asks for; hours and the rest are for an editor (data/stores/README.md).
FACTS = ("support_phone", "privacy_email", "mail_address")
_LISTS = ("aliases", "sites")
_TEXTS = ("name", "jurisdiction", "time_zone")


def read_fields(folder: Path) -> dict[str, Any]:
    """Return what the page shows of a store: texts, lists as texts, and the values of facts."""
    content = _content(folder)
    facts = content.get("facts") or {}
    return {
        **{key: str(content.get(key) or "") for key in _TEXTS},
        **{key: ", ".join(map(str, content.get(key) or ())) for key in _LISTS},
        **{fact: str((facts.get(fact) or {}).get("value") or "") for fact in FACTS},
        "jurisdictions": list(JURISDICTIONS),
    }


def write_fields(folder: Path, fields: Mapping[str, str], by: str) -> None:
    """Save what a person entered; a value that they changed is from them, not from the policy.

    Raises PolicyError, and leaves the file as it was, if the store could not be read then.
    """
    content = _content(folder)
    shown = read_fields(folder)
    for key in _TEXTS:
        if value := fields.get(key, shown[key]).strip():
            content[key] = value
        else:
            content.pop(key, None)
    for key in _LISTS:
        given = fields.get(key, shown[key]).split(",")
        content[key] = [item.strip() for item in given if item.strip()]
    facts = dict(content.get("facts") or {})
    for fact in FACTS:
        value = fields.get(fact, shown[fact]).strip()
        if not value:
            facts.pop(fact, None)
        elif value != shown[fact]:
            facts[fact] = {"value": value, "from": f"{by}, on {date.today().isoformat()}"}
    content["facts"] = facts
    _write(folder, content)


def _content(folder: Path) -> dict[str, Any]:
    path = folder / STORE_FILE
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def _write(folder: Path, content: Mapping[str, Any]) -> None:
    path = folder / STORE_FILE
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    head = "".join(line for line in before.splitlines(keepends=True) if line.startswith("#"))
    text = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=100)
    path.write_text(head + text, encoding="utf-8")
    try:
        read_store(folder)
    except PolicyError:
        path.write_text(before, encoding="utf-8")
        raise
