"""Readers of documents: nothing of the policy is lost, and nothing of the page around it kept."""

import re
import zipfile
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bot.adoption.reading import DocumentError, read_document
from bot.adoption.reading.html import from_html
from bot.adoption.reading.text import from_text
from bot.policy.markdown import passages, plain
from tests.adoption.conftest import LAMPS

POLICY = MarkdownIt("commonmark").enable("table").render(LAMPS)
LINKS = "".join(f'<li><a href="/{name}">{name} for the garden</a></li>' for name in "abcdefgh")
BANNER = "We and our 43 partners store information. By clicking Accept you agree to cookies."
NEWS = "Sign up for our newsletter and get 15% off."
RIGHTS = "© 2026 Lamp & Leaf. All rights reserved."
FRAME = ("for the garden", "43 partners", "15% off", "All rights reserved")

SEMANTIC = f"""<!doctype html><html><head><script>var a = "lamps";</script></head><body>
<a class="skip-link" href="#m">Skip to content</a><header><nav><ul>{LINKS}</ul></nav></header>
<main id="m"><article>{{policy}}</article><aside><ul>{LINKS}</ul></aside></main>
<footer><ul>{LINKS}</ul><form><p>{NEWS}</p><input></form><p>{RIGHTS}</p></footer>
<div role="dialog"><p>{BANNER}</p><button>Accept</button></div></body></html>"""
HASHED = f"""<html><body><div id="root"><div class="a1"><ul>{LINKS}</ul></div>
<div class="b2"><div class="c3">{{policy}}</div></div>
<div class="d4"><ul>{LINKS}</ul><p>{RIGHTS}</p></div>
<div class="e5"><p>{NEWS}</p><input><button>Go</button></div>
<div class="f6"><p>{BANNER}</p><button>Accept all</button></div></div></body></html>"""
TABLES = f"""<html><body><table><tr><td colspan=2><a href="/a">a for the garden</a>
<a href="/b">b for the garden</a></td></tr><tr><td><a href="/c">c for the garden</a><br>
<a href="/d">d for the garden</a></td><td><font size=2>{{policy}}</font></td></tr>
<tr><td colspan=2><font size=1>{RIGHTS}</font></td></tr></table></body></html>"""


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _lost(markdown: str) -> list[str]:
    """Return the texts of the policy that are not in a document."""
    found = _words(" ".join(passage.plain for passage in passages(markdown)))
    return [item.plain for item in passages(LAMPS) if _words(item.plain) not in found]


def _accordion(html: str) -> str:
    parts = re.split(r"<h2>(.*?)</h2>", html)
    closed = "".join(
        f'<h3><button aria-expanded="false">{title}</button></h3>'
        f'<div class="panel" hidden style="display:none">{text}</div>'
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    )
    return SEMANTIC.replace("{policy}", parts[0] + closed)


def _sections(html: str) -> str:
    parts = re.split(r"(?=<h2>)", html)
    blocks = "".join(
        f'<section id="cookie-settings-{n}">{p}</section>' for n, p in enumerate(parts)
    )
    return f"<html><body><nav><ul>{LINKS}</ul></nav>{blocks}<footer>{RIGHTS}</footer></body></html>"


@pytest.mark.parametrize(
    "page",
    [
        SEMANTIC.replace("{policy}", POLICY),
        HASHED.replace("{policy}", POLICY),
        TABLES.replace("{policy}", POLICY),
        _accordion(POLICY),
        _sections(POLICY),
    ],
    ids=["semantic", "hashed", "tables", "accordion", "sections"],
)
def test_saved_page(page: str) -> None:
    """A saved page gives all of the policy and nothing of navigation, banners and footers."""
    markdown = from_html(page.encode())
    assert _lost(markdown) == []
    assert [words for words in FRAME if words in plain(markdown)] == []


def test_html_structure() -> None:
    """Headings, nested lists, definition lists, rows and links of HTML are kept."""
    html = """<body><p>Before any heading we say this long sentence about your privacy.</p>
    <h1>Privacy</h1><h3>We collect</h3><p>You give us:</p><ul><li>a name</li><li>an address:
    <ul><li>street</li><li>town</li></ul></li></ul><dl><dt>Order</dt><dd>what you buy</dd></dl>
    <table><tr><th>Cookie</th><th>Kept</th></tr><tr><td>basket</td><td>2 days</td></tr></table>
    <p>See <a href="https://example.com/choices">your choices</a>, a_b and 2 * 3 * 4.</p></body>"""
    found = {item.plain: item for item in passages(from_html(html.encode()))}
    assert next(iter(found)).startswith("Before any heading")
    assert found["street"].lead_in == "an address:"
    assert found["a name"].headings == ("Privacy", "We collect")
    assert "Order: what you buy" in found
    assert found["basket – 2 days"].kind == "row"
    link = found["See your choices, a_b and 2 * 3 * 4."]
    assert "(https://example.com/choices)" in link.text


def test_encodings() -> None:
    """A page in another encoding, as it says itself, is read right."""
    page = (
        '<meta charset="iso-8859-1"><p>Café customers have a right to their data, we think so.</p>'
    )
    assert "Café customers" in from_html(page.encode("latin-1"))


def test_text() -> None:
    """Plain text, wrapped or not, gives its headings, lists and address lines."""
    text = (
        "PRIVACY NOTICE\n\nWhat we collect\n\nWe collect your name and your address when you order "
        "something from us, and\nwe keep them.\n\nYou may:\n- ask\n- complain\n\n"
        "Lamp & Leaf\n12 Harbor Street\nPortland, OR 97201\n"
    )
    found = {item.plain: item for item in passages(from_text(text.encode()))}
    title = (
        "We collect your name and your address when you order something from us, and we keep them."
    )
    assert found[title].headings == ("PRIVACY NOTICE", "What we collect")
    assert found["ask"].lead_in == "You may:"
    assert "12 Harbor Street" in found


def test_markdown_is_unchanged(policy_file: Path) -> None:
    """A Markdown file is taken byte for byte, so that its sentences can be quoted."""
    assert read_document(policy_file) == LAMPS


def test_docx(tmp_path: Path) -> None:
    """A Word document gives its headings, lists and rows."""
    path = tmp_path / "policy.docx"
    _write_docx(path)
    found = {item.plain: item for item in passages(read_document(path))}
    assert found["We never sell your data."].headings == ("Privacy",)
    assert found["Cookie – Kept"].kind == "row"


def _write_docx(path: Path) -> None:
    """Write a Word document with a heading, a paragraph and a table."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"

    def paragraph(text: str, style: str = "") -> str:
        shown = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f"<w:p>{shown}<w:r><w:t>{text}</w:t></w:r></w:p>"

    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>"

    body = (
        paragraph("Privacy", "Heading1")
        + paragraph("We never sell your data.")
        + f"<w:tbl>{row('Cookie', 'Kept')}{row('basket', '2 days')}</w:tbl>"
    )
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{main}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{namespace}"><w:style w:type="paragraph" '
        'w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>',
        "word/document.xml": f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body>'
        "</w:document>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def test_pdf(tmp_path: Path) -> None:
    """A PDF gives its headings and paragraphs, without running titles and page numbers."""
    path = tmp_path / "policy.pdf"
    pages = [
        [(18, 700, "Privacy"), (10, 660, "We never sell your data to anyone, and that is that."),
         (10, 630, "We keep your orders for seven years because the law of the"),
         (10, 618, "land asks us to keep them.")],
        [(14, 700, "Contact"), (10, 660, "Write to us.")],
    ]  # fmt: skip
    path.write_bytes(_pdf(pages))
    found = {item.plain: item for item in passages(read_document(path))}
    assert "We never sell your data to anyone, and that is that." in found
    kept = "We keep your orders for seven years because the law of the land asks us to keep them."
    assert found[kept].headings == ("Privacy",)
    assert found["Write to us."].headings[-1] == "Contact"
    assert not [text for text in found if "Page" in text or "Lamp & Leaf" in text]


def _pdf(pages: list[list[tuple[int, int, str]]]) -> bytes:
    """Return a PDF of lines with their sizes and heights, a running title and page numbers."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 "
               "/BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]  # fmt: skip
    kids = []
    for number, lines in enumerate(pages, start=1):
        around = [(8, 770, "Lamp & Leaf"), *lines, (8, 30, f"Page {number} of {len(pages)}")]
        stream = "".join(
            f"BT /F1 {size} Tf 1 0 0 1 72 {height} Tm ({text}) Tj ET\n"
            for size, height, text in around
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}endstream")
        content = len(objects)
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {content} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    text, places = "%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        places.append(len(text))
        text += f"{number} 0 obj\n{item}\nendobj\n"
    start = len(text)
    text += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    text += "".join(f"{place:010} 00000 n \n" for place in places)
    text += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return text.encode("latin-1")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("policy.docx", b"no zip", "no Word document"),
        ("policy.pdf", b"no pdf", "damaged"),
        ("policy.odt", b"", "ends in one of"),
        ("policy.html", b"<p></p>", "has no text"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """What cannot be read is refused with a line that says what to do."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=message):
        read_document(path)


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(DocumentError, match=r"none\.md cannot be read"):
        read_document(tmp_path / "none.md")
