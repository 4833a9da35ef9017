"""Reader of the project's YAML files that reports each fault with its file and line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml import CSafeLoader

from bot.paths import ROOT
from bot.policy.document import PolicyError


@dataclass(frozen=True, order=True)
class Problem:
    """A fault in a file: its place and a message."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file.

    Raises PolicyError with file and line if the file is not well formed.
    """
    return construct(compose(path), path)


def compose(path: Path) -> yaml.Node | None:
    """Return the nodes of a YAML file; each node knows its line.

    Raises PolicyError with file and line if the file is not well formed, or if a mapping has a key
    twice: YAML would silently keep the last one.
    """
    try:
        root: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), CSafeLoader)
    except yaml.YAMLError as error:
        raise PolicyError(str(_problem(path, error))) from None
    for key in _repeated_keys(root):
        message = f"the key {key.value!r} stands here a second time"
        raise PolicyError(str(Problem(shown(path), key.start_mark.line + 1, message)))
    return root


def construct(node: yaml.Node | None, path: Path) -> Any:
    """Return the content of a node; raises PolicyError with file and line if it has a fault."""
    try:
        return yaml.SafeLoader("").construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        raise PolicyError(str(_problem(path, error))) from None


def shown(path: Path) -> str:
    """Return a path for messages: relative to the checkout if it is inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _problem(path: Path, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "this is not YAML"
    return Problem(shown(path), mark.line + 1 if mark else 1, what)


def _repeated_keys(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield each key below a node that occurs earlier in the same mapping."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
