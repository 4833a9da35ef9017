"""Writes placeholders in place of personal data, so that nothing behind the channel ever sees it."""

import re
from collections.abc import Iterable, Sequence

from bot.privacy.recognition import Finding

PLACEHOLDER = re.compile(r"\[([a-z_]+)-(\d+)\]")

# What a chat is no place for at all: it is never kept, not even encrypted, and whoever types it is told so.
NEVER_TYPE = {"card": "a card number", "ssn": "a social security number", "iban": "a bank account number"}


def mask(text: str, findings: Sequence[Finding], placeholders: Sequence[str]) -> str:
    """Return ``text`` with each finding replaced by its placeholder: ``my mail is [email-1]``."""
    parts, last = [], 0
    for finding, placeholder in zip(findings, placeholders, strict=True):
        parts += [text[last : finding.start], placeholder]
        last = finding.end
    return "".join([*parts, text[last:]])


def warning(types: Iterable[str]) -> str:
    """Return what to tell whoever typed something that a chat is no place for; empty if there is nothing to say."""
    named = [NEVER_TYPE[kind] for kind in dict.fromkeys(types) if kind in NEVER_TYPE]
    if not named:
        return ""
    return f"That looked like {' and '.join(named)}. I have not kept it; please never type one into a chat."
