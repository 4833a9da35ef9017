"""Recognition of messages in another language than English, by scripts and by words.

English is what a message is taken for unless there is proof of another language: two of its words
that English does not have, or a script. A name, a slip of the thumb or one word is no proof.
"""

import importlib
import unicodedata
from dataclasses import dataclass
from functools import cache

import regex

from bot.policy.languages import Language, load_languages
from bot.privacy.words import is_first_name, is_word

_WORD = regex.compile(r"\p{L}\p{M}*(?:[\p{L}\p{M}]*\p{L}\p{M}*)?")
_ASCII_WORD = regex.compile(r"[a-z]{2,}")
_LETTER = regex.compile(r"\p{L}")
_LATIN_WORD = regex.compile(r"\p{Script=Latin}+")
_LETTERS_A_WORD = 4  # of Latin letters, against which those of another script are weighed
_LATIN = regex.compile(r"\p{Script=Latin}")
_BY_HAND = str.maketrans({"ß": "ss", "đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})
_WORDS = 3  # of a language, one of them not English, that prove it without another such word
_SHORT = 2  # letters of a word that may as well be a slip of the thumb
_LETTERS = 2  # of a script or of a language alone, that prove it
_OTHER = "other"  # a script that data/languages.yml does not know
# What every American knows, also in the middle of English.
_KNOWN_HERE = frozenset(
    [
        "hola",
        "amigo",
        "gracias",
        "merci",
        "bonjour",
        "ciao",
        "danke",
        "adios",
        "salud",
        "voila",
        "nada",
        "carte",
        "sera",
        "deja",
        "vu",
    ]
)


@dataclass(frozen=True)
class _Lexicon:
    """Words of a language, without accents; ``weak`` ones prove nothing by themselves."""

    language: Language
    words: frozenset[str]
    weak: frozenset[str]

    def proof(self, tokens: list[str]) -> tuple[int, int, int]:
        """Return how many words only it has, how many it has at all, and how many English has."""
        own = [token for token in tokens if token in self.words]
        strong = {
            token
            for token in own
            if len(token) > _SHORT
            and token not in self.weak | _KNOWN_HERE
            and not _is_english(token)
        }
        english = [token for token in tokens if token not in self.words and is_word(token)]
        return len(strong), len(own), len(english)


def language_of(text: str) -> str:
    """Return the code of the language of a message, empty for English and for what is unclear."""
    if text.isascii():
        tokens = _ASCII_WORD.findall(text.lower())
    else:
        strange = len(_LETTER.findall(text)) - len(_LATIN.findall(text))
        if strange >= _LETTERS and strange * 2 >= len(_LATIN_WORD.findall(text)) * _LETTERS_A_WORD:
            return _by_script(text)
        words = _WORD.findall(text.replace("'", " "))
        tokens = [without_accents(word) for word in words if word[1:]]
        if by_letters := _by_letters(text, tokens):
            return by_letters
    foreign = sum(not _is_english(token) for token in tokens)
    if len(tokens) < 2 or not foreign:
        return ""
    best = max(_lexicons(), key=lambda one: _rank(one.proof(tokens)))
    return best.language.code if _is_proved(*best.proof(tokens), len(tokens)) else ""


def without_accents(word: str) -> str:
    """Return a word in lower case, without accents, as many people type it."""
    parts = unicodedata.normalize("NFD", word.lower().translate(_BY_HAND))
    return "".join(part for part in parts if not unicodedata.combining(part))


def _is_proved(strong: int, own: int, english: int, count: int) -> bool:
    if strong >= 2:
        return own > english
    return strong == 1 and own >= _WORDS and not english and own * 2 >= count


def _rank(proof: tuple[int, int, int]) -> tuple[float, int]:
    strong, own, english = proof
    return strong + 0.5 * (own - strong), -english


def _is_english(word: str) -> bool:
    return is_word(word) or is_first_name(word)


def _by_script(text: str) -> str:
    """Return the language of a script; kana make Chinese characters Japanese."""
    scripts = {one.script: one.code for one in load_languages().values() if one.script}
    counts = {
        code: len(regex.findall(rf"\p{{Script={script}}}", text))
        for script, code in scripts.items()
    }
    if regex.search(r"[\p{Script=Hiragana}\p{Script=Katakana}]", text):
        return scripts.get("Hiragana", _OTHER)
    code, count = max(counts.items(), key=lambda item: item[1])
    return code if count else _OTHER


def _by_letters(text: str, tokens: list[str]) -> str:
    """Return the language whose own letters most words of a text have."""
    for language in load_languages().values():
        if language.letters:
            words = [word for word in text.split() if regex.search(language.letters, word)]
            if len(words) >= _LETTERS and len(words) * 3 >= len(tokens):
                return language.code
    return ""


@cache
def _lexicons() -> tuple[_Lexicon, ...]:
    found = []
    for language in load_languages().values():
        if language.words:
            plain = {without_accents(word) for word in (*language.words, *_stop_words(language))}
            weak = {without_accents(word) for word in language.weak}
            found.append(_Lexicon(language, frozenset(plain | weak), frozenset(weak)))
    return tuple(found)


def _stop_words(language: Language) -> frozenset[str]:
    """Return spaCy's stop words of a language."""
    if not language.spacy:
        return frozenset()
    module = importlib.import_module(f"spacy.lang.{language.spacy}.stop_words")
    return frozenset(word for word in module.STOP_WORDS if len(word) > 1)
