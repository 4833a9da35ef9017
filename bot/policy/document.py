"""The policy as clauses: the smallest parts that can be cited, with the headings above them.

``bot.policy.markdown`` reads the document; this module numbers its parts and finds quotes in them.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path

from bot.policy.errors import PolicyError
from bot.policy.folder import DOCUMENT, store_folder
from bot.policy.markdown import Kind, Passage, passages, plain
from bot.policy.numbering import NUMBERS, Numbers, read_numbers

__all__ = ["Clause", "Policy", "PolicyError", "Section", "load", "parse", "read_policy"]

_ARCHIVED = re.compile(r"\s*<!-- archived: (\d{4}-\d\d-\d\d) -->")
_UNTITLED = "Privacy policy"
_SHORT_ITEM = 16  # words of an item that makes sense only with its introduction
_SHORT_LIST = 12  # such items
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NO_WORD = re.compile(r"[\s*_•>]+")


@dataclass(frozen=True)
class Clause:
    """The smallest part of the policy that can be cited.

    It is a sentence, a list item, a row of a table, a line of an address, or a list of short items
    with the sentence that introduces it.
    """

    id: str
    section: str
    text: str  # as it stands in the document
    line: int
    headings: tuple[str, ...] = ()  # from the title of the document down
    kind: Kind = "sentence"
    lead_in: str = ""
    page: str = "/privacy"

    @property
    def url(self) -> str:
        """Return the address of the clause on its page, relative to the site."""
        return f"{self.page}#{self.id}"

    @cached_property
    def lines(self) -> list[str]:
        """Return its lines as a person reads them, without marks of Markdown."""
        return [plain(line) for line in self.text.splitlines() if line.strip()]

    @cached_property
    def plain(self) -> str:
        """Return it in one line, as a person reads it."""
        return " ".join(self.lines)

    @cached_property
    def cells(self) -> list[str]:
        """Return the cells of a row of a table."""
        return [plain(cell.strip()) for cell in self.text.strip().strip("|").split("|")]

    def as_source(self) -> dict[str, str]:
        """Return the clause as the source of an answer, in the form of the HTTP contract."""
        return {"clause": self.id, "section": self.section, "quote": self.text, "url": self.url}


@dataclass(frozen=True)
class Section:
    """A part of the policy under a heading; ``blocks`` are its paragraphs, lists and tables."""

    id: str
    title: str
    blocks: tuple[tuple[Clause, ...], ...]
    headings: tuple[str, ...] = ()
    raw: str = field(default="", repr=False)  # its text as it stands in the document

    @property
    def depth(self) -> int:
        """Return the number of headings above its text, the title of the document included."""
        return max(len(self.headings), 1)

    def clauses(self) -> Iterator[Clause]:
        """Yield its clauses in order."""
        for block in self.blocks:
            yield from block


@dataclass(frozen=True)
class Policy:
    """The whole document; ``archived`` is the day of our copy, if its first line says so."""

    title: str
    archived: date | None
    sections: tuple[Section, ...]

    def clauses(self) -> Iterator[Clause]:
        """Yield every clause in the document's order."""
        for section in self.sections:
            yield from section.clauses()

    def clause(self, clause_id: str) -> Clause:
        """Return the clause with this id; raises PolicyError if there is none."""
        try:
            return self.by_id[clause_id]
        except KeyError:
            raise PolicyError(f"The policy has no clause {clause_id!r}.") from None

    def clauses_of(self, quote: str, headings: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return the ids of the clauses that a quote is a part of, or is made of.

        The quote must stand, byte for byte, under these headings; None is under any. Without such a
        place there is no clause.
        """
        wanted = _words(quote)
        for section in self.sections:
            if quote not in section.raw or (headings is not None and headings != section.headings):
                continue
            texts = {clause.id: _words(clause.text) for clause in section.clauses()}
            if around := [name for name, text in texts.items() if wanted in text]:
                return (min(around, key=lambda name: len(texts[name])),)
            if within := tuple(name for name, text in texts.items() if text and text in wanted):
                return within
            if texts and wanted in _words(section.title):
                return (next(iter(texts)),)  # the heading itself: what stands first below it
        return ()

    @cached_property
    def version(self) -> str:
        """Return the day of our copy, if known, and the start of a SHA-256 of its clauses.

        Every change of the text changes the version.
        """
        text = "\n".join(f"{clause.id} {clause.text}" for clause in self.clauses())
        day = f"{self.archived.isoformat()}-" if self.archived else ""
        return f"{day}{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @cached_property
    def by_id(self) -> dict[str, Clause]:
        """Return every clause by its id."""
        return {clause.id: clause for clause in self.clauses()}


def section_id(title: str) -> str:
    """Return the stable id of a section: its title in lower case, words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"['’]", "", title.lower())).strip("_") or "section"


def parse(text: str, name: str = "the policy", numbers: Numbers | None = None) -> Policy:
    """Parse the Markdown of a policy into sections and clauses.

    A heading begins a section; text before the first one is a section of its own. Clauses are
    numbered from 1 within their section, or keep the ``numbers`` of an older version. Raises
    PolicyError if there is no text.
    """
    found = passages(text)
    title = next((each.plain for each in found if each.kind == "heading"), _UNTITLED)
    sections: list[Section] = []
    taken: set[str] = set()
    for headings, inside, raw in _by_heading(found, text):
        shown = headings[-1] if headings else title
        if not inside and len(headings) < 2:
            continue  # a title without text of its own
        identifier = _unused(section_id(shown), taken)
        clauses = _clauses(inside, text, identifier, shown, numbers or Numbers())
        sections.append(Section(identifier, shown, clauses, headings, raw))
    if not any(section.blocks for section in sections):
        raise PolicyError(f"{name}: there is no text in it.")
    archived = _ARCHIVED.match(text)
    return Policy(title, date.fromisoformat(archived[1]) if archived else None, tuple(sections))


def _by_heading(
    found: list[Passage], text: str
) -> Iterator[tuple[tuple[str, ...], list[Passage], str]]:
    """Yield the path of each heading with the passages below it and their text in the document."""
    headings: tuple[str, ...] = ()
    start, inside = 0, list[Passage]()
    above: Passage | None = None
    for passage in found:
        if passage.kind == "heading":
            yield headings, inside or _stated(above), text[start : passage.start]
            headings = (*passage.headings, passage.plain)
            start, inside, above = passage.start, [], passage
        else:
            inside.append(passage)
    yield headings, inside or _stated(above), text[start:]


def _stated(heading: Passage | None) -> list[Passage]:
    """Return a heading without text of its own as its only sentence, if it states a date."""
    if heading is None or not _YEAR.search(heading.text):
        return []
    return [replace(heading, kind="sentence", headings=(*heading.headings, heading.plain))]


def _unused(identifier: str, taken: set[str]) -> str:
    """Return an id that no section has yet: a second "Cookies" is ``cookies_2``."""
    number, name = 1, identifier
    while name in taken:
        number += 1
        name = f"{identifier}_{number}"
    taken.add(name)
    return name


def _clauses(
    inside: list[Passage], document: str, section: str, shown: str, numbers: Numbers
) -> tuple[tuple[Clause, ...], ...]:
    count, blocks = 0, []
    for block in _blocks(inside, document):
        clauses = []
        for passage in block:
            count += 1
            number = numbers.number(section, count, passage.text)
            place = (passage.line, passage.headings, passage.kind, passage.lead_in)
            clauses.append(Clause(number, shown, passage.text, *place))
        blocks.append(tuple(clauses))
    return tuple(blocks)


def _blocks(inside: list[Passage], document: str) -> list[list[Passage]]:
    """Return the paragraphs, lists and tables, with short lists joined to their introduction."""
    found: list[list[Passage]] = []
    for _, run in groupby(inside, key=lambda passage: (passage.block, passage.kind)):
        block = list(run)
        before = found[-1][-1] if found else None
        if before and before.text == block[0].lead_in and _is_short(block):
            end = block[-1].start + len(block[-1].text)
            listed = _BLANK_LINES.sub("\n", document[before.start : end])
            place = (before.kind, before.headings, before.line, before.start, before.block)
            found[-1][-1] = Passage(listed, *place, before.lead_in)
        else:
            found.append(block)
    return found


def _is_short(block: list[Passage]) -> bool:
    """Return whether the items of a list say something only with their introduction."""
    return len(block) <= _SHORT_LIST and all(
        passage.kind == "item"
        and len(passage.text.split()) <= _SHORT_ITEM
        and not passage.text.endswith(".")
        for passage in block
    )


def _words(text: str) -> str:
    """Return a text without what Markdown puts around and between its words."""
    return _NO_WORD.sub(" ", text).strip()


def read_policy(folder: Path) -> Policy:
    """Read the policy in the folder of a store."""
    path = folder / DOCUMENT
    numbers = read_numbers(folder / NUMBERS)
    return parse(path.read_text(encoding="utf-8"), str(path), numbers)


@cache
def load() -> Policy:
    """Return the policy that the bot answers from, parsed once per process."""
    return read_policy(store_folder())
