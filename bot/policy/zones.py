"""Time zones that shoppers name: "pacific", "from california", "berlin time"."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from bot.paths import DATA_DIR
from bot.policy.yaml_files import read_yaml

_FILE = DATA_DIR / "zones.yml"
_OWN = re.compile(r"\b(?:my|our|local) time(?: ?zone)?\b|\bwhere i (?:am|live)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?:in|from)\s+(?:the\s+)?([a-z]+(?: [a-z]+)?)"
    r"(?= (?:time|on|at|and|is|this|next|today|tomorrow)\b|$|[?.!,;])"
    r"|\b([a-z]+) time\b"
)
_AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@dataclass(frozen=True)
class Zone:
    """A time zone as a shopper names it; without ``zone`` it is named, but not known."""

    name: str
    zone: ZoneInfo | None


def zone_in(text: str) -> Zone | None:
    """Return the time zone that a question names, None if it names none."""
    lowered = text.lower()
    if _OWN.search(lowered):
        return Zone("your time", None)
    table = _patterns()
    for pattern, zone in table:
        if pattern.search(lowered):
            return zone
    for match in _PLACE.finditer(lowered):
        if found := _places().get(match[1] or match[2]):
            return found
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], Zone]]:
    found = []
    for key, entry in read_yaml(_FILE).items():
        zone = Zone(f"{entry['name']} time" if entry["name"] != "UTC" else "UTC", ZoneInfo(key))
        parts = [rf"\b(?:{_any(entry['words'])})\b"]
        if short := entry.get("short"):
            parts.append(rf"\d\s*(?:[ap]\.?m\.?)?\s*(?:{_any(short)})\b")
        if places := entry.get("places"):
            parts.append(rf"\b(?:in|from) (?:{_any(places)})\b|\b(?:{_any(places)}) time\b")
        found.append((re.compile("|".join(parts)), zone))
    return found


def _any(words: list[str]) -> str:
    return "|".join(re.escape(str(word)) for word in words)


@cache
def _places() -> dict[str, Zone]:
    """Return cities and countries by name; a country with several zones is not known."""
    found: dict[str, Zone] = {}
    for key in available_timezones():
        area, _, city = key.rpartition("/")
        if area.partition("/")[0] in _AREAS:
            name = city.replace("_", " ")
            found[name.lower()] = Zone(f"{name} time", ZoneInfo(key))
    data = files("tzdata").joinpath("zoneinfo")
    names = dict(_rows(data.joinpath("iso3166.tab").read_text(encoding="utf-8")))
    zones: dict[str, list[str]] = {}
    for codes, _, key, *_ in _rows(data.joinpath("zone1970.tab").read_text(encoding="utf-8")):
        for code in codes.split(","):
            zones.setdefault(code, []).append(key)
    for code, country in names.items():
        keys = zones.get(code, [])
        found[country.lower()] = Zone(
            f"{country} time", ZoneInfo(keys[0]) if len(keys) == 1 else None
        )
    return found


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]


@cache
def countries() -> frozenset[str]:
    """Return the names of all countries in lower case."""
    data = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(name.lower() for _, name in _rows(data))
