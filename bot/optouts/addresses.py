"""Checks of e-mail addresses: their normal form, probable typing errors, and their hash."""

import difflib
import hashlib
import re

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets with its angle brackets
# The most common mail domains. A domain that is very similar to one of them may be a typing error.
_COMMON_DOMAINS = [
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "aol.com",
    "icloud.com",
    "comcast.net",
    "msn.com",
    "live.com",
    "att.net",
    "verizon.net",
    "sbcglobal.net",
    "cox.net",
    "charter.net",
    "bellsouth.net",
    "earthlink.net",
    "me.com",
    "mac.com",
    "protonmail.com",
    "proton.me",
    "ymail.com",
    "mail.com",
    "gmx.com",
]
_MIN_SIMILARITY = 0.8  # of a domain to a common one, as difflib measures it


class BadAddress(ValueError):
    """The text is not an e-mail address; the message says why."""


def normalise(address: str) -> str:
    """Return the normal form of an address: in lower case, with its domain in Unicode.

    Addresses are compared and stored in this form. Raises BadAddress. There is no lookup in the
    network, because only the mail server of an address knows if it exists.
    """
    if len(address) > MAX_LENGTH:
        raise BadAddress(f"An e-mail address has {MAX_LENGTH} characters at most.")
    try:
        # The test domains of RFC 2606 (example, test) are accepted, because they do no harm.
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from None
    return checked.normalized.lower()  # not casefold(): ß and ss are different in an address


def suggestion(address: str) -> str | None:
    """Return the address that was probably meant; None if there is no typing error.

    A domain is an error if it is very similar to a common one: ``jo@gmial.com`` gives
    ``jo@gmail.com``.
    """
    local, _, domain = address.rpartition("@")
    if domain in _COMMON_DOMAINS:
        return None
    similar = difflib.get_close_matches(domain, _COMMON_DOMAINS, n=1, cutoff=_MIN_SIMILARITY)
    return f"{local}@{similar[0]}" if similar else None


def advertising_hash(address: str) -> str:
    """Return the SHA-256 of a normalised address, in hexadecimal digits.

    Advertising platforms accept suppression lists in this form.
    """
    return hashlib.sha256(re.sub(r"\s", "", address).encode()).hexdigest()
