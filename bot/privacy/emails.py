"""E-mail addresses in a text: where they stand, and their one normal form.

An address is never cut. The longest run of characters around an @ that could belong to one is read
as a whole. If it is no address, it is still found, so that it is masked, and ``normalise`` refuses
it: a part of it could be somebody else's address.
"""

from collections.abc import Iterator

import regex
from email_validator import EmailNotValidError, validate_email

from bot.privacy import email_patterns as patterns
from bot.privacy.characters import DASH, plain
from bot.privacy.words import is_word

Span = tuple[int, int]

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets with its angle brackets
_MAX_TYPED = 1000  # characters of an address with all that may stand around it
_NEAR = 40  # characters around an address that say what it is
_IN_BRACKETS = regex.compile(r"[^<>@]*<([^<>]+)>\W*")  # Jo Smith <jo@example.com>
_NO_PART = regex.compile(r"\b(?:mailto|e-?mail)\b|'s\b|\?.*", regex.IGNORECASE)


class BadAddress(ValueError):
    """The text is not an e-mail address; the message says why."""


def normalise(text: str) -> str:
    """Return the normal form of the address that a text is: in lower case, its domain in Unicode.

    Addresses are compared and stored in this form, whatever door they came in by. Brackets, quotes,
    a name before ``<…>``, ``mailto:`` and punctuation around the address are left out. Raises
    BadAddress for everything else, also for an address among other words: one of these may be a
    part of it. There is no lookup in the network, because only the mail server of an address knows
    if it exists.
    """
    text = plain(text[: _MAX_TYPED + 1]).strip()
    if bracketed := _IN_BRACKETS.fullmatch(text):
        text = bracketed[1]
    around, addresses = text, set()
    for start, end in find_emails(text):
        if (written := text[start:end]) in around:  # else it overlaps with a surer one
            around = around.replace(written, " ", 1)
            addresses.add(_checked(written))
    around = _NO_PART.sub("", around)
    if len(addresses) != 1 or len(text) > _MAX_TYPED or regex.search(r"[^\W_]", around):
        raise BadAddress("One address is needed, with a name, an @ and a domain.")
    return addresses.pop()


def find_emails(text: str) -> Iterator[Span]:
    """Yield the places of addresses in a text of plain characters, the surest ones first.

    They may overlap; then the first one holds.
    """
    for run in patterns.RUN.finditer(text) if "@" in text else ():
        if "@" in run.group():
            for start, end in _in_run(run.group()):
                yield run.start() + start, run.start() + end
    for match in patterns.SPACED_OUT.finditer(text) if "@" in text else ():
        yield match.span()
    for match in patterns.WRITTEN_OUT.finditer(text) if patterns.ANY_AT.search(text) else ():
        if not _is_place(match):
            yield match.span()
    yield from _mistyped(text)


def _mistyped(text: str) -> Iterator[Span]:
    """Yield what was meant as an address and is none: ``josmith gmail com``, ``jo (gmail)``."""
    lower = text.lower()
    for needed, pattern in patterns.MISTYPED:
        if any(part in lower for part in needed):
            for match in pattern.finditer(text):
                yield match.span()
    if not any(provider in lower for provider in patterns.PROVIDERS):
        return
    for match in patterns.AT_PROVIDER.finditer(text):
        if not patterns.NO_NAME.fullmatch(match["name"]) and not is_word(match["name"].lower()):
            yield match.span()
    for match in patterns.WITHOUT_AT.finditer(text):
        name, start = match["name"], match.start()
        first, _, second = name.rpartition(" ")
        if first and (is_word(first.lower()) or is_word(second.lower())):
            first, start = "", match.start("name") + len(first) + 1
        if not is_word(second.lower()) and not second.isdigit():
            yield start, match.end()


def usual_form(written: str) -> str:
    """Return an address that was written out, ``jo (at) example dot com``, in its usual form."""
    at = next(filter(None, (form.search(written) for form in patterns.AT_FORMS)), None)
    if at is None:
        return written
    name, domain = written[: at.start()], written[at.end() :]
    for mark, word in patterns.MARK_WORDS.items():
        name = word.sub(mark, name)
    dots = [patterns.DOT_WORD]
    if at.re is patterns.AT_FORMS[-1]:  # jo-at-example-dot-com; else the dashes are the domain's
        dots.append(patterns.DOT_JOINED)
    for dot in dots:
        name, domain = dot.sub(".", name), dot.sub(".", domain)
    domain = regex.sub(r"\s?[.,]\s?", ".", domain)
    if patterns.SPACED_OUT.fullmatch(written):
        name, domain = name.replace(" ", ""), domain.replace(" ", "")
    return f"{name}@{domain}"


def _in_run(run: str) -> Iterator[Span]:
    """Yield the places of the addresses that make up a run, or all of it if it is no address."""
    if run.count("@") > 1:
        parts, start = [], 0
        for part in patterns.BETWEEN_ADDRESSES.split(run):
            parts.append((start, _in_part(part)))
            start += len(part) + 1
        if all(span for _, span in parts):
            yield from ((start + span[0], start + span[1]) for start, span in parts if span)
        elif patterns.DOTTED.search(run, run.index("@")):
            yield patterns.OUTSIDE.match(run).end(), len(run.rstrip(".!?"))
    elif span := _in_part(run):
        yield span


def _in_part(part: str) -> Span | None:
    """Return the place of the address in a run with one @, without the marks around it."""
    at = part.find("@")
    if part.count("@") != 1 or not patterns.DOTTED.search(part, at):
        return None
    if part.startswith(("http:", "https:")):
        return 0, len(part)
    end = patterns.DOMAIN.match(part, at + 1).end()
    if patterns.GOES_ON.match(part, end) or not patterns.DOTTED.search(part, at, end):
        end = len(part)
    start = patterns.OUTSIDE.match(part, patterns.LABEL.match(part).end()).end()
    closing = patterns.CLOSING.match(part, end).group()
    while patterns.QUOTING.get(part[start], "@") in closing:
        start += 1
    return (start, end) if start < at else None


def _is_place(match: regex.Match) -> bool:
    """Return whether the "at" of a match names a place: ``i signed up at pinterest.com``.

    A plain "at" before a plain domain mostly does. It is an address only if something else says
    so: a name that is no word (``sam2``, ``jo.smith``), a domain that gives mailboxes, a word for
    mail before or after it, or nothing around it. The shopper says so with a mark: brackets,
    an AT in capitals, a spelled "dot".
    """
    if not match["place"]:
        return False
    text, name, domain = match.string, match["name"], match["domain"]
    if match["place"].strip() == "AT" and not name.isupper():
        return False
    if patterns.NO_NAME.fullmatch(name):
        return True
    if not text[: match.start()].strip() and not is_word(name.lower()) and len(name) > 4:
        return False
    if patterns.DOT_WORD.search(domain) or patterns.DOT_JOINED.search(domain):
        return False
    if regex.search(r"\s", domain):
        return True
    before = text[max(0, match.start() - _NEAR) : match.start()]
    after = text[match.end() : match.end() + _NEAR]
    return not (
        domain.lower() in patterns.MAILBOX_DOMAINS
        or patterns.NO_WORD.search(name)
        or patterns.MAIL_WORD_BEFORE.search(before)
        or patterns.MAIL_WORD_AFTER.match(after)
        or not (
            is_word(name.lower()) or regex.search(r"\w", before + patterns.PLEASE.sub("", after))
        )
    )


def _checked(written: str) -> str:
    address = DASH.sub("-", usual_form(written))
    name, _, domain = address.rpartition("@")
    if len(address) > MAX_LENGTH:
        raise BadAddress(f"An e-mail address has {MAX_LENGTH} characters at most.")
    if not patterns.LOCAL.fullmatch(name) or name[0] in patterns.OF_SENTENCE:
        raise BadAddress("The part before the @ has a character that may not belong to it.")
    if not patterns.TOP_LEVEL.search(domain):  # as in example.com-thanks
        raise BadAddress("The address ends with something that is no top-level domain.")
    try:
        # The test domains of RFC 2606 (example, test) are accepted, because they do no harm.
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from None
    return checked.normalized.lower()  # not casefold(): ß and ss are different in an address
