"""Reader of PDF: its lines become paragraphs, lists and headings of Markdown."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from bot.adoption.reading import DocumentError
from bot.adoption.reading.text import from_lines

_MARGIN = 0.07  # share of the page at its top and bottom where running titles stand
_UNKNOWN = 0.5  # place of a line whose style is not known: the middle
_LIGATURES = {ord(joined): unicodedata.normalize("NFKC", joined) for joined in "ﬀﬁﬂﬃﬄﬅﬆ\u00a0"}
_WIDER = 1.3  # the space between paragraphs, in steps of lines
_FEW_WORDS = 10
_LARGER = 1.12  # a heading's letters are so much larger than the text's


@dataclass
class _Line:
    page: int
    y: float
    size: float
    bold: bool
    text: str


def from_pdf(content: bytes) -> str:
    """Return the Markdown of a PDF; raises DocumentError for a damaged or locked one."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("This PDF is locked with a password. Save it without one.")
        lines = [line for number, page in enumerate(reader.pages) for line in _lines(page, number)]
    except (PyPdfError, ValueError, KeyError, RecursionError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(f"This PDF is damaged ({error}). Save it again.") from None
    return from_lines(_with_gaps(_without_running_titles(lines)))


def _lines(page: Any, number: int) -> list[_Line]:
    """Return the lines of a page from top to bottom."""
    parts: list[_Line] = []
    height = float(page.mediabox.height) or 1.0

    def visit(text: str, page_matrix: Any, matrix: Any, font: Any, size: float) -> None:
        if text.strip():
            name = str((font or {}).get("/BaseFont", "")).lower()
            _, b, c, d, _, f = page_matrix
            y = b * matrix[4] + d * matrix[5] + f
            scale = abs(d * matrix[3] + b * matrix[2]) or abs(c) or 1.0
            bold = "bold" in name or "black" in name
            parts.append(_Line(number, y / height, size * scale, bold, text))

    plain = page.extract_text(visitor_text=visit) or ""
    style: dict[str, _Line] = {}
    for styled in parts:
        for line in styled.text.splitlines():
            style.setdefault(_key(line), styled)
    found = []
    for line in plain.splitlines():
        part: _Line | None = style.get(_key(line)) or next(
            (other for other in parts if _key(other.text) and _key(other.text) in _key(line)), None
        )
        if line.strip():
            y = part.y if part else _UNKNOWN
            size, bold = (part.size, part.bold) if part else (0.0, False)
            found.append(_Line(number, y, size, bold, line.translate(_LIGATURES)))
    return found


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _without_running_titles(lines: list[_Line]) -> list[_Line]:
    """Drop what repeats at the top or bottom of pages, and page numbers."""
    pages = {line.page for line in lines}
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({re.sub(r"\d+", "#", line.text.strip()) for line in lines if line.page == page})
    kept = []
    for line in lines:
        text = re.sub(r"\d+", "#", line.text.strip())
        at_edge = line.y > 1 - _MARGIN or 0 <= line.y < _MARGIN
        repeated = len(pages) > 1 and seen[text] >= max(2, len(pages) // 2)
        number = re.fullmatch(r"(?:page )?#(?: (?:of|/) #)?", text, re.IGNORECASE)
        if not (text and at_edge and (repeated or number)):
            kept.append(line)
    return kept


def _with_gaps(lines: list[_Line]) -> list[str]:
    """Return lines with an empty one around headings and where a paragraph ends."""
    written = [line for line in lines if line.text.strip()]
    if not written:
        return []
    sizes: Counter[float] = Counter()
    for line in written:
        sizes[round(line.size, 1)] += len(line.text)
    usual = sizes.most_common(1)[0][0]
    steps = Counter(
        round(a.y - b.y, 3) for a, b in pairwise(written) if a.page == b.page and a.y > b.y
    )
    usual_step = steps.most_common(1)[0][0] if steps else 0.0
    result: list[str] = []
    before: _Line | None = None
    for line in written:
        if before is not None and (
            _heads(line, usual) != _heads(before, usual)
            or (_heads(line, usual) and round(line.size) != round(before.size))
            or _parted(before, line, usual_step)
        ):
            result.append("")
        elif before is not None and _heads(line, usual):
            result[-1] += f" {line.text}"  # a heading of two lines
            before = line
            continue
        result.append(line.text)
        before = line
    return result


def _heads(line: _Line, usual: float) -> bool:
    return line.size > usual * _LARGER or (line.bold and len(line.text.split()) <= _FEW_WORDS)


def _parted(before: _Line, line: _Line, usual_step: float) -> bool:
    """Tell whether a paragraph ends between two lines: by space, or at the end of a page."""
    if before.page != line.page:
        return bool(re.search(r"[.!?:]\W*$", before.text))
    return usual_step > 0 and before.y - line.y > usual_step * _WIDER
