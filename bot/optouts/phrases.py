"""Phrases in messages about opt-outs: kinds, exceptions, corrections, and missing addresses."""

import re

from bot.optouts.model import EVERYTHING, OptOutKind

_I = re.IGNORECASE
_EVERYTHING = re.compile(
    r"\b(?:everything|all of (?:it|them|that|the above|these|those)|the (?:whole )?lot|any and all|all (?:kinds|marketing|communications?|contact|tracking and)"
    r"|all\s*$|anything|every (?:kind|sort|type|single thing)|across the board)\b",
    _I,
)
_KINDS = {
    OptOutKind.MARKETING_EMAIL: re.compile(
        r"\be-?mail(?:s|ing|ed)?\b|\bnews ?letters?\b|\b(?:un|re)?subscri\w*|\bpromos?\b|\bpromotion\w*|\bspam\w*|\binbox\b|\bmailing list\b|\bmail ?list\b|\bcoupons?\b"
        r"|\boffers\b|\bdeals\b|\bsales? (?:mails?|alerts?|announcements?)\b|\bmarketing (?:mails?|messages?)\b|\bmails\b|\bmailings\b",
        _I,
    ),
    OptOutKind.TARGETED_ADVERTISING: re.compile(
        r"\bads?\b|\badvert\w*|\bretarget\w*|\btarget(?:ed|ing)\b|\btrack(?:ing|ed|ers?)?\b|\bfollow(?:ing|s|ed)? me\b|\bpixels?\b|\bcookies?\b|\bprofil(?:e|ing)\b|\bpersonali[sz]ed\b"
        r"|\binterest[- ]based\b|\bbanners?\b",
        _I,
    ),
    OptOutKind.SHARING: re.compile(
        r"\bshar(?:e|es|ing|ed)\b|\bsell(?:ing|s)?\b|\bsold\b|\bsale of\b|\bthird[- ]part\w+|\bpass(?:ing)? (?:it |my \w+ )?on\b|\bgiv(?:e|ing) (?:out|away|my|it)\b|\bpartners\b|\bother companies\b"
        r"|\bdata brokers?\b|\brent(?:ing)?\b",
        _I,
    ),
    OptOutKind.PHONE_MAIL_MARKETING: re.compile(
        r"\bphone\b|\bcall(?:s|ing|ed)?\b|\btelemarket\w*|\btexts?\b|\btexting\b|\bsms\b|\bcatalog(?:ue)?s?\b|\bpostal\b|\bpost(?:cards?)\b|\bsnail mail\b|\bpaper mail\b|\bjunk mail\b|\bdirect mail\b"
        r"|\bmailbox\b|\bletters?\b|\bflyers?\b|\bbrochures?\b|\bby mail\b|\bin the mail\b|\bprinted\b|\brobocalls?\b|\bring(?:ing)? me\b",
        _I,
    ),
}
_NOT_EMAIL = re.compile(
    r"\b(?:snail|paper|junk|direct|postal)[- ]mail(?:ing)?\b|\bmy e-?mail (?:is|address)\b|\be-?mail address(?: is)?\b",
    _I,
)
_NARROWS = re.compile(r"\b(?:only|just|instead|rather|not the rest|but not)\b", _I)
_EXCEPT = re.compile(
    r"\b(?:except|but not|apart from|other than|not the|keep (?:the|my))\b(.*)$", _I
)
_KEEPS = re.compile(
    r"\b(?:(?:don'?t|do not|never) stop|keep (?:sending|on|getting|me on))\b.*?(?:,|;|\.|\bbut\b|\band\b|$)",
    _I,
)
_NO_EMAIL = re.compile(
    r"\b(?:don'?t|do not|dont|haven'?t|have not) (?:have|use|own|got|do)(?: an?y?| got an?)? ?e-?mails?\b|\b(?:have|got|there'?s) no e-?mail\b"
    r"|^\W*no e-?mail(?: address)?\W*$|\bwithout (?:an |any )?e-?mail\b",
    _I,
)
_CORRECTS = re.compile(
    r"\b(?:instead|not|no|wait|sorry|oops|actually|meant?|rather|wrong|typo|should be|correct\w*|scratch|it'?s)\b",
    _I,
)
_WHY = re.compile(
    r"\bwhy\b|\bwhat for\b|\bdo i (?:have|need) to\b|\bmust i\b|\bwithout (?:giving|my|an)\b|\bwhat (?:do|will) you (?:need|do|use)\b",
    _I,
)


def kinds_named(text: str) -> frozenset[OptOutKind]:
    """Return the kinds that a message names; all of them for "everything".

    Kinds that the shopper wants to keep are left out.
    """
    text = _KEEPS.sub(" ", text)
    exceptions = _EXCEPT.search(text)
    if exceptions and exceptions.group(1).strip():
        kept = _named(exceptions.group(1))
        named = (
            EVERYTHING
            if _EVERYTHING.search(text[: exceptions.start()])
            else _named(text[: exceptions.start()])
        )
        return frozenset(named - kept) if named - kept else named
    return EVERYTHING if _EVERYTHING.search(text) else _named(text)


def kinds_excepted(text: str) -> frozenset[OptOutKind]:
    """Return the kinds that a message excludes: "but not sharing"."""
    exceptions = _EXCEPT.search(text)
    return _named(exceptions.group(1)) if exceptions else frozenset()


def narrows(text: str) -> bool:
    """Return whether a message limits the earlier request: "only the ads"."""
    return bool(_NARROWS.search(text) or _EXCEPT.search(text))


def asks_why(text: str) -> bool:
    """Return whether a message asks why the address is needed."""
    return bool(_WHY.search(text))


def has_no_email(text: str) -> bool:
    """Return whether a message says that the shopper has no e-mail address."""
    return bool(_NO_EMAIL.search(text))


def corrects(text: str) -> bool:
    """Return whether a message corrects itself: "not this one but that"."""
    return bool(_CORRECTS.search(text))


def _named(text: str) -> frozenset[OptOutKind]:
    plain = _NOT_EMAIL.sub(
        " paper mail "
        if "mail" in text.lower() and not re.search(r"my e-?mail|mail address", text, _I)
        else " ",
        text,
    )
    return frozenset(kind for kind, words in _KINDS.items() if words.search(plain))
