"""Tests of e-mail addresses in a text, and of their normal form."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversations.intake import clean
from bot.privacy.emails import BadAddress, normalise
from bot.privacy.recognition import find

# What is typed, and the address that it is.
SPELLINGS = {
    # characters of phones and word processors
    "o’hara@example.com": "o'hara@example.com",
    "O‘Hara@Example.com": "o'hara@example.com",
    "oʼhara@example.com": "o'hara@example.com",
    "o＇hara@example.com": "o'hara@example.com",
    "o´hara@example.com": "o'hara@example.com",
    "o`hara@example.com": "o'hara@example.com",
    "mary‑ann@example.com": "mary-ann@example.com",
    "mary‐ann@example.com": "mary-ann@example.com",
    "mary–ann@example.com": "mary-ann@example.com",
    "mary−ann@example.com": "mary-ann@example.com",
    "mary－ann@example.com": "mary-ann@example.com",
    "mary﹣ann@example.com": "mary-ann@example.com",
    "jo@my‑shop.example": "jo@my-shop.example",
    "ｊｏ＠ｅｘａｍｐｌｅ．ｃｏｍ": "jo@example.com",
    "jo\u200b.smith@exam\u00adple.com": "jo.smith@example.com",
    "\u202ajo@example.com\u202c": "jo@example.com",
    "\ufeffjo@example.com\u200e": "jo@example.com",
    "\u00a0jo@example.com\u3000": "jo@example.com",
    # legal characters
    "mary=ann@example.com": "mary=ann@example.com",
    "jo/al@example.com": "jo/al@example.com",
    "jo+news@example.com": "jo+news@example.com",
    "a!b#c$d%e&f'g*h?i^j_k|l~m{n}@example.com": "a!b#c$d%e&f'g*h?i^j_k|l~m{n}@example.com",
    "-jo@example.com": "-jo@example.com",
    "‑jo@example.com": "-jo@example.com",
    "–jo@example.com": "-jo@example.com",
    "_jo_@example.com": "_jo_@example.com",
    "jo-@example.com": "jo-@example.com",
    "smith-dot-jones@example.com": "smith-dot-jones@example.com",
    "jo-at-home@example.com": "jo-at-home@example.com",
    "user%40x@example.com": "user%40x@example.com",
    # scripts of the world
    "straße@example.com": "straße@example.com",
    "José.Prado@Example.com": "josé.prado@example.com",
    "jo@xn--bcher-kva.example": "jo@bücher.example",
    "अजय@डाटा.भारत": "अजय@डाटा.भारत",
    # what stands around it
    "<jo@example.com>": "jo@example.com",
    "Jo Smith <jo@example.com>": "jo@example.com",
    '"Smith, Jo" <jo@example.com>;': "jo@example.com",
    "jo@example.com<mailto:jo@example.com>": "jo@example.com",
    "mailto:jo@example.com": "jo@example.com",
    "mailto:jo@example.com?subject=take%20me%20off": "jo@example.com",
    "e-mail: jo@example.com": "jo@example.com",
    "email=jo@example.com": "jo@example.com",
    "jo@example.com.": "jo@example.com",
    "jo@example.com...": "jo@example.com",
    "…jo@example.com…": "jo@example.com",
    "jo@example.com,": "jo@example.com",
    ": jo@example.com!!!": "jo@example.com",
    "jo@example.com?": "jo@example.com",
    '"jo@example.com"': "jo@example.com",
    "“jo@example.com”": "jo@example.com",
    "‘jo@example.com’": "jo@example.com",
    "'jo@example.com'.": "jo@example.com",
    "(jo@example.com)": "jo@example.com",
    "[jo@example.com]": "jo@example.com",
    "{jo@example.com}": "jo@example.com",
    "**jo@example.com**": "jo@example.com",
    "_jo@example.com_": "jo@example.com",
    "- jo@example.com": "jo@example.com",
    "—jo@example.com—": "jo@example.com",
    "• jo@example.com": "jo@example.com",
    "👉jo@example.com 🙏": "jo@example.com",
    "jo@example.com's": "jo@example.com",
    # slips
    "jo@example,com": "jo@example.com",
    "jo@example.co,uk": "jo@example.co.uk",
    "jo @example.com": "jo@example.com",
    "o'hara@ example.com": "o'hara@example.com",
    "jo@example. com": "jo@example.com",
    "jo@example .com": "jo@example.com",
    "jo@example.co .uk": "jo@example.co.uk",
    "j o @ e x a m p l e . c o m": "jo@example.com",
    # written out
    "jo at example dot com": "jo@example.com",
    "jo (at) example (dot) com": "jo@example.com",
    "jo [at] example [.] com": "jo@example.com",
    "jo@example[.]com": "jo@example.com",
    "mary=ann {at} example.com": "mary=ann@example.com",
    "o’hara at example dot com": "o'hara@example.com",
    "jo AT example DOT com": "jo@example.com",
    "JO AT EXAMPLE DOT COM": "jo@example.com",
    "jo at example.com": "jo@example.com",
    "jo_at_example.com": "jo@example.com",
    "rosa-at-example-dot-com": "rosa@example.com",
    "jo at polka-dot-shop.com": "jo@polka-dot-shop.com",
    "jo dot smith@example.com": "jo.smith@example.com",
    "jo underscore smith at example dot com": "jo_smith@example.com",
    "mary dash ann plus news at example dot com": "mary-ann+news@example.com",
    "jo at example dot co dot uk": "jo@example.co.uk",
    "jo at example dot com dot au": "jo@example.com.au",
    "jo%40example.com": "jo@example.com",
}
# Looks like an address, is none, and a part of it would be one.
DOUBTFUL = [
    "jo..smith@example.com",
    "jo .smith@example.com",
    "jo.@example.com",
    "jo@smith@example.com",
    "jo@@example.com",
    "jo@example..com",
    "jo,smith@example.com",
    "jo\\smith@example.com",
    "mary—ann@example.com",
    "hi👋deb@example.com",
    "j\ufffdrg@example.com",
    "'jo@example.com",
    "*jo@example.com",
    '"jo smith"@example.com',
    "jo@exam'ple.com",
    "jo@my_shop.example",
    "jo@example.com-thanks",
    "jo@example.com/shop",
    "https://example.com/off?email=jo@example.com",
    "x" * 300 + "@example.com",
]
PLACES = [
    "i signed up at pinterest.com",
    "I SIGNED UP AT PINTEREST.COM",
    "look at example.com",
    "look at this dot com",
    "i saw it at bellacor.com",
    "shop at target.com",
    "i orderd at homedepot.com",
    "bought at homedepot.com",
    "i work at example.org",
    "my email is registered at pinterest.com",
    "email me at example.com",
    "two lamps at 9.99 each",
    "is jo at home. us too",
    "see the sale2024 at example.com/deals",
]


def typed_addresses(text: str) -> list[str]:
    """Return what is found as addresses in a typed text."""
    return [finding.value for finding in find(clean(text)) if finding.type == "email"]


@pytest.mark.parametrize(("typed", "address"), SPELLINGS.items())
def test_an_address_has_one_normal_form(typed: str, address: str) -> None:
    """All spellings of an address have the same normal form, typed alone or in the chat."""
    assert normalise(typed) == address
    assert {normalise(value) for value in typed_addresses(typed)} == {address}


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_normal_form_is_its_own(typed: str) -> None:
    """The normal form of a normal form is itself."""
    assert normalise(normalise(typed)) == normalise(typed)


@pytest.mark.parametrize("typed", DOUBTFUL)
def test_a_doubtful_address_is_masked_whole_and_refused(typed: str) -> None:
    """What is almost an address is found as a whole, and no part of it is taken for one."""
    assert typed_addresses(f"my mail is {typed} thanks") == [typed]
    with pytest.raises(BadAddress):
        normalise(typed)


@pytest.mark.parametrize("text", PLACES)
def test_a_place_is_no_address(text: str) -> None:
    """The word before "at" is not the name of an address if the rest is a site."""
    assert typed_addresses(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my email is jo at example.com", "jo at example.com"),
        ("sure: jo at example.com is my address", "jo at example.com"),
        ("unsubscribe jo at example.com", "jo at example.com"),
        ("take josmith at gmail.com off", "josmith at gmail.com"),
        ("take sam2 at example.com off", "sam2 at example.com"),
        ("take jo.smith at example.com off", "jo.smith at example.com"),
        ("take jo AT example.com off", "jo AT example.com"),
        ("take jo at example dot com off", "jo at example dot com"),
        ("take jo (at) example.com off", "jo (at) example.com"),
    ],
)
def test_an_at_is_a_sign_if_something_says_so(text: str, found: str) -> None:
    """A mark, a word for mail, a mailbox domain or a name that is no word make an "at" an @."""
    assert typed_addresses(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "jo smith@example.com",
        "jo@example.com al@example.com",
        "jo@example.com,al@example.com",
        "jo@example.com/al@example.com",
        "al@example.com <jo@example.com>",
        "my address is jo@example.com",
        "jo@example.com\nBcc: all@example.com",
    ],
)
def test_an_address_among_others_or_among_words_has_no_normal_form(text: str) -> None:
    """Where only one address may stand, other words and other addresses are refused."""
    with pytest.raises(BadAddress):
        normalise(text)


@pytest.mark.parametrize("between", [" ", ", ", ",", ";", "/", " / ", "&", "|", " and ", "\n"])
def test_two_addresses_are_found_as_two(between: str) -> None:
    """Addresses in a list are found one by one."""
    assert typed_addresses(f"jo@example.com{between}al@example.org") == [
        "jo@example.com",
        "al@example.org",
    ]


NAMES = st.text(string.ascii_lowercase + string.digits + "!#$%&'*+/=?^_`{|}~-.", min_size=1)
BEFORE = st.sampled_from(
    ["", "my mail is ", "it's ", "email: ", "mailto:", "<", "(", "“", '"', "- ", "ok,\n", "Jo <"]
)
AFTER = st.sampled_from(
    ["", " thanks", ".", ",", "!", "?", ">", ")", "”", '"', ";", "...", " 🙏", " at example.org"]
)
SIGNS = st.sampled_from(["@", " @ ", " (at) ", "[at]", " at "])


@example("mary=ann", "", "@", "")
@example("smith-at-home", "", " (at) ", "")
@example("o'hara", "it's ", " @ ", ".")
@given(NAMES, BEFORE, SIGNS, AFTER)
def test_a_part_is_never_taken_for_an_address(
    name: str, before: str, sign: str, after: str
) -> None:
    """Whatever the name and the sentence, the whole address is recognised or none."""
    recognised = set()
    for value in typed_addresses(f"{before}{name}{sign}example.com{after}"):
        try:
            recognised.add(normalise(value))
        except BadAddress:
            continue
    assert recognised <= {clean(f"{name}@example.com")}
