"""Names of the store, which become the same plain words for every store.

So the model that was trained once serves any store: it has never read a name. And where the store
acts, whatever it is called, it becomes "you": "does this website sell" is read as "do you sell".
"""

import re
from functools import cache

from bot.policy.store import Store, store

STORE = "store"
OTHER = "other store"  # a further site of the store, under another name

_ARTICLES = r"(?P<before>\b(?:the|a|an|your|ur|our|my|this|that|these|of|old|regular|new)\s+)?"
_LEAVES = frozenset({"of"})  # words before the name after which an article still comes

_SHOP = (
    r"(?:(?:the|this|that|your|ur|ya'?ll'?s)\s+)(?:(?:online|web|internet|whole)\s+)?"
    r"(?:stores?|shop|web\s?shop|web\s?site|site|web\s?page|company|business|retailer|seller|vendor"
    r"|merchant|firm|outfit|organi[sz]ation|corporation|brand|place)"
)
_PEOPLE = (
    r"(?:you|u)\s+(?:guys|people|folks|lot|all|ppl|peeps)|y'?\s?all|yall|ya'?ll|all\s+of\s+(?:you|u)"
    r"|your\s+(?:people|folks)"
)
_ACTS = re.compile(
    rf"\b(?P<verb>do|does|did|has|have|had|will|would|can|could|may|might|should|must|is|are|doesn'?t"
    rf"|don'?t|isn'?t|hasn'?t)\s+(?:(?P<shop>{_SHOP})|(?P<people>{_PEOPLE}))(?![\w'])"
    # The hours of a shop are not those of support, and not all that is said of a page is an act.
    r"(?!\s+(?:open|close|closed|located|near|down)\b)(?P<next>\s+\w+)?",
    re.IGNORECASE,
)
_TOGETHER = re.compile(rf"\b(?:{_PEOPLE})(?![\w'])", re.IGNORECASE)
_PLURAL = {"does": "do", "has": "have", "is": "are", "doesn't": "don't", "hasn't": "haven't"}
_STATES = frozenset({"is", "isn't", "isnt"})  # before an act there is a participle: "is … selling"
_ABLE = frozenset({"going", "able", "allowed", "responsible", "planning"})


def addressed(text: str) -> str:
    """Return a text with "you" for every name of the store where it acts: "do you sell my data"."""
    return _TOGETHER.sub("you", _ACTS.sub(_as_you, text))


def _as_you(match: re.Match[str]) -> str:
    verb, after = match["verb"], match["next"] or ""
    doing = after.strip().lower()
    if verb.lower() in _STATES and not (doing.endswith("ing") or doing in _ABLE):
        return match.group()
    return f"{_PLURAL.get(verb.lower(), verb)} you{after}"


def neutral(text: str, named: Store | None = None) -> str:
    """Return a text with "the store" for each name of the store: "does the store sell my data"."""
    own, others = _patterns(named or store())
    if others is not None:
        text = others.sub(lambda match: _said(match, OTHER), text)
    return own.sub(lambda match: _said(match, STORE), text)


@cache
def _patterns(named: Store) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    own = {named.name, *named.aliases}
    known = {_stem(name) for name in own}
    others = {site for site in named.sites if _stem(site) not in known}
    own |= named.sites - others
    stems = {site.rpartition(".")[0] for site in others}
    return _pattern(own), _pattern(others | stems) if others else None


def _stem(name: str) -> str:
    """Return a name as it stands in a domain: ``The Home Depot`` and ``homedepot.com`` meet."""
    return re.sub(r"^the|[^a-z0-9]", "", re.sub(r"(?:\.[a-z]{2,})+$", "", name.lower()))


def _pattern(names: set[str]) -> re.Pattern[str]:
    """Return the pattern of names, the longest first, with or without their blanks."""
    words = "|".join(
        re.escape(name).replace(r"\ ", r"[\s-]*") for name in sorted(names, key=len, reverse=True)
    )
    # No part of an e-mail address or of a longer name.
    return re.compile(
        rf"{_ARTICLES}(?<![\w@.-])(?:www\.)?(?:{words})(?:,?\s+inc\b\.?)?(?![\w@-]|\.\w)",
        re.IGNORECASE,
    )


def _said(match: re.Match[str], words: str) -> str:
    before = match["before"] or ""
    return f"{before}{'' if before and before.strip().lower() not in _LEAVES else 'the '}{words}"
