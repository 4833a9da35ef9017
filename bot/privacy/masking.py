"""Masking: replaces personal data by placeholders before Rasa, logs or stores see a text."""

import re
from collections.abc import Iterable, Sequence

from bot.privacy.finding import Finding
from bot.privacy.kinds import NEVER_TYPE

PLACEHOLDER = re.compile(r"\[([a-z_]+)-(\d+)\]")


def mask(text: str, findings: Sequence[Finding], placeholders: Sequence[str]) -> str:
    """Return ``text`` with each finding replaced by its placeholder: ``my mail is [email-1]``."""
    parts, last = [], 0
    for finding, placeholder in zip(findings, placeholders, strict=True):
        parts += [text[last : finding.start], placeholder]
        last = finding.end
    return "".join([*parts, text[last:]])


def warning(types: Iterable[str]) -> str:
    """Return the warning for these types of personal data; empty if none of them needs one."""
    named = list(dict.fromkeys(NEVER_TYPE[kind] for kind in types if kind in NEVER_TYPE))
    if not named:
        return ""
    return (
        f"That looked like {' and '.join(named)}. "
        "I have not kept it; please never type one into a chat."
    )
