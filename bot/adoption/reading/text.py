"""Reader of plain text: paragraphs, lists and lines that stand alone become Markdown."""

import re
from collections.abc import Iterator

from bot.adoption.reading import decoded

_ITEM = re.compile(r"^\s*(?:[-*•·●◦▪‣–—]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+(?=\S)")
_UNDERLINE = re.compile(r"^\s*([=\-~_*])\1{3,}\s*$")
_NUMBERED = re.compile(
    r"^\s*(?:(?:section|article)\s+)?\d{1,2}(?:\.\d{1,2})*[.)]?\s+\S", re.IGNORECASE
)
_ENDS_SENTENCE = re.compile(r"[.,;:!]$")
_SPECIAL = re.compile(r"([\\`\[\]]|\*(?!\s)|<(?=[a-zA-Z/!])|(?<![^\W_])_|_(?![^\W_]))")
_LOOKS_LIKE_BLOCK = re.compile(r"^(?=#{1,6}\s|[>+]\s|\||={3,}|-{3,})")
_MOST_WORDS, _FEW_WORDS = 10, 6  # of a title, and of one that ends with a colon
_WRAPPED = 55  # lines at least so long are broken by the width of the page, not by meaning


def from_text(content: bytes) -> str:
    """Return the Markdown of plain text."""
    return from_lines(decoded(content).splitlines())


def from_lines(lines: list[str]) -> str:
    """Return the Markdown of lines of text, with empty lines between paragraphs."""
    blocks: list[str] = []
    paragraphs = list(_paragraphs(lines))
    for number, paragraph in enumerate(paragraphs):
        last = number + 1 == len(paragraphs)
        follows = "" if last else paragraphs[number + 1][0]
        blocks += _blocks(paragraph, not blocks, follows)
    text = ""
    for block in blocks:
        both = block.startswith("* ") and text.rsplit("\n", 1)[-1].startswith("* ")
        text += ("\n" if both else "\n\n" if text else "") + block
    return text + "\n" if text else ""


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in [*lines, ""]:
        line = line.replace("\t", "    ").replace("\u00ad", "").replace("\f", "")
        if line.strip():
            block.append(line.rstrip())
        elif block:
            yield block
            block = []


def _blocks(lines: list[str], first: bool, follows: str) -> Iterator[str]:
    """Yield the heading, the items and the text of one paragraph."""
    if len(lines) > 1 and _UNDERLINE.match(lines[1]):
        yield f"{'#' if first else '##'} {_escaped(lines[0])}"
        lines = lines[2:]
        if not lines:
            return
    if len(lines) == 1 and follows and _is_title(lines[0], first, follows):
        yield f"{'#' if first else '##'} {_escaped(lines[0])}"
        return
    run: list[str] = []
    for line in lines:
        if _UNDERLINE.match(line):
            continue
        item = _ITEM.match(line)
        if item:
            yield from _text(run)
            run = [f"* {line[item.end() :]}"]
        else:
            run.append(line)
    yield from _text(run)


def _text(lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    item = lines[0].startswith("* ")
    bare = [line.removeprefix("* ") if item and not n else line for n, line in enumerate(lines)]
    short = all(len(line.strip()) < _WRAPPED for line in bare) and not item
    joined = ("  \n" if short and len(bare) > 1 else " ").join(map(_escaped, bare))
    yield f"* {joined}" if item else joined


def _is_title(line: str, first: bool, follows: str) -> bool:
    text = line.strip()
    if len(text.split()) <= _FEW_WORDS and not _ITEM.match(follows):
        text = text.removesuffix(":")
    few = len(text.split()) <= _MOST_WORDS and not _ENDS_SENTENCE.search(text)
    if not few or "@" in text or not re.search(r"[A-Za-z]", text):
        return False
    numbered = bool(_NUMBERED.match(text))
    digits = re.search(r"\d", text) is not None
    return first or numbered or (text[0].isupper() and not digits)


def _escaped(line: str) -> str:
    text = _SPECIAL.sub(r"\\\1", " ".join(line.split()))
    text = re.sub(r"^(\d{1,9})([.)])(?=\s)", r"\1\\\2", text)
    return _LOOKS_LIKE_BLOCK.sub(r"\\", text)
