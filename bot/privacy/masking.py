"""Replaces personal data by typed placeholders, so that nothing behind the channel ever sees it."""

from collections import Counter
from dataclasses import dataclass

from bot.privacy.recognition import find

# What a chat is no place for at all: whoever types it is told so.
NEVER_TYPE = {"card": "a card number", "ssn": "a social security number", "iban": "a bank account number"}


@dataclass(frozen=True)
class Masked:
    """A text without personal data, and the types of what was in it, in order."""

    text: str
    types: tuple[str, ...] = ()

    def warning(self) -> str:
        """Return what to tell whoever typed something that a chat is no place for; empty if there is nothing to say."""
        named = [NEVER_TYPE[kind] for kind in dict.fromkeys(self.types) if kind in NEVER_TYPE]
        if not named:
            return ""
        return f"That looked like {' and '.join(named)}. I have not kept it; please never type one into a chat."


def mask(text: str) -> Masked:
    """Return ``text`` with each finding replaced by its type and number: ``my mail is [email-1]``."""
    numbers: Counter[str] = Counter()
    parts, last, types = [], 0, []
    for finding in find(text):
        numbers[finding.type] += 1
        parts += [text[last : finding.start], f"[{finding.type}-{numbers[finding.type]}]"]
        last = finding.end
        types.append(finding.type)
    return Masked("".join([*parts, text[last:]]), tuple(types))
