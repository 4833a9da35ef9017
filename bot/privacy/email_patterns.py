"""Patterns of e-mail addresses, as they are typed and as they are written out in words.

``bot.privacy.emails`` decides what a match is. A name is always matched from its first character:
the end of a longer name would be somebody else's address.
"""

import regex

_I = regex.IGNORECASE

# --- typed with an @ ------------------------------------------------------------------------------
_NEVER = r"\s<>()\[\]:;,\"“”„«»"  # characters that end a run: none stands in a name without quotes
# A comma between letters is a mistyped dot; a space before a dot was typed by the keyboard.
_OF_RUN = rf"(?:[^{_NEVER}]|(?<=\w),(?=\w)|(?<=\w) (?=[.]\w))"
_OF_NAME = rf"[^{_NEVER}@]"
_SPELLED_MARK = (
    r"(?:\s{0,3}[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s{0,3}|\s{1,3}(?:dot|underscore|hyphen|dash)\s{1,3})"
)
RUN = regex.compile(
    rf"(?:https?:)?(?:{_OF_NAME}++{_SPELLED_MARK})*+(?:\"[^\"\n]{{1,64}}\"(?=@))?{_OF_RUN}++", _I
)
DOTTED = regex.compile(r"[.,]\p{L}")
BETWEEN_ADDRESSES = regex.compile(r"[/&|,]")
LABEL = regex.compile(r"(?:mailto:|(?:e-?)?mail(?:[_-]?address)?=)?", _I)
# What is stripped from the start: an ellipsis, and signs that no name holds.
OUTSIDE = regex.compile(r"(?:\.{3,}|…|[^\w!#$%&'*+/=?^`{|}~.\"\p{Dash}]|[\u2014\u2015])*", _I)
DOMAIN = regex.compile(r"[\w.-]*[^\W_](?:,(?:com|net|org|edu)\b|(?<=\.co),[a-z]{2}\b)?|", _I)
# After the domain: a letter behind a mark that a mistyped domain could hold.
GOES_ON = regex.compile(r"(?!'s\b)[ #$%&'*+./=^_`{|}~\p{Dash}@\\]+\w", _I)
# Marks that a name may begin with, unless the same one closes after the domain: '…', *…*, {…}.
QUOTING = dict(zip("'`*_~|/{", "'`*_~|/}", strict=True))
CLOSING = regex.compile(r"(?!'s\b)[\W_]*|")
TOP_LEVEL = regex.compile(r"\.(?:[\p{L}\p{M}]{2,}|xn--[\w-]+)$", _I)
LOCAL = regex.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+")
OF_SENTENCE = frozenset("'`!?*")  # before a name, these may belong to it or to the sentence

# --- written out ----------------------------------------------------------------------------------
_BRACKETS = r"\s{{0,3}}[(\[{{<]\s?(?:{})\s?[)\]}}>]\s{{0,3}}"
AT_SIGN = rf"(?:{_BRACKETS.format('@')}|\s?@\s?)"
_AT_MARKED = rf"(?:{_BRACKETS.format('at')}|&#64;|%40)"
_AT_PLAIN = r"\s{1,3}at\s{1,3}"
_AT_JOINED = r"[-_]at[-_]"
AT_FORMS = tuple(regex.compile(form, _I) for form in (AT_SIGN, _AT_MARKED, _AT_PLAIN, _AT_JOINED))
_DOT_WORD = rf"(?:{_BRACKETS.format(r'dot|[.]')}|\s{{1,3}}(?:dot|punto|point)\s{{1,3}})"
_DOT_JOINED = r"[-_]dot[-_]"
DOT_WORD, DOT_JOINED = regex.compile(_DOT_WORD, _I), regex.compile(_DOT_JOINED, _I)
MARK_WORDS = {
    "_": regex.compile(r"\s+underscore\s+", _I),
    "-": regex.compile(r"\s+(?:dash|hyphen|minus)\s+", _I),
    "+": regex.compile(r"\s+plus\s+", _I),
}
_MARK_WORD = rf"(?:{_DOT_WORD}|\s{{1,3}}(?:underscore|dash|hyphen|minus|plus)\s{{1,3}})"
_ATOM = rf"[^{_NEVER}@{{}}]{{1,64}}"
_DOMAIN_PART = r"[\w-]{1,63}"
_TLD = r"(?:com|net|org|edu|gov|us|example|info|biz|io|co|me)"
_ENDS = r"(?!\w|-\w|/\w|@)"
WRITTEN_OUT = regex.compile(
    rf"(?<![^{_NEVER}])(?P<name>{_ATOM}(?:{_MARK_WORD}{_ATOM}){{0,5}})"
    rf"(?:(?P<place>{_AT_PLAIN})|{_AT_JOINED}|{_AT_MARKED}|{AT_SIGN})"
    rf"(?P<domain>{_DOMAIN_PART}(?:(?:{_DOT_WORD}|{_DOT_JOINED}|\s?[.]\s?){_DOMAIN_PART}){{0,5}}?"
    rf"(?:{_DOT_WORD}|{_DOT_JOINED}|\s?[.]\s?){_TLD}(?:(?:{_DOT_WORD}|{_DOT_JOINED}|[.]){_DOMAIN_PART})*+){_ENDS}",
    _I,
)
_SPACED = r"\w(?: \w){1,62}"
SPACED_OUT = regex.compile(
    rf"(?<!\S)\w(?: [\w.+-]){{1,62}} ?@ ?(?:{_SPACED}|{_DOMAIN_PART})"
    rf"(?: ?[.] ?(?:{_SPACED}|{_DOMAIN_PART})){{0,4}}? ?[.] ?(?:c o m|n e t|o r g|{_TLD}){_ENDS}",
    _I,
)

# --- "at" as a place ------------------------------------------------------------------------------
# The most common domains that give mailboxes, and sell nothing.
MAILBOX_DOMAINS = (
    "gmail.com yahoo.com hotmail.com outlook.com aol.com icloud.com comcast.net msn.com live.com "
    "att.net verizon.net sbcglobal.net cox.net charter.net bellsouth.net earthlink.net me.com "
    "mac.com protonmail.com proton.me ymail.com mail.com gmx.com"
).split()
NO_NAME = regex.compile(
    r"(?:me|us|you|it|is|are|was|were|be|been|am|up|in|out|on|off|here|there|not|also|only|just|now|back|again|this|that|them|him|her"
    r"|(?:look|shop|order|buy|work|sign|search|check|see|find|sell|sale|live|store|price|account|unsubscribe|newsletter)s?"
    r"|bought|saw|seen|found|sold|sent|made|got|paid|kept|used|\w{3,}(?:ed|ing)"
    r"|[\w.-]+\.(?:com|net|org|edu|gov))",
    _I,
)
NO_WORD = regex.compile(r"\w[\w+-]*[._]\w|\p{L}\p{L}*\d|\d+\p{L}", _I)
MAIL_WORD_BEFORE = regex.compile(
    r"\b(?:e-?mails?|mail|address|addy|un-?subscribe|opt out|remove)(?:\s+(?:address|id))?(?:'s|\s+(?:is|was))?\s*[:=-]?\s*[\"'“(]?$",
    _I,
)
MAIL_WORD_AFTER = regex.compile(
    r"\W*(?:is|'s|that'?s)\s+(?:my|our|the)\s+(?:\w+\s+)?(?:e-?mail|mail|address)\b", _I
)
PLEASE = regex.compile(r"\b(?:please|pls|thanks?|thx)\b", _I)
