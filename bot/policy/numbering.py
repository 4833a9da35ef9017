"""Numbers of clauses that outlive a new version of the policy (``clauses.yml`` of a store).

A clause whose text is unchanged keeps its id, and a new one gets a number never used before.
Without the file, ids follow from the order.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from bot.policy.errors import PolicyError

NUMBERS = "clauses.yml"
_ID = re.compile(r"(.+)\.(\d+)")


def fingerprint(text: str) -> str:
    """Return what tells the text of one clause from that of another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Numbers:
    """Ids of clauses: those of an older version for the same text, else new ones."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        """Start with the fingerprints of the clauses by id, in the order of the document."""
        self._by_text: dict[str, list[str]] = {}
        self._last: dict[str, int] = {}
        for clause_id, print_of in (known or {}).items():
            match = _ID.fullmatch(clause_id)
            if match is None:
                raise PolicyError(f"{NUMBERS}: {clause_id!r} is no id of a clause.")
            self._by_text.setdefault(print_of, []).append(clause_id)
            self._last[match[1]] = max(self._last.get(match[1], 0), int(match[2]))
        self._is_new = not known

    def number(self, section: str, place: int, text: str) -> str:
        """Return the id of the clause at a place of a section, counted from 1."""
        if self._is_new:
            return f"{section}.{place}"
        same = self._by_text.get(fingerprint(text), [])
        for known in same:
            if known.rpartition(".")[0] == section:
                same.remove(known)
                return known
        self._last[section] = self._last.get(section, 0) + 1
        return f"{section}.{self._last[section]}"


def read_numbers(path: Path) -> Numbers:
    """Read the ids that clauses had; without the file, they have none yet."""
    if not path.exists():
        return Numbers()
    return Numbers(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
