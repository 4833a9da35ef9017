"""Phrases that all forms and the dialogue understand: yes, cancel, and complaints.

A support agent should look at complaints.
"""

import re

_CANCELS = re.compile(
    r"^\W*(?:no|nope|nah|n|no way)\W*$|^\W*(?:please |pls |ok(?:ay)? |no,? |actually,? |wait,? |oh,? |hm+,? |fine,? )*(?:cancel(?: (?:it|that|this|everything))?|never ?mind|nvm|nm|forget (?:it|that|about it)|drop it|leave it(?: be)?|stop(?: (?:it|this))?"
    r"|abort|quit|exit|no|(?:don'?t|do not)(?: (?:bother|do (?:it|that|this)|record (?:it|that|this|anything)))?|i (?:changed|'?ve changed|have changed) my mind|not now|no (?:thanks?|thx|thank you)|skip it|let it be|undo)\W*(?:please|thanks?|thx)?\W*$",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\b(?:yes+|yep|yeah|yea|yup|ya|ye|y|sure|ok(?:ay)?|k|correct|right|exactly|go|agreed?|confirm(?:ed)?|record|absolutely|of course|perfect|all right|alright|fine|good|do)\b|👍|✅",
    re.IGNORECASE,
)
# Words around a yes that do not change its meaning.
_AROUND_YES = re.compile(
    r"\b(?:oh|i|said|that'?s|that|this|it'?s|it|is|please|pls|plz|thanks?|thx|thank you|just|already|now|ahead|on|for it|so|to|with|me|looks?|sounds?|then|great|all|everything|the one"
    r"|and|very much|by all means|definitely|certainly|absolutely|you|can|may|want|would|like)\b",
    re.IGNORECASE,
)
_COMPLAINS = re.compile(
    r"\b(?:(?:my|a|our) (?:lawyers?|attorneys?) will|(?:hear|talk to|call(?:ing)?|contact(?:ing)?) (?:from )?(?:my|a|our) (?:lawyers?|attorneys?)"
    r"|(?:will|'ll|going to|gonna|could|can) sue|suing you|lawsuit against|(?:take|taking) legal action|(?:take|taking) you to court|see you in court"
    r"|file (?:a|an) complaint|(?:formal |official )?complaint (?:about|against)|(?:want|like|going) to complain"
    r"|(?:will|'ll|going to|gonna) report (?:you|this|it) to|class action)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:person|human|agent|someone|somebody|representative|rep|manager|supervisor|talk|speak|connect|transfer)\b",
    re.I,
)


def cancels(text: str) -> bool:
    """Return whether a message cancels the current request."""
    return bool(_CANCELS.search(text))


def agrees(text: str) -> bool:
    """Return whether a message is only a yes, without words that may change the request."""
    rest = _AROUND_YES.sub(" ", _YES.sub(" ", text))
    return bool(_YES.search(text)) and "?" not in text and not re.search(r"[^\W_]", rest)


def only_complains(text: str) -> bool:
    """Return whether a message complains, and does not ask for a person.

    Then the bot offers a support agent, and does not call one at once.
    """
    return complains(text) and not _ASKS.search(text)


def complains(text: str) -> bool:
    """Return whether a message complains about the store, or threatens it."""
    return bool(_COMPLAINS.search(text))
