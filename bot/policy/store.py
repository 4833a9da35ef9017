"""The store as data: its names, sites, time zone and trade, and what it states (``store.yml``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from bot.policy.document import PolicyError
from bot.policy.folder import store_folder
from bot.policy.trades import trades
from bot.policy.yaml_files import compose, construct, shown

STORE_FILE = "store.yml"
JURISDICTIONS = ("us", "eu", "uk")
_KEYS = {
    *("name", "aliases", "sites", "time_zone", "time_zone_name", "jurisdiction"),
    *("languages", "trade", "facts"),
}
_STATED_KEYS = {"value", "clause", "from"}


@dataclass(frozen=True)
class Stated:
    """Statement of a store: a value, and the clauses or the person that it comes from."""

    name: str
    value: Any
    line: int
    clauses: tuple[str, ...] = ()
    told_by: str = ""  # for example "the owner, on 2026-11-28"


@dataclass(frozen=True, eq=False)
class Store:
    """A store, as its folder describes it."""

    folder: Path
    name: str
    aliases: tuple[str, ...] = ()
    sites: frozenset[str] = frozenset()  # domains: no e-mail address there is a shopper's
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  (it is immutable)
    zone_name: str = "UTC"
    jurisdiction: str = "us"
    languages: tuple[str, ...] = ("en",)
    trade: str = ""  # one of data/trades.yml, or none
    stated: Mapping[str, Stated] | None = None

    @property
    def file(self) -> Path:
        """Return the file that describes the store."""
        return self.folder / STORE_FILE

    def today(self) -> date:
        """Return the present day by the clock of the store."""
        return datetime.now(self.zone).date()


def read_store(folder: Path) -> Store:
    """Read the description of a store; without one, only its folder names it.

    Raises PolicyError with file and line for an unknown key or a wrong value.
    """
    path = folder / STORE_FILE
    if not path.exists():
        return Store(folder, name=folder.name.replace("_", " ").replace("-", " ").title())
    root = compose(path)
    content = construct(root, path) or {}
    if not isinstance(root, yaml.MappingNode) or not isinstance(content.get("name"), str):
        raise PolicyError(f"{shown(path)}:1: a store needs a `name`.")
    for key, _ in root.value:
        if key.value not in _KEYS:
            raise PolicyError(
                f"{shown(path)}:{key.start_mark.line + 1}: there is no key {key.value!r}; "
                f"a store may have {', '.join(sorted(_KEYS))}."
            )
    jurisdiction = content.get("jurisdiction", "us")
    if jurisdiction not in JURISDICTIONS:
        raise PolicyError(
            f"{shown(path)}:1: `jurisdiction` must be one of {', '.join(JURISDICTIONS)}."
        )
    trade = str(content.get("trade") or "")
    if trade and trade not in trades():
        raise PolicyError(
            f"{shown(path)}:1: `trade` must be one of {', '.join(trades())}, or none."
        )
    zone = _zone(content.get("time_zone", "UTC"), path)
    return Store(
        folder=folder,
        name=content["name"],
        aliases=tuple(map(str, content.get("aliases") or ())),
        sites=frozenset(str(site).lower() for site in content.get("sites") or ()),
        zone=zone,
        zone_name=str(content.get("time_zone_name") or _zone_in_words(zone)),
        jurisdiction=jurisdiction,
        languages=tuple(content.get("languages") or ("en",)),
        trade=trade,
        stated={item.name: item for item in _statements(root, path)},
    )


def _zone(name: str, path: Path) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise PolicyError(
            f"{shown(path)}:1: there is no time zone {name!r}; write it like America/Chicago."
        ) from None


def _zone_in_words(zone: ZoneInfo) -> str:
    """Return ``Chicago time`` for America/Chicago; a store may give its own words."""
    city = zone.key.rpartition("/")[2].replace("_", " ")
    return zone.key if zone.key == "UTC" else f"{city} time"


def _statements(root: yaml.MappingNode, path: Path) -> list[Stated]:
    facts = next((value for key, value in root.value if key.value == "facts"), None)
    found = []
    for key, node in facts.value if isinstance(facts, yaml.MappingNode) else ():
        entry, line = construct(node, path), key.start_mark.line + 1
        if not isinstance(entry, dict) or not {"value"} < set(entry) <= _STATED_KEYS:
            raise PolicyError(
                f"{shown(path)}:{line}: the fact {key.value} needs a `value`, and the `clause` "
                "that it stands in or who told it (`from: the owner, on 2026-11-28`)."
            )
        clauses = entry.get("clause") or ()
        found.append(
            Stated(
                name=key.value,
                value=entry["value"],
                line=line,
                clauses=(clauses,) if isinstance(clauses, str) else tuple(clauses),
                told_by=str(entry.get("from") or ""),
            )
        )
    return found


@cache
def store() -> Store:
    """Return the store that this process answers for."""
    return read_store(store_folder())
