"""E-mail addresses: checked, brought into one form, and looked at for slips of typing."""

import difflib
import hashlib
import re

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets with its angle brackets
# Where most shoppers have their mail; a domain that is nearly one of these may be a slip.
_COMMON = [
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
_NEARLY = 0.8


class BadAddress(ValueError):
    """This is no e-mail address; the message says what is wrong with it."""


def normalise(address: str) -> str:
    """Return an address in the one form in which it is compared and kept: lower case, domain in Unicode.

    Raises BadAddress. Nothing is looked up; that an address exists only its mail server knows.
    """
    if len(address) > MAX_LENGTH:
        raise BadAddress(f"An e-mail address has {MAX_LENGTH} characters at most.")
    try:
        # the domains of RFC 2606 (example, test) are fine here: they harm nobody
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from None
    return checked.normalized.lower()  # not casefold: ß is not ss in an address


def suggestion(address: str) -> str | None:
    """Return what was probably meant, if the domain is nearly a common one: ``jo@gmial.com`` gives ``jo@gmail.com``."""
    local, _, domain = address.rpartition("@")
    if domain in _COMMON:
        return None
    near = difflib.get_close_matches(domain, _COMMON, n=1, cutoff=_NEARLY)
    return f"{local}@{near[0]}" if near else None


def advertising_hash(address: str) -> str:
    """Return SHA-256 of a normalised address in hexadecimal: the form in which ad platforms take a suppression list."""
    return hashlib.sha256(re.sub(r"\s", "", address).encode()).hexdigest()
