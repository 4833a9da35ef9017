"""Reader of HTML: a saved page, navigation and all, becomes the Markdown of its document."""

import email
import email.policy
import re
from functools import partial

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.adoption.reading import decoded
from bot.adoption.reading.boilerplate import is_frame, link_share, prose_words, text_of
from bot.adoption.reading.render import Writer

_CHARSET = re.compile(rb"<meta[^>]{0,80}charset=[\"']?([\w-]+)", re.IGNORECASE)
_MOST = 0.6  # the document's element holds at least this share of the page's prose


def from_html(content: bytes) -> str:
    """Return the document of a saved page (HTML or MHTML) as Markdown."""
    body = LexborHTMLParser(_text(content)).body
    if body is None:
        return ""
    everything = prose_words(body)
    core = _core(body, everything)
    writer = Writer()
    for part in _parts(body, core, everything):
        writer.write(part, partial(_frame, everything, part.mem_id == core.mem_id))
    return writer.markdown()


def fragment(html: str) -> str:
    """Return the Markdown of HTML that holds nothing but the document."""
    body = LexborHTMLParser(html).body
    if body is None:
        return ""
    writer = Writer()
    writer.write(body, lambda node: False)
    return writer.markdown()


def _frame(everything: int, inside: bool, node: LexborNode) -> bool:
    return is_frame(node, prose_words(node), everything, inside)


def _core(body: LexborNode, everything: int) -> LexborNode:
    """Return the smallest element that holds most of the prose."""
    core = body
    while True:
        best = max((child for child in _children(core)), key=prose_words, default=None)
        if best is None or best.tag in ("p", "ul", "ol", "dl"):
            return core
        if prose_words(best) < _MOST * everything:
            return core
        core = best


def _parts(body: LexborNode, core: LexborNode, everything: int) -> list[LexborNode]:
    """Return the core and, in the page's order, what beside it belongs to the document."""
    before: list[LexborNode] = []
    after: list[LexborNode] = []
    node = core
    while node.mem_id != body.mem_id and node.parent is not None:
        parent = node.parent
        passed = False
        earlier: list[LexborNode] = []
        for child in _children(parent):
            if child.mem_id == node.mem_id:
                passed = True
            elif _belongs(child, everything):
                (after if passed else earlier).append(child)
        before = earlier + before
        node = parent
    return [*before, core, *after]


def _belongs(node: LexborNode, everything: int) -> bool:
    """Tell whether an element beside the core is a further part of the document."""
    prose = prose_words(node)
    if is_frame(node, prose, everything, inside=False):
        return False
    title = node if node.tag in ("h1", "h2") else node.css_first("h1")
    return (prose >= 12 and link_share(node) < 0.3) or (title is not None and bool(text_of(title)))


def _children(node: LexborNode) -> list[LexborNode]:
    found = []
    child = node.child
    while child is not None:
        if child.tag and not child.tag.startswith(("-", "!")):
            found.append(child)
        child = child.next
    return found


def _text(content: bytes) -> str:
    if re.match(rb"(?:From|MIME-Version|Snapshot-Content-Location|Subject):", content):
        message = email.message_from_bytes(content, policy=email.policy.default)
        part = message.get_body(("html",))
        if part is not None:
            return str(part.get_content())
    named = _CHARSET.search(content[:4096])
    if named:
        try:
            return content.decode(named[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(content)
