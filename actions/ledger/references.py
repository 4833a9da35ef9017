"""References: short enough to read out on the phone, with a character by which a slip is noticed."""

import re
import secrets

# No vowels, so that no words come about; no 0, 1, I, L, O, and no 5 and 8, which look like S and B.
ALPHABET = "234679BCDFGHJKMNPQRSTVWXZ"
_LENGTH = 6  # before the check character: 25^6, some 244 million
_SIMILAR = re.compile(r"\b[A-Z0-9]{2,4}-[A-Z0-9]{3,5}\b|\breference(?: number| no\.?|:)? (?=\S*\d)\S+")
_WRITTEN = re.compile(r"\b([2-9BCDFGHJKMNPQRSTVWXZ]{3})[-\s.–]?([2-9BCDFGHJKMNPQRSTVWXZ]{4})\b", re.IGNORECASE)


def new_reference() -> str:
    """Return a random reference: ``K7M-4QXT``."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return _shaped(drawn + _check(drawn))


def parse_reference(text: str) -> str | None:
    """Return a reference as it is stored, however it is written; None if it cannot be one."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    letters = "".join(match.groups()).upper()
    return _shaped(letters) if set(letters) <= set(ALPHABET) and _check(letters[:-1]) == letters[-1] else None


def find_reference(text: str) -> str | None:
    """Return the first reference in a text, None if there is none."""
    return next(filter(None, (parse_reference(match.group()) for match in _WRITTEN.finditer(text))), None)


def looks_like_reference(text: str) -> bool:
    """Return whether a text names something that somebody may take for a reference."""
    return bool(_SIMILAR.search(text))


def _shaped(letters: str) -> str:
    return f"{letters[:3]}-{letters[3:]}"


def _check(letters: str) -> str:
    """Return the check character: a weighted sum, so that one wrong character and two swapped neighbours are noticed.

    The weights 1, 2, 3, 4, 6, 7 have no factor with 25, nor have the differences of neighbours.
    """
    weights = (1, 2, 3, 4, 6, 7)
    return ALPHABET[
        sum(weight * ALPHABET.index(letter) for weight, letter in zip(weights, letters, strict=True)) % len(ALPHABET)
    ]
