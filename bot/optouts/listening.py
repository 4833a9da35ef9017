"""From a message of a talk to its wish: the context of the message, and its two readings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.optouts.model import Action, OptOutKind
from bot.optouts.talk import Talk
from bot.optouts.wish import phrases
from bot.optouts.wish.agreement import agreed
from bot.optouts.wish.classifier import second_reading
from bot.optouts.wish.clauses import normal
from bot.optouts.wish.lexicon import KINDS, WEAK, tokens
from bot.optouts.wish.model import Act, Context, Situation, Wish
from bot.optouts.wish.reading import is_plain, read

EARLIER = 2  # messages of the shopper that "stop it" can be about
# The topics after which "how do I stop it?" names the kind.
_KIND_OF_TOPIC = {
    "tracking": OptOutKind.TARGETED_ADVERTISING,
    "cookies": OptOutKind.TARGETED_ADVERTISING,
    "email_marketing": OptOutKind.MARKETING_EMAIL,
    "selling": OptOutKind.SHARING,
    "sharing": OptOutKind.SHARING,
}
_FEW_WORDS = 7
_NO_EMAIL = re.compile(
    r"\b(?:don'?t|do not|haven'?t|have not) (?:have|use|own|got|do)"
    r"(?: an?y?| got an?)? ?e-?mails?\b"
    r"|\b(?:have|got|there'?s) no e-?mail\b|^\W*no e-?mail(?: address)?\W*$"
    r"|\bwithout (?:an |any )?e-?mail\b|\bhaven'?t got one\b|\bno (?:e-?mail )?address\b"
    r"|\bno e-?mail\b(?=\W*(?:needed|just|only|for|this|$))",
    re.IGNORECASE,
)
_DEVICE = "(?:browser|computer|laptop|tablet|device|phone|pc|mac|ipad)"
_THIS_BROWSER = re.compile(
    rf"\b(?:this|my|the) {_DEVICE}\b(?: (?:only|please|pls|is enough|here|i'?m on|right now))*\W*$"
    rf"|\b(?:just|only) (?:for |on |do )?(?:this|my) {_DEVICE}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """A message of the shopper, and what was said right before it.

    ``mended`` is the text without typing slips, but also without its placeholders. ``intent`` and
    ``confidence`` are those of the intent classifier, ``topic`` is that of the answer before, and
    ``earlier`` are the shopper's messages before, the latest first.
    """

    text: str
    mended: str = ""
    intent: str = ""
    confidence: float = 0.0
    topic: str | None = None
    earlier: Sequence[str] = ()


def wish_in(talk: Talk, said: Said) -> Wish:
    """Return the wish of a message of a talk."""
    context = replace(
        talk.context(), intent=said.intent, confidence=said.confidence, topic=kinds_before(said)
    )
    first = read(said.text, context, said.mended if "[" not in said.text else said.text)
    if (
        is_plain(said.text, first)
        or _is_set_phrase(said.text, first)
        or not _is_about_opt_outs(first, context)
    ):
        return first
    return agreed(first, second_reading(said.text, context), context)


@lru_cache(maxsize=64)
def kinds_named(text: str) -> frozenset[OptOutKind]:
    """Return the kinds that a text names in words that mean nothing else."""
    roles = {token.role for token in tokens(normal(text))}
    return frozenset(KINDS[role] for role in roles if role in KINDS and role not in WEAK)


def kinds_before(said: Said) -> frozenset[OptOutKind]:
    """Return the kinds that the talk was about before a message."""
    for text in said.earlier:
        if named := kinds_named(text):
            return named
    kind = _KIND_OF_TOPIC.get(said.topic or "")
    return frozenset({kind} if kind else ())


def _is_set_phrase(text: str, wish: Wish) -> bool:
    """Return whether a message is said so often in these words that nothing is to doubt."""
    plain = normal(text)
    return (
        (wish.act is Act.UNDO and not wish.kinds and bool(phrases.UNDO_FIRST.search(plain)))
        or (wish.act is Act.OUT and bool(phrases.STOP_IT.search(plain)))
        or (wish.act is Act.STATUS and len(plain.split()) <= _FEW_WORDS)
    )


def _is_about_opt_outs(wish: Wish, context: Context) -> bool:
    """Return whether a message may hold a wish; most questions do not, and are read once."""
    return (
        context.situation is not Situation.NONE
        or wish.act not in (Act.NONE, Act.ABOUT)
        or context.intent in (*map(str, Action), "opt_out_status")
    )


def has_no_email(text: str) -> bool:
    """Return whether a message says that the shopper has no e-mail address."""
    return bool(_NO_EMAIL.search(text))


def means_this_browser(text: str) -> bool:
    """Return whether a message wants no address, but the browser or device at hand."""
    named = bool(_THIS_BROWSER.search(text)) and not re.search(r"\bnot\b|n'?t\b", text.lower())
    return has_no_email(text) or named


def looks_like_an_address(text: str) -> bool:
    """Return whether a text tries to be an address: one word, or with an "@"."""
    return "@" in text or (len(text.split()) == 1 and "." in text.strip("."))
