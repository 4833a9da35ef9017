"""Correction of typing slips: an unknown word becomes the most likely word of the training data.

The model is a noisy channel (Kernighan, Church and Gale 1990). Of all words near to the typed one,
it takes the one for which the probability of this slip, times the probability of this word between
its neighbours, is largest. Words and neighbours are counted in the training data, so a word only
becomes one that means something to the bot. Other English words stay as they are.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Self

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from bot.paths import ENCODER_DIR

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_ENDINGS = ("'s", "'d", "'ll", "'re", "'ve")
_START, _END = "^", "$"
_KNOWN = 2  # examples with a word for it to count as a word, and not as a slip of the author's
_COMMON = 15  # examples with a word of one or two letters for another to be split off next to it
_SHORT = 3  # letters up to which a word of the dictionary is taken for a slip unless it is frequent
_FREQUENT = 2e-6  # share of the running words of a dictionary
_FAR = 6  # letters from which a word may be two slips away
_SMOOTHING = 4.0  # the weight of a word's own frequency, in neighbours
_FEW, _FOREIGN = 2, 0.45  # more slips, in number and as a share of the words, are another language
_CACHE_SIZE = 20_000  # words that are remembered with their corrections

# Negative logarithms of the frequency of each kind of slip, up to a constant.
_TWICE, _LEFT_OUT, _SWAPPED, _BESIDE, _SPACE, _ADDED, _ELSE = 1.5, 2.0, 2.0, 2.5, 2.5, 3.5, 4.0

_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # of an American keyboard
_KEY_OFFSETS = (0.0, 0.25, 0.75)  # of the rows, in widths of a key


def _neighbours() -> dict[str, str]:
    places = {
        key: (row, column + _KEY_OFFSETS[row])
        for row, keys in enumerate(_KEY_ROWS)
        for column, key in enumerate(keys)
    }
    return {
        key: "".join(
            other
            for other, (its_row, its_column) in places.items()
            if other != key and abs(row - its_row) <= 1 and abs(column - its_column) <= 1
        )
        for key, (row, column) in places.items()
    }


NEIGHBOURS = _neighbours()  # the keys around the key of each letter


class SpellingModel:
    """Counts of the words in the training data and of their neighbours, to mend texts by."""

    def __init__(self) -> None:
        self._examples = 0
        self._words: Counter[str] = Counter()  # number of examples with each word
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._vocabulary: list[str] = []
        self._cache: dict[str, dict[str, float]] = {}

    def fit(self, texts: Iterable[str]) -> None:
        """Count the words of texts and their neighbours."""
        for text in texts:
            words = [_START, *map(_normalised, _WORD.findall(text)), _END]
            self._examples += 1
            self._words.update(set(words[1:-1]))
            self._pairs.update(pairwise(words))
        self._prepare()

    def mend(self, text: str) -> str:
        """Return ``text`` with its slips mended, and all else unchanged to the letter."""
        found = list(_WORD.finditer(text))
        typed = [_normalised(match.group()) for match in found]
        slips = sum(not self._is_word(word) for word in typed)
        if not slips or slips > max(_FEW, len(typed) * _FOREIGN):
            return text
        read = self._with_spaces_mended(
            typed, [text[one.end() : other.start()] for one, other in pairwise(found)]
        )
        for place, word in enumerate(read):
            if word and not self._is_word(word) and not _is_initials(found[place].group()):
                before = next((w for w in reversed(read[:place]) if w), _START).split()[-1]
                after = next((w for w in read[place + 1 :] if w), _END)
                read[place] = self._most_likely(word, before, after)
        pieces, last = [], 0
        for match, before, after in zip(found, typed, read, strict=True):
            pieces += [text[last : match.start()], match.group() if before == after else after]
            last = match.end()
        return "".join(pieces) + text[last:]

    def save(self, folder: Path) -> None:
        """Write the counts to ``folder``."""
        state = {
            "examples": self._examples,
            "words": self._words,
            "pairs": [[*pair, count] for pair, count in self._pairs.items()],
        }
        (folder / "spelling.json").write_text(json.dumps(state), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote."""
        state = json.loads((folder / "spelling.json").read_text(encoding="utf-8"))
        model = cls()
        model._examples, model._words = state["examples"], Counter(state["words"])
        model._pairs = Counter({(one, other): count for one, other, count in state["pairs"]})
        model._prepare()
        return model

    def _prepare(self) -> None:
        self._vocabulary = [
            word for word, count in self._words.items() if count >= _KNOWN and len(word) > 1
        ]
        self._cache.clear()

    def _is_word(self, word: str) -> bool:
        short = len(word) <= _SHORT
        if (
            len(word) == 1
            or self._words[word] >= (1 if short else _KNOWN)
            or (word in _encoder_words() and not short)
        ):
            return True
        if _dictionary().word_usage_frequency(word) > (_FREQUENT if short else 0):
            return True
        return any(
            word.endswith(ending) and self._is_word(word.removesuffix(ending))
            for ending in _ENDINGS
        )

    def _stands_alone(self, word: str) -> bool:
        """Return True for a word that may be one of several typed without a space."""
        return self._words[word] >= (_COMMON if len(word) <= 2 else _KNOWN)

    def _most_likely(self, word: str, before: str, after: str) -> str:
        """Return the most likely meant word or words for an unknown one; itself if none is near."""
        near = self._candidates(word)
        return min(
            near, key=lambda meant: near[meant] + self._cost(before, meant, after), default=word
        )

    def _cost(self, before: str, words: str, after: str) -> float:
        """Return the negative logarithm of the probability of words between two others."""
        total = 0.0
        for one, other in pairwise([before, *words.split(), after]):
            seen = self._words[one] if one != _START else self._examples
            alone = 0.5 if other == _END else (self._words[other] + 0.01) / self._examples
            total -= math.log((self._pairs[one, other] + _SMOOTHING * alone) / (seen + _SMOOTHING))
        return total

    def _candidates(self, word: str) -> dict[str, float]:
        """Return the words that an unknown word may stand for, each with the cost of the slip."""
        if word not in self._cache:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            furthest = 2 if len(word) >= _FAR else 1
            close = process.extract(
                word, self._vocabulary, scorer=OSA.distance, score_cutoff=furthest, limit=None
            )
            least = min((distance for _, distance, _ in close), default=0)
            near = {
                meant: _slip_cost(word, meant, int(distance))
                for meant, distance, _ in close
                if distance == least
            }
            for parts in self._splits(word):
                near[" ".join(parts)] = _SPACE * (len(parts) - 1)
            self._cache[word] = near
        return self._cache[word]

    def _splits(self, word: str, most: int = 4) -> list[list[str]]:
        """Return the ways to read a word as several typed without spaces, ``most`` at most."""
        if most == 1 or len(word) < 2:
            return []
        found: list[list[str]] = []
        for cut in range(1, len(word)):
            first, rest = word[:cut], word[cut:]
            if self._stands_alone(first):
                if self._stands_alone(rest):
                    found.append([first, rest])
                else:
                    found += [[first, *parts] for parts in self._splits(rest, most - 1)]
        return found

    def _with_spaces_mended(self, words: list[str], between: Sequence[str]) -> list[str]:
        """Return the words with misplaced spaces mended: "yo uplace", "typ efield", "coo kies"."""
        words = list(words)
        for place, gap in enumerate(between):
            one, other = words[place], words[place + 1]
            if gap != " " or not one or not other or (self._is_word(one) and self._is_word(other)):
                continue
            shifts = [(one + other[0], other[1:]), (one[:-1], one[-1] + other), (one + other, "")]
            fitting = [
                pair
                for pair in shifts
                if all(self._stands_alone(word) for word in pair if word) and pair[0]
            ]
            if fitting:
                before = words[place - 1] if place and words[place - 1] else _START
                after = words[place + 2] if place + 2 < len(words) else _END
                words[place], words[place + 1] = min(
                    fitting,
                    key=lambda pair: self._cost(before.split()[-1], " ".join(pair), after),
                )
        return words


def _normalised(word: str) -> str:
    return word.lower().replace("’", "'")


def _is_initials(word: str) -> bool:
    return word.isupper() and len(word) < _FAR


def _slip_cost(typed: str, meant: str, distance: int) -> float:
    """Return the cost of a slip: the negative logarithm of its frequency, up to a constant."""
    if distance > 1:
        return _ELSE * distance
    place = next(
        (i for i, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other),
        min(len(typed), len(meant)),
    )
    if len(typed) > len(meant):
        return _TWICE if place and typed[place - 1] == typed[place] else _ADDED
    if len(typed) < len(meant):
        return _TWICE if place and meant[place - 1] == meant[place] else _LEFT_OUT
    if sorted(typed) == sorted(meant):
        return _SWAPPED
    return _BESIDE if typed[place] in NEIGHBOURS.get(meant[place], "") else _ELSE


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker(language="en")


@cache
def _encoder_words() -> frozenset[str]:
    """Return the words that are whole tokens of the encoder, also many names of companies."""
    return frozenset(
        filter(str.isalpha, (ENCODER_DIR / "vocab.txt").read_text(encoding="utf-8").split())
    )
