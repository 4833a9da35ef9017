"""Passwords, names of users and days of birth: only the words before them tell."""

import re
from collections.abc import Iterator

from bot.privacy import secret_patterns as patterns
from bot.privacy.finding import Found
from bot.privacy.reading import Reading
from bot.privacy.words import is_word

_STATES = frozenset(
    """
        not no the a an in on at out to too so still also being been it this that what which my
        your our their safe secure saved stored kept hashed encrypted weak strong expired
        forgotten lost wrong correct incorrect compromised hacked stolen leaked visible needed
        required reset changed working never always same reused exposed protected invalid
        rejected bad old new blank empty shared sent known used asked somewhere there here gone
        different case sensitive very really and or but if when why how is was are unsafe ok
        okay fine plain unknown private secret protection manager because
    """.split()
)
_FAR = 30  # characters between a cue and a date
_REST = re.compile(r"(?: [\w'-]+){1,3}(?=[.!?]?\s*$)")
_POLITE = frozenset(
    """
        please pls plz thanks thank you i we help reset thx ok for
    """.split()
)
_PUNCTUATION = ".,;:!?)]}>\"'"


def may_name_password(reading: Reading) -> bool:
    """Return whether a text has a piece of a word for a password; a cheap first check."""
    return any(part in reading.lower for part in patterns.PARTS_OF_PASS)


def may_name_user(reading: Reading) -> bool:
    """Return whether a text has a word for a user's name, or a service's; a cheap first check."""
    return any(part in reading.lower for part in patterns.PARTS_OF_SERVICE)


def passwords(reading: Reading) -> Iterator[Found]:
    """Yield what a shopper calls a password."""
    text = reading.original
    for match in patterns.PASSWORD_SAID.finditer(text):
        name = "quoted" if match["quoted"] else "token"
        if name == "quoted" or not _is_state(match[name]):
            start, end = match.span(name)
            yield "password", *_trimmed(text, start, _end_of_phrase(text, end))
    for pattern in (patterns.PASSWORD_BESIDE, patterns.PASSWORD_BEFORE):
        for match in pattern.finditer(text):
            name = "quoted" if match.groupdict().get("quoted") else "token"
            if name == "quoted" or _is_odd(match["token"]):
                yield "password", *_trimmed(text, *match.span(name))


def usernames(reading: Reading) -> Iterator[Found]:
    """Yield the names under which a shopper is known at a service."""
    for match in patterns.USERNAME.finditer(reading.text):
        token = match["token"].strip(_PUNCTUATION).lower()
        if len(token) >= 3 and token not in _STATES and not is_word(token):
            yield "username", *_trimmed(reading.text, *match.span("token"))


def birth_dates(reading: Reading) -> Iterator[Found]:
    """Yield the dates that a cue calls the day of a birth."""
    text = reading.text
    for cue in reading.cues:
        if cue.label != "birth_date":
            continue
        end = reading.ends[cue.last]
        if year := patterns.YEAR.match(text, end):
            yield "birth_date", *year.span("year")
        while (match := patterns.DATE.search(text, end, end + _FAR + 30)) and (
            match.start() - end <= _FAR
        ):
            yield "birth_date", *match.span()
            end = match.end()  # "my d.o.b. is 1/9/2001 and hers is 11/30/2002"
    for match in patterns.BEFORE.finditer(text):
        yield "birth_date", *match.span("date")


def _end_of_phrase(text: str, end: int) -> int:
    """Return where a password of several words ends, if nothing else stands in its sentence."""
    rest = _REST.match(text, end)
    if rest and not any(
        word in _STATES or word in _POLITE for word in rest.group().lower().split()
    ):
        return rest.end()
    return end


def _is_state(token: str) -> bool:
    word = token.strip(_PUNCTUATION).lower()
    return not word or word in _STATES or word.endswith(("ing", "n't"))


def _is_odd(token: str) -> bool:
    """Return whether a token is no word: it has a digit among letters, or a sign."""
    token = token.strip(_PUNCTUATION)
    has_digit = any(map(str.isdigit, token))
    if len(token) < 4 or token.lower() in _STATES:
        return False
    lower = token.lower()
    if lower.isalpha() and lower.isascii() and not is_word(lower) and not token.endswith("s"):
        return True
    if re.search(r"[a-z][A-Z]", token):  # iloveLamps
        return True
    return (has_digit and any(map(str.isalpha, token))) or bool(
        re.search(r"\w[!@#$%^&*_+~]|[!@#$%^&*_+~]\w", token)
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a place without the marks of the sentence at its end."""
    while (
        end - start > 1
        and text[end - 1] in ".,;:)]\"'?"
        and (end == len(text) or text[end].isspace())
    ):
        end -= 1
    return start, end
