"""Set phrases of the talk about a request: yes, no, undoing, asking what became of it.

The longer lists are in data/wishes/phrases.yml. All read text as ``clauses.normal`` returns it.
"""

import re

from bot.optouts.wish.words import word_lists


def _phrase(name: str, form: str = r"\b(?:{})\b") -> re.Pattern[str]:
    return re.compile(form.replace("{}", "|".join(word_lists("phrases.yml")[name])))


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


PLACEHOLDER = re.compile(r"\[[a-z_]+-\d+\]")
COURTESY = re.compile(r"\b(?:please|pls|plz|now|thanks?|thx|ty|ok|okay)\b")
COMMAND = re.compile(
    r"\W*(?:please |pls )?"
    r"(?:stop|revoke|end|quit|cancel|unsubscribe|unsub|stopall|opt ?-?out|remove)"
    r"\W*(?:please|pls|now|thanks|thx)?\W*"
)
_BEFORE_IT = "|".join(word_lists("phrases.yml")["before_a_question"])
ASKS = _phrase("asks", r"^(?:(?:" + _BEFORE_IT + r")\s)*(?:{})\b")
REQUESTS = _phrase("requests")
STATUS = _phrase("status")
SAME = _phrase("same")
OTHER_ADDRESS = _phrase("other_address", r"(?:\b|(?= ))(?:{})")
WRONG_ADDRESS = _phrase("wrong_address", r"(?:\b|(?=\.))(?:{})")
PERSON_OFF = _phrase("person_off", r"\b(?:{})")
CORRECTS = _phrase("corrects", r"(?:{})\b")
TAKES_OUT = _phrase(
    "takes_out",
    r"^\W*(?:(?:oh|ok|okay|hm+|er|um|and|but|please|pls|actually|no|wait|yes|just)\W+)*(?:{})\b",
)
YES_AFTER_ALL = re.compile(r"^\W*no\W+(?:wait|dont hesitate|stop it|i typed)")
UNSURE = re.compile(
    r"\b(?:dont know|not sure|maybe|depends|i guess|perhaps|unsure|cant decide)\b"
    r"|^\W*(?:hm+|wait|um+|er+|eh+)\W*$"
)
THANKS = _words(
    *("thanks?", "thank you", "thx", "cheers", "perfect", "great", "nice", "hallelujah"),
    *("good", "finally", "splendid"),
)
TOLD = _words("told", "asked", "begged", "requested", "said", "wrote")
ALSO = _words("also", "too", "as well", "plus", "add", "another one", "second one", "in addition")
AND_ADDRESS = re.compile(r"^\W*and\b|\band (?:for )?(?:the same for )?\[")
UNDO_FIRST = re.compile(
    r"^\W*(?:(?:oh|no|please|pls|ok|wait|sorry|hm+)\W+)*"
    r"(?:undo|revert|reverse|cancel (?:it|that)|take (?:it|that|this) back)\b"
)
CORRECTS_ITSELF = re.compile(
    r"[\s.,;!?-]+((?:no,? wait|wait,? no|no,? sorry|i mean|scratch that|correction|make that)\b"
    r"[\s,:]*)"
)
LAST_KIND = re.compile(r"\s+\S+$")
REST_IS_RIGHT = re.compile(
    r"\b(?:rest|others?) (?:is|are|looks?) (?:all )?(?:correct|right|fine|good|ok)"
)
BY_MISTAKE = re.compile(
    r"\b(?:by mistake|by accident|accidentally|mistakenly)\b.*\bunsub"
    r"|\bunsub.*\b(?:by mistake|by accident)"
)
ORDERS = re.compile(
    r"(?:please |pls |plz |also |just |then |kindly )*"
    r"(?:stop|unsub|unsubscribe|take|remove|cancel|opt|dont|do not|end|quit|delete|get|turn|drop"
    r"|kill)\b"
)
EVERYTHING = _words("all", "everything", "both")
STOP_IT = re.compile(
    r"\bhow (?:do|can|could) (?:i|we)"
    r" (?:stop|end|get out of|turn off|switch off|opt out of|avoid|prevent|block)"
    r" (?:it|that|this|them|those)\b"
    r"|^\W*(?:then )?(?:please )?(?:stop|end) (?:it|that|this|them)\b"
)
RESUMES = re.compile(
    r"^\W*(?:ok(?:ay)?\W+)?(?:please )?(?:lets )?"
    r"(?:go on|continue|carry on|resume|proceed|where were we"
    r"|back to (?:the|my) (?:opt[- ]?out|request|form)"
    r"|finish(?: (?:it|that|the (?:opt[- ]?out|request)))?)\b"
)
_UNDO = _phrase("undo")
_NOT_UNDO = re.compile(
    r"\b(?:dont|do not|never|not|havent|no need to)\b.{0,12}"
    r"\b(?:undo|revert|reverse|regret|take (?:it|that) back|cancel (?:it|that)"
    r"|changed my mind|drop it)"
)
_LEAD = r"^\W*(?:(?:oh|ok|okay|well|um+|hm+|er+|eh|as i said(?: already)?|no wait)\W+)*"
_YES = _phrase("agrees", _LEAD + r"(?:{})(?!\w)")
_SAYS_YES = _phrase("says_yes")
_NO = _phrase("disagrees", _LEAD + r"(?:{})(?!\w)|\b(?:yes no|not what i (?:said|asked|meant))\b")


_DENIES = _words("dont", "do not", "not", "never", "isnt", "wrong", "cancel", "stop that")


def undoes(plain: str) -> bool:
    """Return whether a message takes back what was just said or recorded."""
    return bool(_UNDO.search(plain)) and not _NOT_UNDO.search(plain)


def says_yes(plain: str) -> bool:
    """Return whether a message agrees; "don't go ahead" does not."""
    return _has_yes(plain) and not _DENIES.search(plain)


def says_no(plain: str) -> bool:
    """Return whether a message disagrees."""
    return bool(_NO.search(plain)) or (_has_yes(plain) and bool(_DENIES.search(plain)))


def _has_yes(plain: str) -> bool:
    return bool(_YES.search(plain) or _SAYS_YES.search(plain))


def is_bare_address(text: str) -> bool:
    """Return whether a message is an address and no words."""
    return bool(PLACEHOLDER.search(text)) and not re.search(
        r"[^\W\d_]", PLACEHOLDER.sub("", text.lower())
    )
