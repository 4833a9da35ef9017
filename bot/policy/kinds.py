"""Table of the kinds of data that shoppers ask about by name (``kinds.yml`` of a store).

It says for each kind whether the policy lists it, and how the policy uses and shares it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.policy.document import PolicyError
from bot.policy.folder import store_folder
from bot.policy.yaml_files import compose, construct, shown

TABLE = "kinds.yml"
_TEXTS = {"say", "use", "sharing"}
_LISTS = {"words", "collected", "use_clauses", "sharing_clauses"}
_KEYS = _TEXTS | _LISTS


@dataclass(frozen=True)
class DataKind:
    """A kind of data that shoppers ask about by name; ``line`` is its line in the table."""

    id: str
    say: str
    words: tuple[str, ...]
    line: int
    collected: tuple[str, ...] = ()
    use: str = ""
    use_clauses: tuple[str, ...] = ()
    sharing: str = ""
    sharing_clauses: tuple[str, ...] = ()

    @property
    def listed(self) -> bool:
        """Return whether the policy lists this kind among the data that it collects."""
        return bool(self.collected)


@cache
def load_data_kinds() -> dict[str, DataKind]:
    """Return the table of the store that the bot answers for."""
    return read_data_kinds(store_folder() / TABLE)


def read_data_kinds(path: Path) -> dict[str, DataKind]:
    """Return the table by kind, empty for a store without one.

    Raises PolicyError with file and line for a malformed entry.
    """
    if not path.exists():
        return {}
    root = compose(path)
    if not isinstance(root, yaml.MappingNode):
        raise PolicyError(f"{shown(path)}:1: there must be a table of kinds.")
    places = {key.value: key.start_mark.line + 1 for key, _ in root.value}
    return {
        name: _kind(str(name), entry, path, places[str(name)])
        for name, entry in construct(root, path).items()
    }


def _kind(name: str, entry: Any, path: Path, line: int) -> DataKind:
    if not isinstance(entry, dict) or not {"say", "words"} <= set(entry) <= _KEYS:
        raise PolicyError(
            f"{shown(path)}:{line}: {name} needs `say` and `words`, "
            f"and may have {', '.join(sorted(_KEYS))}."
        )
    for key in _LISTS & set(entry):
        if not isinstance(entry[key], list) or not all(
            isinstance(item, str) for item in entry[key]
        ):
            raise PolicyError(
                f"{shown(path)}:{line}: `{key}` of {name} must be a list of texts; "
                "quote words such as 'no' and numbers."
            )
    fields: dict[str, Any] = {
        key: tuple(str(item) for item in entry.get(key, ())) for key in _LISTS
    }
    fields |= {key: str(entry.get(key, "")).strip() for key in _TEXTS}
    return DataKind(id=name, line=line, **fields)
