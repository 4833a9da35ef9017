"""Reader of DOCX: headings, lists and tables of a Word document become Markdown."""

from io import BytesIO
from zipfile import BadZipFile

import mammoth

from bot.adoption.reading import DocumentError
from bot.adoption.reading.html import fragment

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def from_docx(content: bytes) -> str:
    """Return the Markdown of a Word document; raises DocumentError for a damaged one."""
    try:
        html: str = mammoth.convert_to_html(BytesIO(content), style_map=_STYLES).value
    except (BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise DocumentError(
            f"This is no Word document (.docx), or it is damaged ({error}). Save it again."
        ) from None
    return fragment(html)
