"""Passages of Markdown documents."""

from bot.policy.markdown import Passage, passages, plain

DOCUMENT = """\
We wrote this policy in March. It has no heading yet.

# Privacy at Lamp & Leaf

## What we collect

### At checkout

You give us:

  * your name
  * your address:
    * street
    * town

**Cards**  
We never see card numbers, e.g. of Visa cards. A payment company, Pay Inc. (of Utah), takes them.

_In our shops_  
• receipts  
• returns

## Cookies

| Cookie | Purpose | Kept |
|---|---|---|
| basket | remembers [your basket](https://example.com/basket) | 2 days |

> Lamp & Leaf  
> 1 Long Road  
> Reno, NV 89501
"""


def _found(text: str) -> Passage:
    return next(found for found in passages(DOCUMENT) if text in found.plain)


def test_text_is_quotable() -> None:
    """Each passage is a part of the document, byte for byte, in the document's order."""
    found = passages(DOCUMENT)
    assert all(DOCUMENT[item.start : item.start + len(item.text)] == item.text for item in found)
    assert [item.start for item in found] == sorted(item.start for item in found)


def test_nothing_is_lost() -> None:
    """Every word of a document stands in a passage."""
    words = set(plain(DOCUMENT.replace("|", " ").replace(">", " ").replace("#", " ")).split())
    found = {word for item in passages(DOCUMENT) for word in item.plain.split()}
    assert {word for word in words if any(map(str.isalnum, word))} <= found


def test_text_before_the_first_heading() -> None:
    """Sentences before the first heading are passages without headings."""
    assert _found("It has no heading yet.").headings == ()


def test_heading_path() -> None:
    """A passage knows all headings above it, also lines that only look like headings."""
    top = "Privacy at Lamp & Leaf"
    assert _found("your name").headings == (top, "What we collect", "At checkout")
    assert _found("We never see").headings == (top, "What we collect", "At checkout", "Cards")
    assert _found("receipts").headings[-2:] == ("Cards", "In our shops")
    assert _found("basket").headings == (top, "Cookies")


def test_lead_in() -> None:
    """A list item knows the sentence or the item that introduces its list."""
    assert _found("your name").lead_in == "You give us:"
    assert _found("street").lead_in == "your address:"


def test_sentences() -> None:
    """Abbreviations do not end a sentence."""
    assert _found("We never see").plain == "We never see card numbers, e.g. of Visa cards."
    assert _found("A payment").plain == "A payment company, Pay Inc. (of Utah), takes them."


def test_rows() -> None:
    """A table row is a passage, read as its cells."""
    row = _found("remembers")
    assert row.kind == "row"
    assert row.plain == "basket – remembers your basket – 2 days"


def test_lines() -> None:
    """Lines of an address are passages of one block."""
    street, town = _found("1 Long Road"), _found("Reno")
    assert street.plain == "1 Long Road"
    assert street.block == town.block


def test_wrapped_lines() -> None:
    """A sentence that is wrapped over lines is one passage, with its line ends."""
    text = "We keep your orders for as long as the law of the state of Nevada\nasks us to.\n"
    (found,) = passages(text)
    assert found.text == text.strip()
    assert "\n" not in found.plain


def test_plain() -> None:
    """Marks, escapes and addresses of links are not read to a person; names with _ stay whole."""
    assert plain(r"**Write** to [us](mailto:a_b@example.com) or <https://example.com>\.") == (
        "Write to us or https://example.com."
    )
    assert plain(r"2 \* 3 \* 4, \[sic\]") == "2 * 3 * 4, [sic]"
    assert plain("customer_service@example.com") == "customer_service@example.com"
