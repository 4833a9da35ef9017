"""Owners of kinds: which of several addresses each kind is for, by where they stand.

"No mails for A and no calls for B", "A: no mails. B: no calls".
"""

from collections.abc import Collection

from bot.optouts.model import OptOutKind
from bot.optouts.wish.lexicon import KINDS, Role, tokens


def own_kinds(
    plain: str, stops: Collection[OptOutKind], addresses: Collection[str]
) -> dict[str, frozenset[OptOutKind]]:
    """Return the kinds of each address if every one has its own, and they differ; else nothing.

    ``plain`` is a text as the lexicon has its words, ``addresses`` are the placeholders that are
    meant. Kinds stand either all before their addresses or all after them, as the first one does.
    """
    named = [
        token
        for token in tokens(plain)
        if token.text in addresses or KINDS.get(token.role) in stops
    ]
    if len(addresses) < 2 or not named:
        return {}
    if named[0].role is not Role.ADDRESS:  # read backwards, kinds stand after their addresses
        named.reverse()
    owned: dict[str, set[OptOutKind]] = {}
    owner = ""
    for token in named:
        if token.role is Role.ADDRESS:
            owner = token.text
            owned.setdefault(owner, set())
        elif owner:
            owned[owner].add(KINDS[token.role])
        else:
            return {}
    kinds = {frozenset(kinds) for kinds in owned.values()}
    if len(owned) < len(addresses) or frozenset() in kinds or len(kinds) < 2:
        return {}
    if frozenset().union(*kinds) != frozenset(stops):  # one is meant by a word such as "all"
        return {}
    return {address: frozenset(kinds) for address, kinds in owned.items()}
