"""References of opt-outs and handoffs.

They are short enough to be read out on the phone, and have a check character against errors.
"""

import re
import secrets

# Without vowels, so that no reference is a word. Without 0, 1, I, L and O, which look alike, and
# without 5 and 8, which look like S and B.
ALPHABET = "234679BCDFGHJKMNPQRSTVWXZ"
_LENGTH = 6  # without the check character: 25^6 references, some 244 million
_SIMILAR = re.compile(
    r"\b[A-Z0-9]{2,4}-[A-Z0-9]{3,5}\b|\breference(?: number| no\.?|:)? (?=\S*\d)\S+"
)
_WRITTEN = re.compile(
    r"\b([2-9BCDFGHJKMNPQRSTVWXZ]{3})[-\s.–]?([2-9BCDFGHJKMNPQRSTVWXZ]{4})\b", re.IGNORECASE
)


def new_reference() -> str:
    """Return a random reference: ``K7M-4QXT``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return _hyphenated(letters + _check_character(letters))


def parse_reference(text: str) -> str | None:
    """Return the stored form of a reference in any spelling; None if the text is not one."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    letters = "".join(match.groups()).upper()
    return (
        _hyphenated(letters)
        if set(letters) <= set(ALPHABET) and _check_character(letters[:-1]) == letters[-1]
        else None
    )


def find_reference(text: str) -> str | None:
    """Return the first reference in a text; None if there is none."""
    return next(
        filter(None, (parse_reference(match.group()) for match in _WRITTEN.finditer(text))), None
    )


def looks_like_reference(text: str) -> bool:
    """Return whether a text has something that looks like a reference, valid or not."""
    return bool(_SIMILAR.search(text))


def _hyphenated(letters: str) -> str:
    return f"{letters[:3]}-{letters[3:]}"


def _check_character(letters: str) -> str:
    """Return the check character: the weighted sum of the characters, modulo 25.

    It reveals one wrong character, or two swapped neighbours, because neither the weights (1, 2, 3,
    4, 6, 7) nor the differences between neighbouring weights share a factor with 25.
    """
    weights = (1, 2, 3, 4, 6, 7)
    return ALPHABET[
        sum(
            weight * ALPHABET.index(letter) for weight, letter in zip(weights, letters, strict=True)
        )
        % len(ALPHABET)
    ]
