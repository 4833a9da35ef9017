"""Confirmed frames of a store (``frames.yml`` in its folder): what a person has decided on each.

A program proposes, a person confirms, and the bot says only what stands: every quote is still, byte
for byte, in the policy under its headings.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.policy.document import Policy, PolicyError
from bot.policy.folder import DOCUMENT
from bot.policy.frame_list import NOT_SAID, VERDICTS, load_frames
from bot.policy.yaml_files import read_yaml, shown

CONFIRMED = "frames.yml"  # of a store


@dataclass(frozen=True)
class Quote:
    """Part of the policy, byte for byte, with the headings above it."""

    text: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Confirmed:
    """Decision of a person on a frame, made on the policy with the SHA-256 ``policy``."""

    frame: str
    verdict: str
    quotes: tuple[Quote, ...] = ()
    condition: str = ""  # in words, also that of a heading
    by: str = ""
    at: str = ""
    policy: str = ""
    dismissed: tuple[str, ...] = ()  # candidates that the person saw and did not take

    def stands_in(self, policy: Policy, version: str) -> bool:
        """Return whether it was made on this version, and all its quotes are there."""
        return self.policy == version and all(
            policy.clauses_of(quote.text, quote.headings) for quote in self.quotes
        )

    def clauses(self, policy: Policy) -> tuple[str, ...]:
        """Return the ids of the clauses that it quotes."""
        found = (policy.clauses_of(quote.text, quote.headings) for quote in self.quotes)
        return tuple(dict.fromkeys(clause for clauses in found for clause in clauses))


def version_of(folder: Path) -> str:
    """Return the SHA-256 of the policy of a store."""
    return hashlib.sha256((folder / DOCUMENT).read_bytes()).hexdigest()


def read_confirmed(folder: Path) -> dict[str, Confirmed]:
    """Return the confirmed frames of a store by id; raises PolicyError for one with no meaning."""
    path = folder / CONFIRMED
    if not path.exists():
        return {}
    entries = (read_yaml(path) or {}).get("frames") or {}
    return {name: _confirmed(name, entry, path) for name, entry in entries.items()}


def _confirmed(name: str, entry: Any, path: Path) -> Confirmed:
    def fault(message: str) -> PolicyError:
        return PolicyError(f"{shown(path)}: {name}: {message}")

    if name not in load_frames():
        raise fault("there is no such frame in data/frames.yml")
    if not isinstance(entry, dict) or entry.get("verdict") not in VERDICTS:
        raise fault(f"`verdict` must be one of {', '.join(VERDICTS)}")
    quotes = tuple(
        Quote(quote["text"], tuple(quote.get("headings") or ()))
        for quote in entry.get("quotes") or ()
    )
    if bool(quotes) == (entry["verdict"] == NOT_SAID):
        raise fault("every verdict but not_said has quotes, and not_said has none")
    by = entry.get("confirmed") or {}
    return Confirmed(
        name,
        entry["verdict"],
        quotes,
        str(entry.get("condition") or ""),
        str(by.get("by") or ""),
        str(by.get("at") or ""),
        str(by.get("policy") or ""),
        tuple(item["text"] for item in entry.get("dismissed") or ()),
    )


def write_confirmed(folder: Path, confirmed: Iterable[Confirmed]) -> None:
    """Write the confirmed frames of a store, in the order of data/frames.yml."""
    by_frame = {item.frame: item for item in confirmed}
    content = {
        "policy": version_of(folder),
        "frames": {name: _entry(by_frame[name]) for name in load_frames() if name in by_frame},
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    path = folder / CONFIRMED
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _entry(item: Confirmed) -> Mapping[str, Any]:
    entry: dict[str, Any] = {"verdict": item.verdict}
    if item.quotes:
        entry["quotes"] = [
            {"text": quote.text, "headings": list(quote.headings)} for quote in item.quotes
        ]
    if item.condition:
        entry["condition"] = item.condition
    entry["confirmed"] = {"by": item.by, "at": item.at, "policy": item.policy}
    if item.dismissed:
        entry["dismissed"] = [{"text": text} for text in item.dismissed]
    return entry
