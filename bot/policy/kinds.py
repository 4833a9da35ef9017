"""The table of kinds of data: whether the policy lists them, what for, and what it says about passing them on."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.paths import POLICY_DIR
from bot.policy.document import PolicyError

TABLE = POLICY_DIR / "kinds.yml"
_TEXTS = {"say", "use", "sharing"}
_LISTS = {"words", "collected", "use_clauses", "sharing_clauses"}
_KEYS = _TEXTS | _LISTS


@dataclass(frozen=True)
class Kind:
    """A kind of data that shoppers ask about by name; ``line`` is where the table has it."""

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
        """Say whether the policy names it among what is collected."""
        return bool(self.collected)


@cache
def load_kinds(path: Path = TABLE) -> dict[str, Kind]:
    """Return the table by kind; raises PolicyError, naming file and line, for an entry that is not of its form."""
    text = path.read_text(encoding="utf-8")
    root = yaml.compose(text)
    if not isinstance(root, yaml.MappingNode):
        raise PolicyError(f"{path}:1: there must be a table of kinds.")
    places = {key.value: key.start_mark.line + 1 for key, _ in root.value}
    return {name: _kind(str(name), entry, path, places[str(name)]) for name, entry in yaml.safe_load(text).items()}


def _kind(name: str, entry: Any, path: Path, line: int) -> Kind:
    if not isinstance(entry, dict) or not {"say", "words"} <= set(entry) <= _KEYS:
        raise PolicyError(f"{path}:{line}: {name} needs `say` and `words`, and may have {', '.join(sorted(_KEYS))}.")
    for key in _LISTS & set(entry):
        if not isinstance(entry[key], list) or not all(isinstance(item, str) for item in entry[key]):
            raise PolicyError(
                f"{path}:{line}: `{key}` of {name} must be a list of texts; quote words such as 'no' and numbers."
            )
    fields: dict[str, Any] = {key: tuple(str(item) for item in entry.get(key, ())) for key in _LISTS}
    fields |= {key: str(entry.get(key, "")).strip() for key in _TEXTS}
    return Kind(id=name, line=line, **fields)
