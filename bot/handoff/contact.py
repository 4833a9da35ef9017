"""Contact: the way to be reached that a message gives, an e-mail address or a phone number.

Masking calls many a number a phone number: of an order, a parcel, an article. The words around it
tell what it is; the words that stand nearest before it count.
"""

import re
from collections.abc import Callable
from enum import Enum

from bot.policy.facts import facts
from bot.policy.store import store
from bot.privacy.emails import usual_form
from bot.privacy.masking import PLACEHOLDER

CONTACTS = ("email", "phone")

_NEAR = 5  # words in which a number is named before it

_REACHES = (
    r"call|phone|cell|mobile|tel|telephone|landline|text|txt|sms|ring|dial|whats ?app|"
    r"reach|contact|get (?:back to|hold of)|write|answer|reply|respond|"
    r"my (?:own |new |best |home |work |private )?(?:number|e-?mail|mail|address)"
)
_NAMES_OTHER = (
    r"sku|upc|ean|isbn|asin|orders?|tracking|shipment|shipping|packages?|parcels?|delivery|labels?|"
    r"items?|articles?|models?|parts?|products?|serial|batch|lot|invoices?|receipts?|bills?|"
    r"ref|reference|case|ticket|claim|rma|returns?|confirmation|customer|client|account|acct|member|"
    r"membership|po|zip|price|date|code|coupon|gift card|number of|usps|ups|fedex|dhl"
)
# What the shopper has tried to reach is another's: "I could not reach help@example.com".
_TRIED = (
    rf"(?:tried|trying|unable|cannot|can['’]?t|could not|couldn['’]?t)(?: to)? (?:{_REACHES})|"
    r"called|phoned|wrote|texted|contacted|e-?mailed"
)
_CUE = re.compile(
    rf"\b(?:(?:{_TRIED})|(?P<reaches>{_REACHES})|(?:{_NAMES_OTHER}))\b", re.IGNORECASE
)
_CUE_AFTER = re.compile(
    rf"\W*(?:is|was|=)\W+(?:(?:my|the|our|its|a|an)\W+)?"
    rf"(?:(?:{_NAMES_OTHER})|(?:\w+\W+)?(?P<reaches>{_REACHES}|number))\b",
    re.IGNORECASE,
)
_NOT_THIS = re.compile(r"\b(?:not|instead of|rather than|no longer)\W*$", re.IGNORECASE)
_ALONE = re.compile(
    r"\W*(?:(?:it['’]?s|use|at|my|the|e-?mail|number|phone|cell|is|call|write|reach|me|to|or|and|please|"
    r"pls|thanks?)\W+)*\[(?:email|phone)-\d+\]\W*(?:(?:please|pls|thanks?)\W*)?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[!?;\n]|\.\s+(?=\w)")


class _Named(Enum):
    """Name that the words around an address or number give it."""

    REACHES = "a way to be reached"
    OTHER = "something else"
    NOT_THIS = "not the one to use"


def contact_in(text: str, value: Callable[[str], str | None], asked: bool) -> str | None:
    """Return the placeholder of the way to be reached in a masked text, None if there is none.

    ``value`` returns what a placeholder stands for. If the shopper was ``asked`` how to be reached,
    a number without words around it is one. Otherwise it counts only if the words say so, and an
    e-mail address also if it is the only one.
    """
    given = {
        match: _named(text, match)
        for match in PLACEHOLDER.finditer(text)
        if match[1] in CONTACTS and not _is_the_stores(match[1], value(match.group()))
    }
    for match, named in given.items():
        if named is _Named.REACHES:
            return match.group()
    possible = dict.fromkeys(
        match.group()
        for match, named in given.items()
        if named is not _Named.NOT_THIS and (match[1] == "email" or (asked and named is None))
    )
    return next(iter(possible), None) if asked or len(possible) == 1 else None


def is_only_contact(text: str) -> bool:
    """Return whether a masked text has an address or number, and nothing else to say."""
    return bool(_ALONE.fullmatch(text))


def _named(text: str, match: re.Match[str]) -> _Named | None:
    """Return what the words before and after a placeholder call it, None if they do not."""
    before = PLACEHOLDER.sub(" ", _SENTENCE_END.split(text[: match.start()])[-1])
    if _NOT_THIS.search(before):
        return _Named.NOT_THIS
    after = _CUE_AFTER.match(text, match.end())
    cues = list(_CUE.finditer(before))
    if after is None and not cues:
        return None
    nearest = after or cues[-1]
    if nearest["reaches"]:
        return _Named.REACHES
    is_near = nearest is after or len(before[nearest.end() :].split()) <= _NEAR
    return _Named.OTHER if is_near else None


def _is_the_stores(kind: str, value: str | None) -> bool:
    """Return whether a value is the store's own phone number, or an address at its sites."""
    if value is None:
        return False
    if kind == "email":
        domain = usual_form(value).rpartition("@")[2].lower()
        return any(domain == site or domain.endswith(f".{site}") for site in store().sites)
    own = (facts().text(name) for name in ("support_phone", "order_phone"))
    return _last_ten(value) in {_last_ten(number) for number in own if number}


def _last_ten(number: str) -> str:
    return re.sub(r"\D", "", number)[-10:]
