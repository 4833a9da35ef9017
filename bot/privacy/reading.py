"""Reading of a text for recognition: its words, its groups of digits, and the cues among them.

A text is cut into atoms, runs of letters or of digits. Everything after that looks only at the
neighbours of an atom, so the time to read a text grows with its length and no faster.
"""

import re
from dataclasses import dataclass

from bot.privacy import cues
from bot.privacy.characters import folded

_ATOM = re.compile(r"\d+|[^\W\d_]+")
# Between two groups of one number: marks and spaces, or a line break of a web page.
_GAP = re.compile(
    r"[\s.,/\\_*|=+;:~()\[\]'\u20e3-]{0,4}|\s*<br\s*/?>\s*|\s(?:dash|dot|hyphen|minus|point)\s"
)
_DIGITS = {
    word: str(digit)
    for digit, words in enumerate(
        (
            "zero oh o cero",
            "one uno",
            "two dos",
            "three tres",
            "four cuatro",
            "five cinco",
            "six seis",
            "seven siete",
            "eight ocho",
            "nine nueve",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        )
    )
    for word in words.split()
}
_TIMES = {"double": 2, "triple": 3}
_LOOK_ALIKE = re.compile(r"[oil]{1,2}")
# Groups of a run that is read for numbers. Nobody types a longer one as a number; it is masked as a
# whole, because the time to read it would grow faster than its length.
_LONGEST_RUN = 48
_MANY_GROUPS, _LONGEST_OF_MANY = 96, 16  # and in a text with more groups than many
_NAMES_A_NUMBER = frozenset(["number", "no", "num", "id"])  # "BX5501928 order number"
_SENTENCE_END = re.compile(r"[!\n;]|(?<!\.)\.(?=\s|$)")
_ENDS_WITH_DOT = frozenset(
    """
        no nr num acct tel ph ext st mr mrs ms dr nmbr cust mob
    """.split()
)


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without anything between them, as figures or in words.

    ``first`` and ``last`` are its atoms. ``bare`` means that no letter touches it.
    """

    start: int
    end: int
    digits: str
    first: int
    last: int
    bare: bool = True
    spelled: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """Word that says what a number is; ``last`` is its last atom."""

    label: str
    first: int
    last: int


class Reading:
    """A text with its atoms, its groups of digits in runs, and its cues."""

    def __init__(self, text: str) -> None:
        self.text = folded(text)
        self.original = text
        spans = [match.span() for match in _ATOM.finditer(self.text)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        lower = self.text.lower() if len(self.text.lower()) == len(self.text) else self.text
        self.lower = lower
        self.words = [lower[start:end] for start, end in spans]
        self.has_digits = any(word.isdigit() for word in self.words)
        self.groups: list[Group] = []
        self._read_groups()
        runs = self._runs()
        longest = _LONGEST_RUN if sum(map(len, runs)) <= _MANY_GROUPS else _LONGEST_OF_MANY
        self.runs = [run for run in runs if len(run) <= longest]
        self.long_runs = [run for run in runs if len(run) > longest]
        self.cues = self._cues()
        self._sentence = self._sentences()
        self._known_after: dict[int, Cue | None] = {}
        self._known_before: dict[int, tuple[Cue, int] | None] = {}
        self._before: list[int] = []  # for each atom the number of cues that end before it
        count = 0
        for atom in range(len(self.words) + 1):
            while count < len(self.cues) and self.cues[count].last < atom:
                count += 1
            self._before.append(count)

    def gap(self, atom: int) -> str:
        """Return the text between an atom and the one before it."""
        if atom >= len(self.starts):
            return self.text[self.ends[-1] :] if self.ends else self.text
        return self.text[self.ends[atom - 1] if atom else 0 : self.starts[atom]]

    def glued(self, atom: int) -> bool:
        """Return whether nothing stands between an atom and the one before it."""
        return 0 < atom < len(self.starts) and self.starts[atom] == self.ends[atom - 1]

    def word(self, atom: int) -> str:
        """Return an atom in lower case, empty beyond the ends."""
        return self.words[atom] if 0 <= atom < len(self.words) else ""

    def same_sentence(self, first: int, second: int) -> bool:
        """Return whether two atoms are in one sentence."""
        return self._sentence[first] == self._sentence[second]

    def cue_before(self, atom: int, labels: frozenset[str] | None = None) -> tuple[Cue, int] | None:
        """Return the nearest cue before an atom in its sentence, and the atoms between."""
        if labels is not None:
            return self._cue_before(atom, labels)
        if atom not in self._known_before:
            self._known_before[atom] = self._cue_before(atom, None)
        return self._known_before[atom]

    def _cue_before(self, atom: int, labels: frozenset[str] | None) -> tuple[Cue, int] | None:
        for number in range(self._before[atom] - 1, max(self._before[atom] - 4, -1), -1):
            cue = self.cues[number]
            if not self.same_sentence(cue.last, atom):
                return None
            if labels is None or cue.label in labels:
                return cue, atom - cue.last - 1
        return None

    def cue_after(self, atom: int) -> Cue | None:
        """Return the cue that names what ends at an atom: ``… is my cell``."""
        if atom not in self._known_after:
            self._known_after[atom] = self._cue_after(atom)
        return self._known_after[atom]

    def _cue_after(self, atom: int) -> Cue | None:
        place, steps = atom + 1, 0
        if place < len(self.words) and not self.same_sentence(atom, place):
            return None
        while place < len(self.words) and steps < 5 and self.words[place] in cues.AFTER:
            place, steps = place + 1, steps + 1
        if place >= len(self.words) or not self.same_sentence(atom, place):
            return None
        between = self.text[self.ends[atom] : self.starts[place]]
        marked = bool(steps or set(between) & set("(=:"))
        number = self._before[place]
        for index in (number, number + 1):
            if index < len(self.cues) and self.cues[index].first - place in (0, 1):
                cue = self.cues[index]
                named = cue.label in ("phone", "ssn") or self.words[cue.last] in _NAMES_A_NUMBER
                return cue if marked or (named and between == " ") else None
        return None

    def _read_groups(self) -> None:
        atom = 0
        while atom < len(self.words):
            group = self._group_at(atom)
            if group is None:
                atom += 1
            else:
                self.groups.append(group)
                atom = group.last + 1

    def _group_at(self, atom: int) -> Group | None:
        first, digits, spelled = atom, "", False
        while atom < len(self.words):
            if atom > first and not self.glued(atom):
                break
            word = self.words[atom]
            if word.isdigit():
                digits += word
            elif word in _TIMES and atom == first and (times := self._repeated(atom)):
                digits, spelled, atom = times, True, atom + 1
            elif (
                atom == first
                and self.word(atom + 1) == "hundred"
                and len(_DIGITS.get(word, "")) == 1
            ):
                digits, spelled, atom = _DIGITS[word] + "00", True, atom + 1
            elif word in _DIGITS and (word != "o" or digits or self._follows_digits(atom)):
                digits, spelled = digits + _DIGITS[word], spelled or len(word) > 1
            elif digits and _LOOK_ALIKE.fullmatch(word) and self._digit_after(atom):
                digits += word.translate({111: "0", 105: "1", 108: "1"})
            else:
                break
            atom += 1
        if not digits or (spelled and first and self.glued(first)):
            return None
        last = atom - 1
        touched = (self.glued(first) and self.words[first - 1] not in cues.TOUCHING) or (
            self.glued(atom) and self.words[atom] not in cues.TOUCHING
        )
        return Group(self.starts[first], self.ends[last], digits, first, last, not touched, spelled)

    def _follows_digits(self, atom: int) -> bool:
        return bool(self.groups) and self.groups[-1].last == atom - 1

    def _repeated(self, atom: int) -> str:
        """Return the digits that "double five" or "triple 5" means."""
        word = self.word(atom + 1)
        digit = word if word.isdigit() and len(word) == 1 else _DIGITS.get(word, "")
        return digit * _TIMES[self.words[atom]] if len(digit) == 1 else ""

    def _digit_after(self, atom: int) -> bool:
        """Return whether letters like O or l stand where a digit would: not before a space."""
        after = self.text[self.ends[atom] : self.ends[atom] + 2]
        return bool(re.match(r"\d|[-.]\d", after))

    def _runs(self) -> list[list[Group]]:
        """Return the bare groups that could belong to one number, in runs."""
        runs: list[list[Group]] = []
        before: Group | None = None
        for group in self.groups:
            if not group.bare:
                before = None
                continue
            gap = self.text[before.end : group.start] if before else "?"
            if before and len(gap) < 12 and _GAP.fullmatch(gap):
                runs[-1].append(group)
            else:
                runs.append([group])
            before = group
        return runs

    def _cues(self) -> list[Cue]:
        found, atom = [], 0
        while atom < len(self.words):
            for phrase, label in cues.PHRASES.get(self.words[atom], ()):
                if self.words[atom : atom + len(phrase)] == phrase:
                    found.append(Cue(label, atom, atom + len(phrase) - 1))
                    atom += len(phrase) - 1
                    break
            atom += 1
        return found

    def _sentences(self) -> list[int]:
        """Return for each atom the number of its sentence."""
        numbers, number = [], 0
        for atom in range(len(self.words)):
            if atom:
                end = _SENTENCE_END.search(self.text, self.ends[atom - 1], self.starts[atom] + 1)
                if end and not (
                    end.group() == "\n"
                    or (end.group() == "." and self.words[atom - 1] in _ENDS_WITH_DOT)
                ):
                    number += 1
            numbers.append(number)
        return numbers
