"""Phrases of a shopper about handoffs: wait no longer, leave a message, go on with it, drop it.

Each pattern fits a whole message, so that a word in a longer text starts nothing.
"""

import re

from bot.phrases import cancels

_I = re.IGNORECASE
_LEAD = (
    r"(?:please|pls|plz|ok(?:ay)?|oh|so|and|but|well|actually|sorry|wait|hm+|um+|then|just|yes|yeah|"
    r"no|hi|hello|hey|(?:can|could|may|should) (?:i|you|u|we)|let me|let['’]?s|"
    r"i(?:['’]?d| would)? (?:just )?(?:like|want|need|prefer|wish) to|i wanna|i['’]?ll|i will|"
    r"how (?:do|can|could) i|where (?:do|can) i|is it possible to|is there a way to)\b\W*+"
)
_TAIL = r"(?:please|pls|plz|thanks?|thx|thank you|now|then|instead|any ?more|any longer|here|again)"
_PEOPLE = (
    r"(?:a |an |the |your |my |any )?(?:real |live |actual |human |support |other )*"
    r"(?:person|people|human|being|agent|rep|representative|operator|colleagues?|manager|someone|"
    r"somebody|support|team|staff|customer (?:service|support|care)|you|u|you guys|them)"
)
_NOTE = r"(?:message|msg|note)"


def _whole(*phrases: str) -> re.Pattern[str]:
    """Return the pattern of a message that is one of these phrases, with polite words around it."""
    return re.compile(rf"^\W*+(?:{_LEAD})*(?:{'|'.join(phrases)})(?:\W+{_TAIL})*\W*$", _I)


_LEAVES = _whole(
    rf"(?:leave|take|send|write|record|pass on) (?:{_PEOPLE} )?(?:a |my )?(?:short |quick |little )?"
    rf"(?:{_NOTE}|voice ?mail)(?: (?:for|to|with) {_PEOPLE})?",
)
_WAITS_NO_LONGER = _whole(
    r"(?:stop|quit|end|cancel)(?: (?:the|my|this))? (?:waiting|wait|queue|request)",
    r"(?:i )?(?:do ?n['’]?o?t|won['’]?t|will not|can['’]?t|cannot)(?: (?:want|wish|like|need|have time) to"
    rf"| wanna)? wait(?: (?:for {_PEOPLE}|so long|that long|this long))?",
    r"(?:leave|exit|quit|get out of|(?:get|take|remove) me (?:out of|from|off)) (?:the|this) "
    r"(?:queue|line|list|wait)",
    r"(?:(?:go|get|take me|bring me|get me|put me|switch|return) )?back to (?:the )?"
    r"(?:bot|chat ?bot|robot|assistant)",
    r"(?:i['’]?m |i am )?(?:tired of|done|sick of|finished) waiting",
    rf"(?:i )?(?:do ?n['’]?o?t|no longer) (?:want|need)(?: to (?:talk|speak) (?:to|with))? {_PEOPLE}",
)
_ONLY_NO = re.compile(r"^\W*(?:no|nope|nah|n|no way)\W*$", _I)
_TAKES_UP = _whole(
    r"(?:go on|go ahead|continue|carry on|proceed|resume|finish|(?:go |get |take me )?back|return)"
    rf"(?:(?: (?:with|to))? (?:the|my|that|this|it)(?: {_NOTE})?)?",
)
_SENDS = _whole(
    rf"(?:send|submit|pass)(?: (?:it|that|this|(?:the|my|this|that) {_NOTE}))?(?: (?:on|off|over))?"
    rf"(?: to {_PEOPLE})?",
)
_DROPS = _whole(
    rf"(?:drop|cancel|delete|forget|discard|scrap|remove|stop)(?: about)? (?:the|my|this|that) {_NOTE}",
    rf"do ?n['’]?o?t send (?:it|that|this|anything|(?:the|my|this|that) {_NOTE})",
)
_PUZZLED = _whole(
    r"i (?:(?:really|still|just|simply) )?(?:do ?n['’]?o?t|did ?n['’]?o?t|can ?['’]?no?t|can['’]?t) "
    r"(?:(?:really|quite) )?(?:understand|get|follow)(?: (?:it|that|this|you|what (?:you|that|this) "
    r"(?:mean|means|want|said|say|are saying)|the question|your question|your answer|a word))?",
    r"what|huh|pardon(?: me)?|come again|what(?: do(?:es)?|['’]s)? (?:you|u|that|this|it) mean",
    r"(?:i['’]?m |i am )?(?:confused|lost)|(?:i have )?no (?:idea|clue)(?: what you mean)?",
    r"(?:that|this|it) (?:makes no|doe?s ?n['’]?o?t make(?: any)?) sense",
    r"you(?: are|['’]?re)? not making (?:any )?sense|what do you want(?: from me)?",
)
_EMPTY = re.compile(
    r"^\W*(?:(?:hi|hiya|hello|hey|yo|there|good (?:morning|afternoon|evening|day)|thanks?|thank you|thx|"
    r"ok|okay|wait|hold on|one (?:moment|second|sec)|a moment|just|please|hm+|um+|test|"
    r"(?:are you|anyone|anybody|somebody|is any(?:one|body)) (?:still )?there)\b\W*)+$",
    _I,
)
_REWRITES = _whole(
    rf"(?:change|edit|rewrite|rephrase|correct|redo)(?: (?:it|that|this|(?:the|my|this|that) "
    rf"(?:{_NOTE}|text|words|wording)))?|start (?:over|again)",
)
_QUESTION = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|wait|um|hm+)\W+)*(?:what|whats|who|whose|where|when|why|how|which|"
    r"do(?! not\b)|does|did|is|are|can|could|will|would|has|have|should)\b(?!['’]t)",
    _I,
)
_PERSON = _whole(
    rf"(?:(?:talk|speak|chat) (?:to|with)|(?:connect|transfer|pass|put) me (?:through )?(?:to|with)|"
    rf"(?:get|give|call|find) me|i (?:want|need)) {_PEOPLE}",
)
_OPTS_OUT = re.compile(
    rf"^\W*(?:{_LEAD})*(?:unsubscribe|opt (?:me )?out|(?:remove|take) me (?:from|off)|"
    r"(?:stop|no more|quit) (?:all )?(?:the |your |these )?(?:e-?mail|mail|call|text|send|sell|shar|track|"
    r"ads?\b|news)|do ?n['’]?o?t (?:e-?mail|call|text|sell|share|track)|do not (?:e-?mail|call|text|sell|"
    r"share|track))",
    _I,
)
_FORGET = _whole(
    r"(?:delete|erase|forget|clear|wipe|remove) (?:this|the|our|my) (?:whole )?(?:chat|conversation)"
)
# What a question about privacy is about, and what is done with it.
_PRIVATE = re.compile(
    r"\b(?:privacy|cookies?|personal (?:data|info\w*|details)|third part(?:y|ies)|encrypt\w*|gdpr|ccpa|"
    r"confidential|anonymous|track(?:s|ed|ing)? (?:me|us|people|users|visitors|customers)|"
    r"(?:can|could|how (?:do|can)) i opt out|will i get (?:spam|ads|marketing|newsletters?)|"
    r"what (?:do|does|will) (?:you|they|this \w+) (?:collect|store|keep|record|know about me)|"
    r"(?:do|will|can|could) (?:you|they|anyone|anybody|someone|somebody|others) "
    r"(?:share|sell|record|store|save|keep|read|see|use) (?:this|it|that)(?=\W*$)|"
    r"who (?:else )?(?:will|can|could) (?:read|see|get) (?:this|it|that)(?=\W*$)|"
    r"(?:is|are|will) (?:this|it|that|these)(?: (?:chat|conversation|message|messages))?(?: be)? "
    r"(?:safe|secure|private|public|recorded|stored|saved|kept|shared|sold|monitored)|"
    r"what (?:do|will|would) (?:you|they) do with (?:this|it|that)(?=\W*$)|"
    r"what happens (?:to|with) (?:this|it|that)(?=\W*$)|why do you (?:need|want|ask for) (?:this|it|that)(?=\W*$)|"
    r"what are (?:your|the) (?:\w+ )?hours|when (?:are you|is support) open|"
    r"are you (?:open|(?:a |an )?(?:real |live )?(?:bot|robot|human|person|ai)))\b",
    _I,
)
_DATA = (
    r"(?:\b(?:(?:my|our|customers?['’]?|people['’]?s?) (?:\w+ )?(?:data|info\w*|details|number|phone|address|"
    r"e-?mail|name|message|note|chat|words|card)|this (?:chat|conversation|message|data|info\w*)|data|"
    r"phone numbers?|e-?mail addresses|what (?:i|we) (?:write|type|say|tell))|\[(?:email|phone|address)-\d+\])"
)
_DONE = (
    r"(?:do with|shared?|sharing|sell|sold|selling|stored?|storing|keep|kept|keeping|saved?|used?|using|"
    r"sees?|seen|reads?|gets?|records?|recorded|collect\w*|protect\w*|track\w*|safe|secure|private|"
    r"public|happens?|needs?|have|has|access)"
)
_ABOUT_DATA = re.compile(rf"\b{_DONE}\b.{{0,30}}{_DATA}|{_DATA}.{{0,20}}\b{_DONE}\b", _I)
# "Can you save my new number?" asks for something to be done, not for what is done.
_REQUEST = re.compile(
    r"\b(?:can|could|would) you (?!(?:share|sell|see|read|record|track|access|tell)\b)", _I
)
_SECOND_SENTENCE = re.compile(r"[.!?;\n]\s+\S")
_LONGEST_QUESTION = 150  # characters; a longer text tells a story


def leaves_message(text: str) -> bool:
    """Return whether a shopper wants to leave a message for a person."""
    return bool(_LEAVES.match(text))


def stops_waiting(text: str) -> bool:
    """Return whether a shopper in the queue wants to wait no longer; a bare "no" is too little."""
    return bool(_WAITS_NO_LONGER.match(text)) or (cancels(text) and not _ONLY_NO.match(text))


def takes_up(text: str) -> bool:
    """Return whether a shopper wants to go on with the message that waits."""
    return bool(_TAKES_UP.match(text)) or leaves_message(text)


def names_message(text: str) -> bool:
    """Return whether a text has a word for the message to support."""
    return bool(re.search(rf"\b{_NOTE}\b", text, _I))


def sends(text: str) -> bool:
    """Return whether a shopper wants the message to be sent."""
    return bool(_SENDS.match(text))


def drops(text: str) -> bool:
    """Return whether a shopper drops the message, and names it: "don't send it"."""
    return bool(_DROPS.match(text))


def puzzled(text: str) -> bool:
    """Return whether a shopper only says that they do not understand."""
    return bool(_PUZZLED.match(text)) or bool(re.fullmatch(r"[\s!.…]*\?[\s?!.…]*", text))


def says_nothing(text: str) -> bool:
    """Return whether a text has only courtesies, as "hello?" and "wait"."""
    return bool(_EMPTY.match(text))


def rewrites(text: str) -> bool:
    """Return whether a shopper wants to write the text of the message anew."""
    return bool(_REWRITES.match(text))


def opts_out(text: str) -> bool:
    """Return whether a text begins as a wish to opt out does."""
    return bool(_OPTS_OUT.match(text))


def asks(text: str) -> bool:
    """Return whether a text is a question."""
    return "?" in text or bool(_QUESTION.match(text))


def is_for_the_assistant(text: str) -> bool:
    """Return whether a text is for the assistant even while it takes a message to support.

    That is one question about privacy, a wish for a person, or an order to delete the chat. All
    else may be what the shopper wants to tell: "where is my order?".
    """
    if _PERSON.match(text) or _FORGET.match(text):
        return True
    if not asks(text) or len(text) > _LONGEST_QUESTION or _SECOND_SENTENCE.search(text):
        return False
    about_data = _ABOUT_DATA.search(text) and not _REQUEST.search(text)
    return bool(about_data or _PRIVATE.search(text))
