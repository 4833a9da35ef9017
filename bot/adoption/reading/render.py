"""Writer of Markdown from elements of HTML."""

import re
from collections.abc import Callable
from itertools import pairwise

from selectolax.lexbor import LexborNode

from bot.adoption.reading.boilerplate import is_shown, text_of

_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_INLINE = frozenset(
    "a b strong i em u span font small big sup sub abbr acronym cite q code mark time tt ins del s "
    "bdi bdo kbd samp var wbr label nobr".split()
)
_MARKS = {"b": "\1\2", "strong": "\1\2", "em": "\3\4", "i": "\3\4"}
_ABOVE = "\0"  # stands for a line break until the block is written
_SPECIAL = re.compile(r"([\\*`\[\]]|<(?=[a-zA-Z/!])|(?<![^\W_])_|_(?![^\W_]))")
_LOOKS_LIKE_BLOCK = re.compile(r"^(?=#{1,6}\s|[-+>]\s|\||={3,}|-{3,})")
_LOOKS_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s)")


class Writer:
    """Collector of blocks: headings, paragraphs, lists and rows."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._line: list[str] = []
        self._indent = ""
        self._marker = ""
        self._level = 1
        self._marks: list[str] = []  # of emphasis around the text

    def markdown(self) -> str:
        """Return the document."""
        self._flush()
        text = ""
        for earlier, block in pairwise(["", *self._blocks]):
            both_items = earlier.lstrip().startswith("* ") and block.lstrip().startswith("* ")
            text += ("\n" if both_items else "\n\n" if earlier else "") + block
        return text + "\n" if text else ""

    def write(self, node: LexborNode, drop: Callable[[LexborNode], bool]) -> None:
        """Write an element, and leave out what ``drop`` names below it."""
        self._element(node, drop)
        self._flush()

    def _walk(self, node: LexborNode, drop: Callable[[LexborNode], bool]) -> None:
        child = node.child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text":
                self._text(child.text_content or "")
            elif is_shown(child) and not drop(child):
                self._element(child, drop)
            child = child.next

    def _element(self, node: LexborNode, drop: Callable[[LexborNode], bool]) -> None:
        tag = node.tag or ""
        if tag == "br":
            self._line.append(_ABOVE)
        elif tag == "a":
            self._link(node, drop)
        elif tag in _INLINE or tag == "button":
            self._marks.append(_MARKS.get(tag, ""))
            self._walk(node, drop)
            self._marks.pop()
        elif tag in _HEADINGS or node.attributes.get("role") == "heading" or tag == "summary":
            self._heading(node)
        elif tag in ("ul", "ol", "dl"):
            self._list(node, drop)
        elif tag == "table" and _is_data(node):
            self._table(node)
        else:
            self._flush()
            self._walk(node, drop)
            self._flush()

    def _text(self, text: str) -> None:
        spaced = re.sub(r"\s+", " ", text.replace("\u00ad", "").replace("\u200b", ""))
        escaped = _SPECIAL.sub(r"\\\1", spaced)
        marks = max(self._marks, default="", key=lambda mark: (bool(mark), mark < "\2"))
        if marks and escaped.strip():
            lead = " " if escaped.startswith(" ") else ""
            tail = " " if escaped.endswith(" ") else ""
            escaped = f"{lead}{marks[0]}{escaped.strip()}{marks[1]}{tail}"
        self._line.append(escaped)

    def _link(self, node: LexborNode, drop: Callable[[LexborNode], bool]) -> None:
        address = (node.attributes.get("href") or "").strip()
        start = len(self._line)
        self._walk(node, drop)
        text = "".join(self._line[start:])
        bare = re.sub("[\0-\4\\\\]", "", text).strip()
        outside = address.startswith(("http://", "https://", "mailto:"))
        if outside and bare and not re.search(r"[\s()<>]", address) and "\0" not in text:
            inner = text.strip()
            self._line[start:] = [
                " " * (text[:1] == " "),
                f"[{inner}]({address})",
                " " * (text[-1:] == " "),
            ]

    def _heading(self, node: LexborNode) -> None:
        self._flush()
        text = _SPECIAL.sub(r"\\\1", text_of(node))
        if not text:
            return
        tag = node.tag or ""
        if tag in _HEADINGS:
            level = int(tag[1])
        elif (node.attributes.get("aria-level") or "").isdigit():
            level = min(int(node.attributes["aria-level"] or 2), 6)
        else:
            level = min(self._level + 1, 6)
        if tag != "summary":
            self._level = level
        self._blocks.append(f"{'#' * level} {text}")

    def _list(self, node: LexborNode, drop: Callable[[LexborNode], bool]) -> None:
        self._flush()
        indent = self._indent
        term = ""
        child = node.child
        while child is not None:
            tag = child.tag or ""
            if tag == "dt":
                term = _SPECIAL.sub(r"\\\1", text_of(child))
            elif tag in ("li", "dd"):
                if not drop(child):
                    self._indent, self._marker = f"{indent}  ", f"{indent}* "
                    self._line.append(f"{term.rstrip(':')}: " if tag == "dd" and term else "")
                    term = ""
                    self._walk(child, drop)
                    self._flush()
            elif is_shown(child) and not drop(child):
                self._indent = f"{indent}  " if tag in ("ul", "ol", "dl") else indent
                self._element(child, drop)
                self._flush()
            child = child.next
        self._indent, self._marker = indent, ""

    def _table(self, node: LexborNode) -> None:
        self._flush()
        rows = [
            [_SPECIAL.sub(r"\\\1", text_of(cell)).replace("|", r"\|") for cell in _cells(row)]
            for row in node.css("tr")
        ]
        rows = [row for row in rows if any(row)]
        caption = node.css_first("caption")
        if caption is not None and text_of(caption):
            self._blocks.append(_SPECIAL.sub(r"\\\1", text_of(caption)))
        if not rows:
            return
        width = max(map(len, rows))
        first, *others = ([*row, *[""] * (width - len(row))] for row in rows)
        self._blocks.append("\n".join(map(_row, [first, ["---"] * width, *others])))

    def _flush(self) -> None:
        """Write the text so far as a block: paragraphs where two breaks part it."""
        text, self._line = "".join(self._line), []
        for part in re.split("(?:\\s*\0\\s*){2,}", text):
            lines = [line for line in (_line(one) for one in part.split("\0")) if line]
            if not lines:
                continue
            block = f"  \n{self._indent}".join(lines)
            self._blocks.append(f"{self._marker or self._indent}{block}")
            self._marker = ""


def _line(text: str) -> str:
    """Return a line of a block; emphasis stays only where it marks the whole line."""
    text = " ".join(text.split())
    plain = re.sub("[\1-\4]", "", text)
    if not plain:
        return ""
    for start, end, mark in (("\1", "\2", "**"), ("\3", "\4", "_")):
        rest = re.sub(f"{start}[^{end}]*{end}", "", text)
        if not rest.strip(" :") and "](" not in plain:
            return f"{mark}{plain}{mark}"
    plain = _LOOKS_NUMBERED.sub(r"\1\\\2", plain)
    return _LOOKS_LIKE_BLOCK.sub(r"\\", plain)


def _is_data(table: LexborNode) -> bool:
    """Tell a table of facts from one that lays out the page."""
    if table.css_first("table table, ul, ol, h1, h2, h3, p + p, form") is not None:
        return False
    rows = [_cells(row) for row in table.css("tr")]
    widths = {len(row) for row in rows}
    longest = max((len(text_of(cell)) for row in rows for cell in row), default=0)
    return len(rows) > 1 and max(widths) > 1 and longest < 1200


def _cells(row: LexborNode) -> list[LexborNode]:
    found = []
    child = row.child
    while child is not None:
        if child.tag in ("td", "th"):
            found.append(child)
        child = child.next
    return found


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
