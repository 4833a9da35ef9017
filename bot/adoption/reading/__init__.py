"""Readers of documents: a policy as Markdown, HTML, plain text, DOCX or PDF becomes Markdown."""

from collections.abc import Callable
from pathlib import Path


class DocumentError(ValueError):
    """A document cannot be read; the message says what to do."""


def read_document(path: Path) -> str:
    """Return the Markdown of a document; a Markdown file is returned as it is.

    Raises DocumentError if the file is missing, of an unknown kind, damaged or without text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path} cannot be read ({error.strerror}).") from None
    reader = _reader(path)
    if reader is None:
        known = ", ".join(sorted(_SUFFIXES))
        raise DocumentError(f"{path}: give a document whose name ends in one of {known}.")
    text = reader(content)
    if not text.strip():
        raise DocumentError(
            f"{path} has no text. If its pages are pictures, give another form of the document."
        )
    return text


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, or else in the encoding of Windows."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _reader(path: Path) -> Callable[[bytes], str] | None:
    """Return the reader for a file's kind. Each is imported only when it is needed."""
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind == "markdown":
        return decoded
    if kind == "text":
        from bot.adoption.reading.text import from_text

        return from_text
    if kind == "html":
        from bot.adoption.reading.html import from_html

        return from_html
    if kind == "docx":
        from bot.adoption.reading.docx import from_docx

        return from_docx
    if kind == "pdf":
        from bot.adoption.reading.pdf import from_pdf

        return from_pdf
    return None


_SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".mhtml": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
