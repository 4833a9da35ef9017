"""Parser of the policy document, the only source of the bot's answers: sections and clauses."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from bot.policy.folder import DOCUMENT, store_folder

# A sentence ends at a full stop before a capital letter. "C.F.R." never ends one. "Inc." may end
# one, so the capital letter decides.
_SENTENCE_END = re.compile(r'(?<=[.!?])(?<!C\.F\.R\.)\s+(?=[A-Z"“])')
_ARCHIVED = re.compile(r"<!-- archived: (\d{4}-\d\d-\d\d) -->")
_LIST_ITEM = re.compile(r"^(?:\*|\d+\.) ")


class PolicyError(ValueError):
    """Error in the policy or in a file that refers to it; the message has place and remedy."""


@dataclass(frozen=True)
class Clause:
    """The smallest part of the policy that can be cited.

    It is a sentence, a list with the sentence that introduces it, or a line of contact details.
    """

    id: str
    section: str
    text: str
    line: int

    @property
    def url(self) -> str:
        """Return the address of the clause on the policy page, relative to the site."""
        return f"/privacy#{self.id}"

    def as_source(self) -> dict[str, str]:
        """Return the clause as the source of an answer, in the form of the HTTP contract."""
        return {"clause": self.id, "section": self.section, "quote": self.text, "url": self.url}


@dataclass(frozen=True)
class Section:
    """A part of the policy with a heading; ``blocks`` are its paragraphs, as tuples of clauses."""

    id: str
    title: str
    blocks: tuple[tuple[Clause, ...], ...]


@dataclass(frozen=True)
class Policy:
    """The whole document; ``archived`` is the day of our copy, because the text has no date."""

    title: str
    archived: date
    sections: tuple[Section, ...]

    def clauses(self) -> Iterator[Clause]:
        """Yield every clause in the document's order."""
        for section in self.sections:
            for block in section.blocks:
                yield from block

    def clause(self, clause_id: str) -> Clause:
        """Return the clause with this id; raises PolicyError if there is none."""
        try:
            return self.by_id[clause_id]
        except KeyError:
            raise PolicyError(f"The policy has no clause {clause_id!r}.") from None

    @cached_property
    def version(self) -> str:
        """Return the day of our copy and the start of a SHA-256 of its clauses.

        Every change of the text changes the version.
        """
        text = "\n".join(f"{clause.id} {clause.text}" for clause in self.clauses())
        return f"{self.archived.isoformat()}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @cached_property
    def by_id(self) -> dict[str, Clause]:
        """Return every clause by its id."""
        return {clause.id: clause for clause in self.clauses()}


def section_id(title: str) -> str:
    """Return the stable id of a section: its title in lower case, words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"['’]", "", title.lower())).strip("_")


def parse(text: str, name: str = "the policy") -> Policy:
    """Parse the Markdown of a policy: ``#`` its title, ``##`` a section with paragraphs and lists.

    The first line says when the copy was archived: ``<!-- archived: YYYY-MM-DD -->``. Clauses are
    numbered from 1 within their section. Raises PolicyError, with the line, if the date is missing,
    if a section comes twice, or if there is no section.
    """
    archived = _ARCHIVED.match(text)
    if archived is None:
        raise PolicyError(f"{name}:1: the first line must be <!-- archived: YYYY-MM-DD -->.")
    title = ""
    sections: list[tuple[str, list[tuple[int, str]]]] = []
    block_open = False
    for number, line in list(enumerate(text.splitlines(), start=1))[1:]:
        if line.startswith("## "):
            heading = line[3:].strip()
            if section_id(heading) in {section_id(known) for known, _ in sections}:
                raise PolicyError(f"{name}:{number}: the section {heading!r} comes twice.")
            sections.append((heading, []))
            block_open = False
        elif line.startswith("# "):
            title = line[2:].strip()
        elif not line.strip():
            block_open = False
        elif not sections:
            continue  # a subtitle
        elif block_open:
            start, block = sections[-1][1][-1]
            sections[-1][1][-1] = (start, f"{block}\n{line}")
        else:
            sections[-1][1].append((number, line))
            block_open = True
    if not sections:
        raise PolicyError(f"{name}: no section (a line that begins with '## ') was found.")
    return Policy(
        title,
        date.fromisoformat(archived[1]),
        tuple(_section(heading, blocks) for heading, blocks in sections),
    )


def _section(heading: str, blocks: list[tuple[int, str]]) -> Section:
    identifier = section_id(heading)
    count = 0
    parsed: list[list[Clause]] = []
    for line, block in blocks:
        if parsed and _LIST_ITEM.match(block) and parsed[-1][-1].text.endswith(":"):
            lead_in = parsed[-1].pop()  # a list belongs to the sentence that introduces it
            parsed[-1].append(Clause(lead_in.id, heading, f"{lead_in.text}\n{block}", lead_in.line))
            continue
        clauses = []
        for text in _split(block):
            count += 1
            clauses.append(Clause(f"{identifier}.{count}", heading, text, line))
        parsed.append(clauses)
    return Section(identifier, heading, tuple(tuple(block) for block in parsed))


def _split(block: str) -> list[str]:
    if _LIST_ITEM.match(block):  # a list of its own, as in contact details: one clause an item
        return [re.sub(_LIST_ITEM, "", item) for item in re.split(r"\n(?=(?:\*|\d+\.) )", block)]
    if "\n" in block:  # single lines, as in the support hours: one clause a line
        return block.splitlines()
    return _SENTENCE_END.split(block)


def read_policy(folder: Path) -> Policy:
    """Read the policy in the folder of a store."""
    path = folder / DOCUMENT
    return parse(path.read_text(encoding="utf-8"), str(path))


@cache
def load() -> Policy:
    """Return the policy that the bot answers from, parsed once per process."""
    return read_policy(store_folder())
