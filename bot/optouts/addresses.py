"""Checks of e-mail addresses: probable typing errors, and their hash.

Their normal form is in ``bot.privacy.emails``, because the vault compares addresses in it too.
"""

import difflib
import hashlib
import re

from bot.privacy.email_patterns import MAILBOX_DOMAINS
from bot.privacy.emails import BadAddress, normalise

__all__ = ["BadAddress", "advertising_hash", "normalise", "suggestion"]

# A domain that is very similar to a common one may be a typing error.
_MIN_SIMILARITY = 0.8  # of a domain to a common one, as difflib measures it


def suggestion(address: str) -> str | None:
    """Return the address that was probably meant; None if there is no typing error.

    A domain is an error if it is very similar to a common one: ``jo@gmial.com`` gives
    ``jo@gmail.com``.
    """
    local, _, domain = address.rpartition("@")
    if domain in MAILBOX_DOMAINS:
        return None
    similar = difflib.get_close_matches(domain, MAILBOX_DOMAINS, n=1, cutoff=_MIN_SIMILARITY)
    return f"{local}@{similar[0]}" if similar else None


def advertising_hash(address: str) -> str:
    """Return the SHA-256 of a normalised address, in hexadecimal digits.

    Advertising platforms accept suppression lists in this form.
    """
    return hashlib.sha256(re.sub(r"\s", "", address).encode()).hexdigest()
