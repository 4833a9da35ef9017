"""Plain characters: the look-alikes of phones and word processors in their usual form."""

import unicodedata

import regex

# Full-width, small and mathematical forms of ASCII characters.
_FORMS = {
    code: form
    for block in (range(0xFE50, 0xFE70), range(0xFF01, 0xFF5F), range(0x1D400, 0x1D800))
    for code in block
    if (form := unicodedata.normalize("NFKC", chr(code))).isascii()
}
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\ufe63\uff0d"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "‘’‛ʹʻʼʽ′ʹ\uff07"), "'")
_FULL_STOPS = dict.fromkeys(map(ord, "\u3002\uff61"), ".")
_TABLE = _FORMS | _HYPHENS | _APOSTROPHES | _FULL_STOPS
# Invisible characters would hide a number or cut an address. Those that shape an emoji stay.
_INVISIBLE = regex.compile(
    r"([\p{So}\U0001f3fb-\U0001f3ff][\u200d\ufe0f\U000e0020-\U000e007f]+)"
    r"|\p{Default_Ignorable_Code_Point}"
)
_SPACE = regex.compile(r"[\p{Zs}\p{Zl}\p{Zp}]")
_ACCENT_FOR_APOSTROPHE = regex.compile(r"(?<=\p{L})[`´](?=\p{L})")
# Not the em dash and its like: between two words it separates them.
DASH = regex.compile(r"[\p{Dash}--[\u2014\u2015\u2e3a\u2e3b\ufe31\ufe32\ufe58]]", regex.V1)
_DASH_IN_WORD = regex.compile(rf"(?<=\w){DASH.pattern}(?=\w)", regex.V1)


class _Folded(dict[int, str]):
    """Table for ``str.translate``, made when it is used: one character for each character."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = character
        if regex.fullmatch(r"[\p{Dash}\p{Pd}]", character):
            folded = "-"
        elif character in "·•∙‧・․":
            folded = "."
        elif _SPACE.fullmatch(character):
            folded = " "
        elif (digit := unicodedata.digit(character, None)) is not None:
            folded = str(digit)
        elif len(form := unicodedata.normalize("NFKC", character)) == 1 and form.isascii():
            folded = form
        self[code] = folded
        return folded


_FOLDED = _Folded()


def folded(text: str) -> str:
    """Return a text of the same length, in which every dash, space and digit is the ASCII one.

    Unlike ``plain`` it is for recognition only: it also changes what a reader would miss.
    """
    return text if text.isascii() else text.translate(_FOLDED)


def plain(text: str) -> str:
    """Return a text with one character for each thing.

    All apostrophes, all spaces, all dashes inside a word, full-width forms and the digits of any
    script become ASCII; invisible characters are removed.
    """
    text = _ACCENT_FOR_APOSTROPHE.sub("'", text)
    if text.isascii():
        return text
    text = _SPACE.sub(" ", _INVISIBLE.sub(r"\1", text).translate(_TABLE))
    text = "".join(str(unicodedata.decimal(character, character)) for character in text)
    return str(_DASH_IN_WORD.sub("-", _ACCENT_FOR_APOSTROPHE.sub("'", text)))
