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
_TLD = (
    r"(?:com|net|org|edu|gov|us|example|info|biz|io|co|me|design|homes?|shop|online|store|site|app|dev|xyz|tech|cloud|email|mail|live|tv"
    r"|ca|uk|au|de|fr|it|es|nl|ch|se|pl|jp|cn|br|mx|nz|ie|be|ru|eu|pt|cz|dk|fi|gr|kr|za|museum|name|pro|lighting)"
)
ANY_AT = regex.compile(r"@|\bat\b|_at[-_]|%40|&#64;", _I)
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

# --- an address that lost its @ or its domain's name -----------------------------------------------
PROVIDERS = (
    "gmail|g mail|yahoo|hotmail|outlook|aol|icloud|comcast|msn|ymail|protonmail|verizon|live".split(
        "|"
    )
)
_PROVIDER = f"(?:{'|'.join(PROVIDERS)})"
_SAID_AT = (
    r"(?:\s{0,3}@\s{0,3}|\s{1,3}(?:arroba|ät|-at-|at(?:\s+sign)?)\s{1,3}|\s{1,3}a\st\s{1,3}"
    r"|\s{0,3}[\[({<]\s?at\s?[\])}>]\s{0,3}|[_-]at[_-])"
)
_SAID_DOT = r"(?:\s{1,2}(?:punto|punkt|-dot-|point)\s{1,2}|\s{0,2}[.,]\s{0,2}|\s{0,2}d\s?o\s?t\s{0,2}|[-_]dot[-_]|\s?[\[({<]\s?(?:dot|[.])\s?[\])}>]\s?)"
# A mailbox provider is known without the dot, too: "jo at gmail com", "jo at g mail dotcom", "jo@gmail".
AT_PROVIDER = regex.compile(
    rf"(?<![^{_NEVER}])(?P<name>{_ATOM}){_SAID_AT}{_PROVIDER}"
    rf"(?:(?:{_SAID_DOT}|\s)(?:com|net|co\.uk|ca)|\s?dot\s?com)?{_ENDS}",
    _I,
)
# With an @ or a marked "at", a domain may have its dot in any form, or none.
AT_MARKED = regex.compile(
    rf"(?<![^{_NEVER}])(?P<name>{_ATOM})"
    rf"(?:\s{{0,3}}@\s{{0,3}}|\s{{1,3}}(?:at\s+sign|arroba|ät|-at-|a\st)\s{{1,3}}|\s{{0,3}}[\[({{<]\s?at\s?[\])}}>]\s{{0,3}}|_at_)"
    rf"{_DOMAIN_PART}(?:(?:{_SAID_DOT}|\s){_DOMAIN_PART}){{0,3}}?(?:{_SAID_DOT}|\s){_TLD}(?:{_SAID_DOT}{_TLD})?{_ENDS}",
    _I,
)
AT_BARE = regex.compile(r"(?<![\w@.])[\w.+-]{2,64}@\p{L}[\w-]{1,62}(?![\w@])")
JOINED = regex.compile(
    rf"\b[\w.+-]{{2,40}}(?:at{_PROVIDER}dot(?:com|net)|(?:2|\.at\.){_PROVIDER}\.(?:com|net))\b", _I
)
# The @ is missing: "josmith gmail com", "jo (gmail)".
WITHOUT_AT = regex.compile(
    rf"(?<![^{_NEVER}])(?P<name>[\w.+-]{{2,64}}(?: [\w.+-]{{2,64}})?)(?:\s?[#,(\[*]\s?|\s(?:on|in)\s|\s)"
    rf"{_PROVIDER}(?:\s?[., ]\s?(?:com|net|co\.uk|ca)|\s+dot\s+(?:com|net))?\b\)?",
    _I,
)
AT_NUMBER = regex.compile(
    r"[^\s@<>()]{1,64}@\[?(?:IPv6:[0-9a-f:.]{2,45}|\d{1,3}(?:\.\d{1,3}){3})\]?", _I
)
ENCODED = regex.compile(r"[\w.+?=-]{1,64}(?:=40|%40|&#64;)[\w-]{1,63}\.[\w.?=-]{2,64}", _I)

# Each with the parts of which a text has one, if the pattern can match.
MISTYPED = (
    (("@",), AT_NUMBER),
    (("@",), AT_BARE),
    (("=40", "%40", "&#64;"), ENCODED),
    (
        (
            "@",
            "[at",
            "(at",
            "{at",
            "<at",
            "[ at",
            "( at",
            "at sign",
            "a t ",
            "-at-",
            "_at_",
            "arroba",
            " ät ",
        ),
        AT_MARKED,
    ),
    (PROVIDERS, JOINED),
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
