"""Reader of Markdown: a document's passages, each with the path of headings above it.

A passage is a sentence, a list item, a table row or a heading. Its text is a part of the document,
byte for byte, so that it can be quoted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.policy.sentences import sentence_spans

Kind = Literal["sentence", "item", "row", "heading"]

_BOLD, _BARE, _ITALIC = 7, 7, 8  # levels of lines that only look like headings
_LONGEST_HEADING = 150
_SHORT_LINE = 60  # a paragraph of lines no longer than this is an address, not wrapped text
# A line alone, followed by a paragraph or a list: "Business Transfers", "Who are we?"
_BARE_HEADING = re.compile(r"[A-Z][^\d@.,:;!|]{1,70}")
_MOST_WORDS = 8
_WAY_BACK = re.compile(r"(?:back|return) to|contents", re.IGNORECASE)
_BULLETS = "•·●◦▪‣–"
_BREAK = re.compile(r"(?: {2,}|\\)?\n|<br\s*/?>", re.IGNORECASE)
_HARD_BREAK = re.compile(r" {2,}\n|\\\n|<br", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*-->", re.DOTALL)
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_ADDRESS = re.compile(r"<((?:https?:|mailto:|www\.)[^<>\s]+|[^<>\s@]+@[^<>\s]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# An escaped sign stands as a character of no meaning while marks are taken away.
_KEPT = 0xE000
_UNESCAPED = {_KEPT + code: code for code in range(128)}
_EMPHASIS = re.compile(r"\*+|(?<![^\W_])_+|_+(?![^\W_])")

_MARKDOWN = (
    MarkdownIt("commonmark")
    .enable("table")
    .disable(["code", "fence", "html_block", "reference"])  # each would hide text
)


@dataclass(frozen=True)
class Passage:
    """A sentence, list item, table row or heading, and where it stands.

    ``block`` is the number of its paragraph or list. ``lead_in`` is the sentence or item that
    introduces its list.
    """

    text: str
    kind: Kind
    headings: tuple[str, ...]
    line: int
    start: int
    block: int
    lead_in: str = ""

    @cached_property
    def plain(self) -> str:
        """Return the text as a person reads it, without marks of Markdown."""
        return plain(self.text)


def plain(text: str) -> str:
    """Return Markdown as a person reads it: no marks, no addresses behind links, one line."""
    if text.startswith("|") and text.endswith("|"):
        text = " – ".join(cell.strip() for cell in text.strip("|").split("|") if cell.strip())
    text = _ESCAPE.sub(lambda match: chr(_KEPT + ord(match[1])), _COMMENT.sub(" ", text))
    for _ in range(2):  # a link may stand in the text of a link
        text = _LINK.sub(r"\1", text)
    text = _TAG.sub(" ", _ADDRESS.sub(r"\1", text))
    text = _EMPHASIS.sub("", text).translate(_UNESCAPED)
    return " ".join(text.split())


def with_addresses(text: str) -> str:
    """Return Markdown with the address of each link after its words, where these do not give it."""
    return _LINK.sub(_with_address, text)


def _with_address(match: re.Match[str]) -> str:
    words, address = match[1], match.group()[match.group().rindex("](") + 2 : -1].split(" ")[0]
    shown = re.sub(r"^(?:mailto:|tel:)|[?#].*$", "", address.strip("<>"))
    if not re.match(r"https?://|mailto:|tel:", address.strip("<>")) or shown in words:
        return words
    is_address = re.fullmatch(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?", words.strip())
    return words if is_address else f"{words} ({shown})"


def passages(document: str) -> list[Passage]:
    """Return the passages of a Markdown document in its order."""
    return list(_Reader(document).read())


@dataclass(frozen=True)
class _Piece:
    """A line or paragraph of one block, as a span of its content."""

    start: int
    end: int
    text: str
    item: bool
    mark: str  # "**" or "_" if the whole piece is so emphasised


class _Reader:
    def __init__(self, document: str) -> None:
        self._document = document
        self._lines = document.splitlines(keepends=True)
        self._offsets = [0]
        for line in self._lines:
            self._offsets.append(self._offsets[-1] + len(line))
        self._headings: list[tuple[int, str]] = []
        self._block = 0
        self._last = ""  # the last sentence or item, which may introduce a list

    def read(self) -> Iterator[Passage]:
        tokens = _MARKDOWN.parse(self._document)
        lists: list[str] = []  # lead-in of each open list
        in_item = False
        for index, token in enumerate(tokens):
            if token.type in ("bullet_list_open", "ordered_list_open"):
                lists.append(self._last if lists or self._last.rstrip("*_ ").endswith(":") else "")
                self._block += 1
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                lists.pop()
            elif token.type == "list_item_open":
                in_item = True
            elif token.type == "heading_open":
                yield from self._heading(tokens[index + 1], int(token.tag[1:]))
            elif token.type == "tr_open":
                yield from self._row(tokens, index)
            elif token.type == "paragraph_open":
                if not lists:
                    self._block += 1
                lead_in = lists[-1] if lists else ""
                if not lists and token.level == 0 and _is_bare_heading(tokens, index):
                    yield from self._heading(tokens[index + 1], _BARE)
                else:
                    item = bool(lists) and in_item
                    yield from self._paragraph(tokens[index + 1], lead_in, item)
                in_item = False  # further paragraphs of an item are sentences

    def _heading(self, token: Token, level: int) -> Iterator[Passage]:
        content, offsets = self._content(token)
        if not plain(content):
            return
        self._block += 1
        self._enter(level, plain(content))
        yield self._passage("heading", offsets[0], offsets[-1] + 1, "")
        self._last = ""

    def _row(self, tokens: list[Token], index: int) -> Iterator[Passage]:
        token = tokens[index]
        assert token.map is not None
        line = self._lines[token.map[0]]
        start = self._offsets[token.map[0]] + len(line) - len(line.lstrip())
        if tokens[index - 1].type == "thead_open":
            self._block += 1
        yield self._passage("row", start, start + len(line.strip()), "")

    def _paragraph(self, token: Token, lead_in: str, is_item: bool) -> Iterator[Passage]:
        content, offsets = self._content(token)
        pieces = list(_pieces(content, lists=not is_item))
        introduces = self._last if self._last.rstrip("*_ ").endswith(":") else ""
        for number, piece in enumerate(pieces):
            looks = bool(piece.mark) and len(piece.text) <= _LONGEST_HEADING and not is_item
            follows = number + 1 < len(pieces)
            if looks and (piece.mark == "**" or follows) and not pieces[number].item:
                self._enter(_BOLD if piece.mark == "**" else _ITALIC, plain(piece.text))
                yield self._passage("heading", offsets[piece.start], offsets[piece.end - 1] + 1, "")
                self._last = piece.text
                introduces = piece.text if plain(piece.text).endswith(":") else ""
                continue
            item = is_item or piece.item
            kind: Kind = "item" if item else "sentence"
            for start, end in sentence_spans(content, piece.start, piece.end):
                found = self._passage(
                    kind,
                    offsets[start],
                    offsets[end - 1] + 1,
                    (lead_in or introduces) if item else "",
                )
                if found.plain:
                    yield found
                    if not piece.item:
                        self._last = found.text
                        introduces = found.text if found.plain.endswith(":") else introduces

    def _enter(self, level: int, title: str) -> None:
        self._headings = [known for known in self._headings if known[0] < level]
        self._headings.append((level, title))

    def _passage(self, kind: Kind, start: int, end: int, lead_in: str) -> Passage:
        headings = tuple(title for _, title in self._headings)
        return Passage(
            self._document[start:end],
            kind,
            headings[:-1] if kind == "heading" else headings,
            self._document.count("\n", 0, start) + 1,
            start,
            self._block,
            lead_in,
        )

    def _content(self, token: Token) -> tuple[str, list[int]]:
        """Return the text of a block and the place of each of its characters in the document."""
        assert token.map is not None
        offsets: list[int] = []
        content = ""
        for number, line in enumerate(token.content.split("\n"), start=token.map[0]):
            if content:
                content += "\n"
                offsets.append(offsets[-1])
            source = self._lines[number]
            at = max(source.find(line.strip()), 0)
            kept = source[at : at + len(line.strip())]
            trailing = len(source.rstrip("\n")) - at - len(kept)
            kept += " " * (2 if trailing >= 2 else 0)  # two spaces break a line
            content += kept
            start = self._offsets[number] + at
            offsets.extend(range(start, start + len(kept)))
        stripped = content.rstrip()
        return stripped, offsets[: len(stripped)]


def _is_bare_heading(tokens: list[Token], index: int) -> bool:
    """Tell whether a paragraph is a title that lost its marks: a few words before a text."""
    text = tokens[index + 1].content.strip()
    following = tokens[index + 3] if index + 3 < len(tokens) else None
    return (
        following is not None
        and following.type in ("paragraph_open", "bullet_list_open", "ordered_list_open")
        and bool(_BARE_HEADING.fullmatch(text))
        and len(text.split()) <= _MOST_WORDS
        and not _WAY_BACK.match(text)
    )


def _pieces(content: str, lists: bool) -> Iterator[_Piece]:
    """Yield the lines of a block that stand alone, or the whole block if its lines are wrapped.

    Short lines stand alone if the block ``lists`` things, as an address does.
    """
    lines = content.split("\n")
    listed = (
        lists
        and all(len(line) <= _SHORT_LINE for line in lines)
        and not any(line[:1].islower() for line in lines[1:])  # a sentence goes on
    )
    pieces: list[_Piece] = []
    start = 0
    ends = []
    for match in _BREAK.finditer(content):
        following = content[match.end() :].lstrip(" *_")
        if listed or _HARD_BREAK.match(match.group()) or following[:1] in _BULLETS:
            ends.append((match.start(), match.end()))
    for end, after in [*ends, (len(content), len(content))]:
        piece = _trimmed(content, start, end)
        if piece.text and not _COMMENT.fullmatch(piece.text):
            pieces.append(piece)
        start = after
    for piece, following_piece in zip_longest(pieces, pieces[1:]):
        mark = piece.mark
        for odd in ("**", "_"):  # "**Title⏎**Text": the closing mark went to the next line
            if (
                not mark
                and piece.text.startswith(odd)
                and piece.text.count(odd) == 1
                and following_piece is not None
                and following_piece.text.startswith(odd)
            ):
                mark = odd
        yield replace(piece, mark=mark)


def _trimmed(content: str, start: int, end: int) -> _Piece:
    while start < end and content[start].isspace():
        start += 1
    while end > start and content[end - 1].isspace():
        end -= 1
    bare = re.match(rf"[*_\s]*[{_BULLETS}]\s*[*_]*\s*", content[start:end])
    if bare:
        start += bare.end()
    text = content[start:end]
    return _Piece(start, end, text, bool(bare), _mark(text))


def _mark(text: str) -> str:
    for mark, one in (("**", r"\*\*|__"), ("_", r"\*|_")):
        if re.fullmatch(rf"(?:{one}){{1,2}}(?:(?!{one}).)+(?:{one}){{1,2}}", text, re.DOTALL):
            return mark
    return ""
