"""Loader of answers: reads the responses of the domain and of the store when a process starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.paths import DOMAIN_DIR
from bot.policy.answers import Variation, variation
from bot.policy.document import PolicyError
from bot.policy.folder import store_folder
from bot.policy.yaml_files import Problem, compose, construct, shown

ANSWERS = "answers.yml"  # of a store


@dataclass(frozen=True)
class PlacedVariation:
    """A variation of a response, with its file and line."""

    response: str
    variation: Variation
    file: str
    line: int


@cache
def load_answers() -> dict[str, list[Variation]]:
    """Return the variations of each response by its name, of the store that the bot answers for.

    Raises PolicyError with file and line for the first fault.
    """
    answers: dict[str, list[Variation]] = {}
    for item in effective(DOMAIN_DIR, store_folder()):
        if isinstance(item, Problem):
            raise PolicyError(str(item))
        answers.setdefault(item.response, []).append(item.variation)
    return answers


def effective(domain: Path, store: Path) -> Iterator[PlacedVariation | Problem]:
    """Yield the variations that a store says: its own wording of a response replaces the common."""
    path = store / ANSWERS
    own = list(placed_variations(path)) if path.exists() else []
    replaced = {item.response for item in own if isinstance(item, PlacedVariation)}
    for file in sorted(domain.glob("*.yml")):
        for item in placed_variations(file):
            if isinstance(item, Problem) or item.response not in replaced:
                yield item
    yield from own


def placed_variations(path: Path) -> Iterator[PlacedVariation | Problem]:
    """Yield the variations in a file, and a problem for each one that cannot be read.

    Raises PolicyError if the file is not YAML.
    """
    root = compose(path)
    responses = next((value for key, value in _items(root) if key.value == "responses"), None)
    for name, variations in _items(responses):
        for node in variations.value:
            line = node.start_mark.line + 1
            try:
                yield PlacedVariation(
                    name.value, variation(construct(node, path)), shown(path), line
                )
            except (PolicyError, KeyError, TypeError) as error:
                yield Problem(shown(path), line, f"{name.value}: {error}")


def _items(node: Any) -> list[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else []
