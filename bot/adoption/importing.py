"""Import of a policy into the folder of its store, or of a newer version of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.adoption.facts import propose_store
from bot.adoption.proposals import Proposal, propose
from bot.adoption.reading import DocumentError, read_document
from bot.adoption.versions import Changes, carried_over, compare
from bot.paths import HOME, STORES_DIR
from bot.policy.confirmations import read_confirmed, version_of, write_confirmed
from bot.policy.document import Policy, read_policy
from bot.policy.folder import DOCUMENT, find_store
from bot.policy.numbering import NUMBERS, fingerprint
from bot.policy.store import STORE_FILE

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_HEAD = """\
# Made by `privacy-bot adopt`: please check each line. `clause` is the place in policy.md that
# states a fact; write `from: the owner, on DATE` for what the policy does not state.
# data/stores/README.md names all keys.
"""


@dataclass(frozen=True)
class Adopted:
    """Result of an import: the folder, what is new, and a proposal for each frame."""

    folder: Path
    policy: Policy
    proposals: Sequence[Proposal]
    changes: Changes | None  # None if there was no older version
    reopened: Sequence[str]  # frames that a person must confirm again

    def as_json(self) -> dict[str, Any]:
        """Return the result in the form that ``adopt --json`` prints."""
        content: dict[str, Any] = {"frames": [proposal.as_json() for proposal in self.proposals]}
        if self.changes is not None:
            content["changes"] = self.changes.as_json()
            content["reopened"] = list(self.reopened)
        return content


def folder_for(name: str) -> Path:
    """Return the folder of a store, which may not be there yet; raises DocumentError for a name
    that cannot be one.
    """
    if not _NAME.fullmatch(name):
        raise DocumentError(
            f"{name!r} cannot be the name of a store's folder: "
            "use small letters, digits and hyphens, for example lamp-and-leaf."
        )
    stores = STORES_DIR if STORES_DIR.is_relative_to(HOME) else HOME / "stores"
    return find_store(name) or stores / name


def adopt(file: Path, folder: Path) -> Adopted:
    """Import a document as the policy of the store in ``folder``.

    Raises DocumentError if it cannot be read, and RankerError if the ranker is out of date.
    """
    document = read_document(file)
    original = file.read_bytes()
    target = folder / DOCUMENT
    older = target.read_text(encoding="utf-8") if target.exists() else None
    if older is not None and file.resolve() == target.resolve():
        older = None  # edited in place: what it was before is not known
    folder.mkdir(parents=True, exist_ok=True)
    before = version_of(folder) if target.exists() else ""
    if file.resolve().parent != folder.resolve():
        for stale in folder.glob("original.*"):
            stale.unlink()
        (folder / f"original{file.suffix.lower()}").write_bytes(original)
    target.write_text(document, encoding="utf-8", newline="")
    policy = read_policy(folder)
    proposals = propose(document)
    changes, reopened = None, list[str]()
    if older is not None:
        changes = compare(older, document)
        versions = (before, version_of(folder))
        decided, reopened = carried_over(
            read_confirmed(folder).values(), versions, (older, document), policy, proposals
        )
        if decided:
            write_confirmed(folder, decided)
    _write_numbers(folder, policy)
    if not (folder / STORE_FILE).exists():
        _write_store(folder, policy, proposals)
    return Adopted(folder, policy, proposals, changes, reopened)


def _write_numbers(folder: Path, policy: Policy) -> None:
    """Keep the ids of all clauses, also of those that are gone: their numbers are used."""
    path = folder / NUMBERS
    known = yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}
    numbers = {clause.id: fingerprint(clause.text) for clause in policy.clauses()}
    text = yaml.safe_dump(
        {**numbers, **{k: v for k, v in known.items() if k not in numbers}}, sort_keys=False
    )
    path.write_text(text, encoding="utf-8")


def _write_store(folder: Path, policy: Policy, proposals: Sequence[Proposal]) -> None:
    content = propose_store(folder.name, policy, proposals)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    (folder / STORE_FILE).write_text(_HEAD + text, encoding="utf-8")
