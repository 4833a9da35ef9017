"""References of opt-outs and handoffs.

They can be read out on the phone, have a check character against errors, and are too many to be
guessed. Older ones are shorter (``K7M-4QXT``); they are still understood.
"""

import re
import secrets

# Without vowels, so that no reference is a word. Without 0, 1, I, L and O, which look alike, and
# without 5 and 8, which look like S and B.
ALPHABET = "234679BCDFGHJKMNPQRSTVWXZ"
LENGTH = 14  # with its hyphens, as it is stored
EXAMPLE = "K7M4-QXT9-RWDF"
_RANDOM = 11  # characters before the check character: 25^11 references
_WEIGHTS = (1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13)
_SIMILAR = re.compile(
    r"\b(?:[A-Z0-9]{2,4}-){1,2}[A-Z0-9]{3,5}\b|\breference(?: number| no\.?|:)? (?=\S*\d)\S+"
)
_BETWEEN = r"[-\s.\u2010-\u2013]?"
_GROUP = f"[{ALPHABET}]"
_WRITTEN = re.compile(
    rf"\b({_GROUP}{{4}}){_BETWEEN}({_GROUP}{{4}}){_BETWEEN}({_GROUP}{{4}})\b"
    rf"|\b({_GROUP}{{3}}){_BETWEEN}({_GROUP}{{4}})\b",
    re.IGNORECASE,
)


def new_reference() -> str:
    """Return a random reference: ``K7M4-QXT9-RWDF``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    written = letters + _check_character(letters)
    # Digits alone are more likely a number of something else, and are not read as a reference.
    return new_reference() if written.isdigit() else _hyphenated(written)


def parse_reference(text: str) -> str | None:
    """Return the stored form of a reference in any spelling; None if the text is not one."""
    match = _WRITTEN.fullmatch(text.strip())
    return _stored_form(match) if match else None


def find_reference(text: str) -> str | None:
    """Return the first reference in a text; None if there is none."""
    return next(filter(None, map(_stored_form, _WRITTEN.finditer(text))), None)


def looks_like_reference(text: str) -> bool:
    """Return whether a text has something that looks like a reference, valid or not."""
    return bool(_SIMILAR.search(text))


def _stored_form(match: re.Match[str]) -> str | None:
    letters = "".join(filter(None, match.groups())).upper()
    # Ignoring case, the Kelvin sign is a K too.
    if not set(letters) <= set(ALPHABET) or (len(letters) == _RANDOM + 1 and letters.isdigit()):
        return None
    return _hyphenated(letters) if _check_character(letters[:-1]) == letters[-1] else None


def _hyphenated(letters: str) -> str:
    size = 4 if len(letters) == _RANDOM + 1 else 3
    return "-".join(filter(None, (letters[:size], letters[size : size + 4], letters[size + 4 :])))


def _check_character(letters: str) -> str:
    """Return the check character: the weighted sum of the characters, modulo 25.

    It reveals one wrong character, or two swapped neighbours, because neither a weight nor the
    difference between neighbouring weights shares a factor with 25. The weight of the check
    character itself is 24.
    """
    places = (
        weight * ALPHABET.index(letter) for weight, letter in zip(_WEIGHTS, letters, strict=False)
    )
    return ALPHABET[sum(places) % len(ALPHABET)]
