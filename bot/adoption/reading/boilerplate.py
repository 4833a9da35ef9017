"""Parts of a saved page that are not of the document: navigation, banners, forms, footers.

An element that holds much of the page's prose is never dropped, whatever it is called.
"""

import re

from selectolax.lexbor import LexborNode

HIDDEN_TAGS = frozenset(
    "script style noscript template svg iframe canvas video audio object embed head select option "
    "textarea input img picture source map datalist progress meter link meta title".split()
)
_FRAME_TAGS = frozenset(["nav", "footer", "aside", "dialog", "menu", "header", "button", "label"])
_FRAME_ROLES = frozenset(
    "navigation banner contentinfo search dialog alertdialog menu menubar toolbar complementary "
    "alert status tablist".split()
)
_MUCH = 0.3  # share of the prose from which an element is surely the document, or holds it
_PROSE_WORDS = 9
_MOST_LINKS = 0.5

# Words of class and id, split at hyphens, underscores and capital letters.
_FRAME_WORDS = frozenset(
    "nav navbar navigation menu megamenu submenu breadcrumb breadcrumbs footer sidebar skiplink "
    "skip drawer minicart cart offcanvas masthead topbar toolbar onetrust cookiebot consent "
    "cookiebanner cookieconsent gdprbanner truste optanon announcement newsletter subscribe signup "
    "modal popup overlay lightbox snackbar toast carousel recently storefinder".split()
)
_FRAME_PHRASES = re.compile(
    r"cookie[-_ ]?(?:banner|consent|bar|popup|modal|law|settings|preferences|message|alert|wall)"
    r"|(?:country|language|currency|region|store)[-_ ]?(?:selector|switcher|picker)"
    r"|skip[-_ ]?(?:to|link)|back[-_ ]?to[-_ ]?top|site[-_ ]?(?:header|footer|nav)|sign[-_ ]?up"
    r"|page[-_ ]?(?:header|footer)|main[-_ ]?(?:nav|menu)|you[-_ ]?may[-_ ]?also"
    r"|social[-_ ]?(?:links|icons|media[-_ ]?links|share|bar)|share[-_ ]?(?:bar|buttons|this)"
    r"|promo[-_ ]?(?:bar|banner)|chat[-_ ]?(?:widget|button)|related[-_ ]?(?:links|articles|posts)"
    r"|search[-_ ]?(?:form|bar|box|overlay)|side[-_ ]?(?:bar|nav|menu)|left[-_ ]?nav|top[-_ ]?nav",
    re.IGNORECASE,
)
_OF_A_BANNER = re.compile(
    r"\b(?:accept|allow|reject|decline) (?:all|only)?\b.{0,20}\bcookies?\b.{0,80}$"
    r"|by (?:clicking|continuing|using|browsing|closing)\b.{0,60}\b(?:cookies|accept)"
    r"|(?:this|our) (?:web)?site uses cookies to\b|manage (?:my |your )?(?:cookies|preferences)$",
    re.IGNORECASE | re.DOTALL,
)
_OF_A_FOOTER = re.compile(
    r"^\W*(?:©|\(c\)|copyright\b).{0,160}$|^all rights reserved\W*$"
    r"|\b(?:sign up|subscribe|join)\b.{0,80}\b(?:e-?mails?|newsletter|list|\d+ ?%)",
    re.IGNORECASE | re.DOTALL,
)


def is_shown(node: LexborNode) -> bool:
    """Tell whether a node is an element that a reader may see: no script, comment or control."""
    tag = node.tag or "-"
    return tag not in HIDDEN_TAGS and not tag.startswith(("-", "!"))


def text_of(node: LexborNode) -> str:
    """Return the visible text of an element, on one line."""
    parts: list[str] = []
    _collect(node, parts)
    return " ".join(" ".join(parts).split())


def _collect(node: LexborNode, parts: list[str]) -> None:
    child = node.child
    while child is not None:
        if child.tag == "-text":
            parts.append(child.text_content or "")
        elif is_shown(child):
            _collect(child, parts)
        child = child.next


def prose_words(node: LexborNode) -> int:
    """Return how many words of an element stand in texts of some length that are not links."""
    total, words = 0, 0
    child = node.child
    while child is not None:
        if child.tag == "-text":
            words += len((child.text_content or "").split())
        elif child.tag in _INLINE:
            words += 0 if child.tag == "a" else len(text_of(child).split())
        elif is_shown(child):
            total += prose_words(child)
        child = child.next
    return total + (words if words >= _PROSE_WORDS else 0)


_INLINE = frozenset("a b strong i em u span font small sup sub abbr cite q code mark time".split())


def link_share(node: LexborNode) -> float:
    """Return which share of an element's text is the text of links inside the site."""
    everything = len(text_of(node))
    if not everything:
        return 0.0
    links = sum(
        len(text_of(link))
        for link in node.css("a")
        if not (link.attributes.get("href") or "").startswith(("mailto:", "tel:"))
    )
    return links / everything


def is_frame(node: LexborNode, prose: int, everything: int, inside: bool) -> bool:
    """Tell whether an element is part of the page around the document.

    ``prose`` and ``everything`` are the words of prose in the element and in the whole page;
    ``inside`` tells that it stands within the document's own element.
    """
    tag, attributes = node.tag or "", node.attributes
    if everything and prose / everything > _MUCH:
        return False
    if (attributes.get("role") or "").lower() in _FRAME_ROLES:
        return True
    if tag in _FRAME_TAGS:
        heads = tag in ("header", "footer", "button", "label", "aside")
        return not (inside and heads and link_share(node) < _MOST_LINKS and _reads(node))
    if _named_as_frame(node) and not (inside and _only_reads(node)):
        return True
    if _is_contents(node):
        return True
    return not inside and (_is_list_of_links(node) or _is_banner(node, prose))


def _named_as_frame(node: LexborNode) -> bool:
    if node.tag in ("body", "main", "article", "html"):
        return False
    for name in ("class", "id"):
        value = node.attributes.get(name) or ""
        words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", value).lower())
        if _FRAME_PHRASES.search(value) or not _FRAME_WORDS.isdisjoint(words):
            return True
    return False


def _reads(node: LexborNode) -> bool:
    text = text_of(node)
    return bool(text) and not _OF_A_FOOTER.search(text)


def _only_reads(node: LexborNode) -> bool:
    """Tell whether an element only has text: a policy has sections named after cookies."""
    return link_share(node) < _MOST_LINKS and not _asks(node)


def _asks(node: LexborNode) -> bool:
    return node.css_first("button, input, [role=button]") is not None


def _is_contents(node: LexborNode) -> bool:
    """Tell whether a list is the table of contents: links to places on this page."""
    links = node.css("a") if node.tag in ("ul", "ol") else []
    return len(links) > 2 and all(
        "#" in (link.attributes.get("href") or "") and link_share(node) > 0.9 for link in links
    )


def _is_list_of_links(node: LexborNode) -> bool:
    return len(node.css("a")) >= 2 and link_share(node) > _MOST_LINKS


def _is_banner(node: LexborNode, prose: int) -> bool:
    text = text_of(node)
    if _OF_A_FOOTER.search(text) and prose < 60:
        return True
    return (_asks(node) and prose < 120) or (bool(_OF_A_BANNER.search(text)) and prose < 120)
