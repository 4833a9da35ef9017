"""What a message about opting out names: kinds, a correction, a wish to stop."""

import re

from actions.ledger.model import EVERYTHING, Kind

_I = re.IGNORECASE
_EVERYTHING = re.compile(
    r"\b(?:everything|all of (?:it|them|that|the above|these|those)|the (?:whole )?lot|any and all|all (?:kinds|marketing|communications?|contact|tracking and)"
    r"|all\s*$|anything|every (?:kind|sort|type|single thing)|across the board)\b",
    _I,
)
_KINDS = {
    Kind.MARKETING_EMAIL: re.compile(
        r"\be-?mail(?:s|ing|ed)?\b|\bnews ?letters?\b|\b(?:un|re)?subscri\w*|\bpromos?\b|\bpromotion\w*|\bspam\w*|\binbox\b|\bmailing list\b|\bmail ?list\b|\bcoupons?\b"
        r"|\boffers\b|\bdeals\b|\bsales? (?:mails?|alerts?|announcements?)\b|\bmarketing (?:mails?|messages?)\b|\bmails\b|\bmailings\b",
        _I,
    ),
    Kind.TARGETED_ADVERTISING: re.compile(
        r"\bads?\b|\badvert\w*|\bretarget\w*|\btarget(?:ed|ing)\b|\btrack(?:ing|ed|ers?)?\b|\bfollow(?:ing|s|ed)? me\b|\bpixels?\b|\bcookies?\b|\bprofil(?:e|ing)\b|\bpersonali[sz]ed\b"
        r"|\binterest[- ]based\b|\bbanners?\b",
        _I,
    ),
    Kind.SHARING: re.compile(
        r"\bshar(?:e|es|ing|ed)\b|\bsell(?:ing|s)?\b|\bsold\b|\bsale of\b|\bthird[- ]part\w+|\bpass(?:ing)? (?:it |my \w+ )?on\b|\bgiv(?:e|ing) (?:out|away|my|it)\b|\bpartners\b|\bother companies\b"
        r"|\bdata brokers?\b|\brent(?:ing)?\b",
        _I,
    ),
    Kind.PHONE_MAIL_MARKETING: re.compile(
        r"\bphone\b|\bcall(?:s|ing|ed)?\b|\btelemarket\w*|\btexts?\b|\btexting\b|\bsms\b|\bcatalog(?:ue)?s?\b|\bpostal\b|\bpost(?:cards?)\b|\bsnail mail\b|\bpaper mail\b|\bjunk mail\b|\bdirect mail\b"
        r"|\bmailbox\b|\bletters?\b|\bflyers?\b|\bbrochures?\b|\bby mail\b|\bin the mail\b|\bprinted\b|\brobocalls?\b|\bring(?:ing)? me\b",
        _I,
    ),
}
_NOT_EMAIL = re.compile(
    r"\b(?:snail|paper|junk|direct|postal)[- ]mail(?:ing)?\b|\bmy e-?mail (?:is|address)\b|\be-?mail address(?: is)?\b", _I
)
_NARROWS = re.compile(r"\b(?:only|just|instead|rather|not the rest|but not)\b", _I)
_EXCEPT = re.compile(r"\b(?:except|but not|apart from|other than|not the|keep (?:the|my))\b(.*)$", _I)
_KEEPS = re.compile(
    r"\b(?:(?:don'?t|do not|never) stop|keep (?:sending|on|getting|me on))\b.*?(?:,|;|\.|\bbut\b|\band\b|$)", _I
)
_CANCELS = re.compile(
    r"^\W*(?:no|nope|nah|n|no way)\W*$|^\W*(?:please |pls |ok(?:ay)? |no,? |actually,? |wait,? |oh,? |hm+,? |fine,? )*(?:cancel(?: (?:it|that|this|everything))?|never ?mind|nvm|nm|forget (?:it|that|about it)|drop it|leave it(?: be)?|stop(?: (?:it|this))?"
    r"|abort|quit|exit|no|(?:don'?t|do not)(?: (?:bother|do (?:it|that|this)|record (?:it|that|this|anything)))?|i (?:changed|'?ve changed|have changed) my mind|not now|no (?:thanks?|thx|thank you)|skip it|let it be|undo)\W*(?:please|thanks?|thx)?\W*$",
    _I,
)
_YES = re.compile(
    r"\b(?:yes+|yep|yeah|yea|yup|ya|ye|y|sure|ok(?:ay)?|k|correct|right|exactly|go|agreed?|confirm(?:ed)?|record|absolutely|of course|perfect|all right|alright|fine|good|do)\b|👍|✅",
    _I,
)
# What may stand around a yes without changing it.
_AROUND_YES = re.compile(
    r"\b(?:oh|i|said|that'?s|that|this|it'?s|it|is|please|pls|plz|thanks?|thx|thank you|just|already|now|ahead|on|for it|so|to|with|me|looks?|sounds?|then|great|all|everything|the one"
    r"|and|very much|by all means|definitely|certainly|absolutely|you|can|may|want|would|like)\b",
    _I,
)
_NO_EMAIL = re.compile(
    r"\b(?:don'?t|do not|dont|haven'?t|have not) (?:have|use|own|got|do)(?: an?y?| got an?)? ?e-?mails?\b|\b(?:have|got|there'?s) no e-?mail\b"
    r"|^\W*no e-?mail(?: address)?\W*$|\bwithout (?:an |any )?e-?mail\b",
    _I,
)
_CORRECTS = re.compile(
    r"\b(?:instead|not|no|wait|sorry|oops|actually|meant?|rather|wrong|typo|should be|correct\w*|scratch|it'?s)\b", _I
)
_WHY = re.compile(
    r"\bwhy\b|\bwhat for\b|\bdo i (?:have|need) to\b|\bmust i\b|\bwithout (?:giving|my|an)\b|\bwhat (?:do|will) you (?:need|do|use)\b",
    _I,
)


def kinds_named(text: str) -> frozenset[Kind]:
    """Return what a message names; all of them for "everything", and nothing that it wants to keep."""
    text = _KEEPS.sub(" ", text)
    exceptions = _EXCEPT.search(text)
    if exceptions and exceptions.group(1).strip():
        kept = _named(exceptions.group(1))
        named = EVERYTHING if _EVERYTHING.search(text[: exceptions.start()]) else _named(text[: exceptions.start()])
        return frozenset(named - kept) if named - kept else named
    return EVERYTHING if _EVERYTHING.search(text) else _named(text)


def kinds_excepted(text: str) -> frozenset[Kind]:
    """Return what a message takes out: "but not sharing"."""
    exceptions = _EXCEPT.search(text)
    return _named(exceptions.group(1)) if exceptions else frozenset()


def narrows(text: str) -> bool:
    """Return whether a message takes back part of what was said before: "only the ads"."""
    return bool(_NARROWS.search(text) or _EXCEPT.search(text))


def cancels(text: str) -> bool:
    """Return whether a message wants the matter dropped."""
    return bool(_CANCELS.search(text))


def agrees(text: str) -> bool:
    """Return whether a message is a yes, and nothing that could change what it says yes to."""
    rest = _AROUND_YES.sub(" ", _YES.sub(" ", text))
    return bool(_YES.search(text)) and "?" not in text and not re.search(r"[^\W_]", rest)


def begins_with_yes(text: str) -> bool:
    """Return whether a message begins as a yes does, whatever follows."""
    return bool(_YES.match(text.lstrip(" ,.!")))


def asks_why(text: str) -> bool:
    """Return whether a message asks what the address is needed for."""
    return bool(_WHY.search(text))


def has_no_email(text: str) -> bool:
    """Return whether a message says that there is no e-mail address to give."""
    return bool(_NO_EMAIL.search(text))


def corrects(text: str) -> bool:
    """Return whether a message takes back something that it names: "not this one but that"."""
    return bool(_CORRECTS.search(text))


def _named(text: str) -> frozenset[Kind]:
    plain = _NOT_EMAIL.sub(
        " paper mail " if "mail" in text.lower() and not re.search(r"my e-?mail|mail address", text, _I) else " ", text
    )
    return frozenset(kind for kind, words in _KINDS.items() if words.search(plain))
