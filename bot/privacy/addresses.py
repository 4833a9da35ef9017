"""Postal addresses: a number, the words of a street, a unit, a city, a state and its code."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from bot.policy.facts import facts
from bot.privacy import address_words as known
from bot.privacy.finding import Found
from bot.privacy.reading import Reading
from bot.privacy.words import is_word

_NUMBERS = frozenset(["one", "two", "three", "ten"])  # of a house, in words
_OWN_STREET = 15  # characters by which the address of the store is known
_NAME_WORDS = 5  # words of a street's name at most
_CITY_WORDS = 4
_FRACTION = 3  # digits after a slash at most: 684 1/2
# Whose addresses are none of the post: "DMX address 129".
_NO_POST = frozenset(
    """
        dmx dali modbus short starting start bus mac slave node web device network memory register
        ip url
    """.split()
)
_BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s*(?:box|bx)|pob|post\s?office box|post box|rr\s*\d+,?\s*box"
    r"|rural route\s*\d+,?\s*box|hc\s*\d+\s*box|(?:psc|unit|cmr)\s*\d+,?\s*box|p\.?\s?m\.?\s?b\.?)"
    r"\s*#?\s*\d+\w*",
    re.IGNORECASE,
)
_CANADIAN = re.compile(r"\b[abceghj-nprstvxy]\d[a-z] ?-?\d[a-z]\d\b", re.IGNORECASE)
_BRITISH = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_GERMAN = re.compile(
    r"\b[A-ZÄÖÜ][\w.-]*(?i:straße|strasse|str\.|platz|gasse|weg|allee|ring)\s\d{1,4}(?:\s?[a-z]\b|[-/]\d+)?"
    r"(?:[\s,]{1,2}\d{5}\s[A-ZÄÖÜ]\w+)?",
)
_GRID = re.compile(r"\b(?:[ns]\d{1,4}\s?[ew]|[ew]\d{1,4}\s?[ns])\d{2,5}\b", re.IGNORECASE)
_ZIP = re.compile(r"\d{5}(?:-\d{4})?(?![\d-])")
_ONLY_SPACE = re.compile(r"[\s,.;/|'#’–-]*")
_LETTER = re.compile(r"\d+|[^\W\d_]+")
_STOPS = frozenset(
    """
        please pls plz thanks thank and with is was last but so because i you we they do does
        can could that this who why what when how delete remove it from for since are be if my
        your stop ok hi hello or not no now
    """.split()
)


def may_hold_address(reading: Reading) -> bool:
    """Return whether a text has a number, or a word before an address; a cheap first check."""
    return (
        reading.has_digits
        or not _NUMBERS.isdisjoint(reading.words)
        or not _CUES_BY_WORD.keys().isdisjoint(reading.words)
    )


def addresses(reading: Reading) -> Iterator[Found]:
    """Yield postal addresses, without the store's own."""
    own = _own_address()
    place = reading.text.lower().find(own[:_OWN_STREET]) if own else -1
    end_of_own = _end_of_own(reading, own, place) if place >= 0 else -1
    for start, end in _all(reading):
        if not place <= start < end_of_own:
            yield "address", start, end


def _end_of_own(reading: Reading, own: str, place: int) -> int:
    """Return where the store's own address ends, from its street on."""
    words, end = set(_LETTER.findall(own)), place
    for atom in range(bisect_left(reading.starts, place), len(reading.words)):
        if reading.words[atom] not in words:
            break
        end = reading.ends[atom]
    return end


def _all(reading: Reading) -> Iterator[tuple[int, int]]:
    text, cued = reading.text, _cued(reading)
    if not reading.has_digits and _NUMBERS.isdisjoint(reading.words):
        yield from _without_numbers(reading, cued)
        return
    for pattern in (_BOX, _GRID):
        for match in pattern.finditer(text):
            last = bisect_left(reading.starts, match.end()) - 1
            if pattern is _GRID:
                street = _end_of_street(reading, last)
                last = last if street is None else street
            yield match.start(), _end(reading, _tail(reading, last))
    for atom in range(len(reading.words)):
        first = _house_number(reading, atom, cued)
        if first is None:
            continue
        if (end := _street(reading, atom, first, cued)) is not None:
            yield _start(reading, atom), _end(reading, end)
    yield from _without_numbers(reading, cued)
    yield from _cities(reading)
    for pattern in (_GERMAN, _CANADIAN):
        for match in pattern.finditer(reading.original if pattern is _GERMAN else text):
            yield match.span()
    if cued:
        for match in _BRITISH.finditer(text):
            yield match.span()


def _without_numbers(reading: Reading, cued: set[int]) -> Iterator[tuple[int, int]]:
    for atom in sorted(cued):
        if (end := _named_street(reading, atom)) is not None:
            yield reading.starts[atom], _end(reading, end)


def _cued(reading: Reading) -> set[int]:
    """Return the atoms that stand right after a cue of an address."""
    after = set()
    for atom, word in enumerate(reading.words):
        for phrase in _CUES_BY_WORD.get(word, ()):
            place = atom + len(phrase)
            if tuple(reading.words[atom:place]) == phrase and (
                word != "address" or reading.word(atom - 1) not in _NO_POST
            ):
                while reading.word(place) in ("is", "was", "at", "to", "in", "the", "my", "s", "a"):
                    place += 1
                after.add(place)
    return {atom for atom in after if atom < len(reading.words)}


def _house_number(reading: Reading, atom: int, cued: set[int]) -> int | None:
    """Return the atom after a house number that begins at an atom, None if none does."""
    word = reading.words[atom]
    before = reading.text[max(0, reading.starts[atom] - 1) : reading.starts[atom]]
    if not word.isdigit():
        if word in _NUMBERS and (atom in cued or reading.original[reading.starts[atom]].isupper()):
            return atom + 1
        return None
    if len(word) > 6 or before in ("$", "£", "€", ".", "/", "-", "_"):
        return None
    if reading.glued(atom) and not _of_grid(reading, atom):
        return None
    after = atom + 1
    if reading.glued(after) and len(reading.word(after)) == 1:  # 12b
        after += 1
    elif reading.glued(after):
        return None
    if (
        reading.word(after) == "1"
        and reading.word(after + 1) == "2"
        and reading.gap(after + 1) == "/"
    ):
        after += 2  # 684 1/2
    while (
        reading.word(after).isdigit() and reading.gap(after) in ("-", "/", " ") and after < atom + 4
    ):
        if reading.gap(after) == " " and reading.word(after + 1) not in (
            "st",
            "nd",
            "rd",
            "th",
            "2",
        ):
            break
        if reading.glued(after + 1) and reading.gap(after) == " ":  # 12345 67th
            break
        if reading.gap(after) == "/" and len(reading.words[after]) > _FRACTION:
            return None  # EU 2019/2020
        after += 1
    return after if _joined(reading, after) else None


def _of_grid(reading: Reading, atom: int) -> bool:
    """Return whether a number is that of a house on a grid of roads: N4417 Hillcrest Rd."""
    letter = reading.word(atom - 1) in ("n", "s", "e", "w") and not reading.glued(atom - 1)
    return letter and len(reading.words[atom]) >= _FRACTION


def _street(reading: Reading, atom: int, first: int, cued: set[int]) -> int | None:
    """Return the last atom of the address whose house number ends before an atom."""
    if reading.word(first) in known.FOREIGN_TYPES and reading.word(first) not in known.TYPES:
        last = first
        while last < first + 4 and _is_name(reading, last + 1) and _joined(reading, last + 1):
            last += 1
        return _tail(reading, last, loose=True) if last > first else None
    if (numbered := _numbered(reading, first)) is not None:
        return _tail(reading, numbered, loose=atom in cued)
    if (named := _end_of_street(reading, first - 1)) is not None:
        end = _tail(reading, named)
        if _is_certain(reading, first, named, end, cued=atom in cued):
            return _tail(reading, named, loose=atom in cued)
    if atom in cued and _is_name(reading, first):
        last = first
        while last < first + 4 and _is_name(reading, last + 1) and _joined(reading, last + 1):
            last += 1
        return _tail(reading, last, loose=True)
    return None


def _end_of_street(reading: Reading, number: int) -> int | None:
    """Return the last atom of a street's name after a number: its last type or direction."""
    found = None
    for atom in range(number + 1, min(number + 2 + _NAME_WORDS, len(reading.words))):
        word = reading.words[atom]
        if not _joined(reading, atom):
            break
        is_type = word in known.TYPES and (atom > number + 1 or word in known.ALONE)
        if is_type:
            found = atom
            if not (reading.word(atom + 1) in known.TYPES and _joined(reading, atom + 1)):
                break
        elif (
            (word in known.NO_STREET and word not in known.DIRECTIONS)
            or (word.isdigit() and not _ordinal_or_route(reading, atom))
            or (set(",;/|") & set(reading.gap(atom)) and atom > number + 1)
        ):
            break
    if found is not None and reading.word(found + 1) in known.ARTICLES:
        return None
    return found


def _ordinal_or_route(reading: Reading, atom: int) -> bool:
    return reading.glued(atom + 1) or reading.word(atom - 1) in (
        "road",
        "route",
        "rd",
        "rte",
        "highway",
        "hwy",
        "county",
        "state",
    )


def _is_certain(reading: Reading, first: int, last: int, end: int, *, cued: bool) -> bool:
    """Return whether a number, words and a type are a street, and not "5 star place"."""
    name = reading.words[first:last]
    if any(word in known.NO_STREET for word in name if word not in known.DIRECTIONS):
        return False
    if cued or end > last:
        return True
    written = [
        reading.original[reading.starts[atom]].isupper()
        for atom in range(first, last)
        if not reading.words[atom].isdigit() and len(reading.words[atom]) > 2
    ]
    shouted = reading.original.isupper()
    titled = bool(written) and all(written) and not shouted
    if reading.words[last] in known.STRONG_TYPES:
        return True
    unusual = any(not is_word(word) for word in name if word.isalpha() and len(word) > 2)
    if unusual and len(reading.words[first - 1]) >= 3:  # "3478 beth radial"
        return True
    return titled and reading.original[reading.starts[last]].isupper()


def _numbered(reading: Reading, first: int) -> int | None:
    """Return the last atom of a numbered road that begins at an atom: ``U.S. Highway 2``."""
    atom = first
    while atom < first + 5 and reading.word(atom) in known.OF_ROADS and _joined(reading, atom):
        atom += 1
    numbered = atom > first and reading.word(atom).isdigit() and _joined(reading, atom)
    return atom if numbered and reading.word(atom - 1) in known.NUMBERED else None


def _tail(reading: Reading, last: int, *, loose: bool = False) -> int:
    """Return the last atom of what follows a street: direction, unit, city, state, code, country.

    ``loose`` also takes a city without a state: up to a word that goes on with the sentence.
    """
    atom = last + 1
    if reading.word(atom) in known.DIRECTIONS and _joined(reading, atom, "."):
        last, atom = atom, atom + 1
    if reading.word(atom).isdigit() and reading.word(last) in (
        "road",
        "rd",
        "route",
        "highway",
        "hwy",
    ):
        last, atom = atom, atom + 1
    for _ in range(3):
        end = _unit(reading, atom)
        if end is None:
            break
        last, atom = end, end + 1
    end = _city_and_state(reading, atom)
    if end is not None:
        return end
    for city in range(atom, atom + _CITY_WORDS):
        if not _joined(reading, city) or reading.word(city) in _STOPS:
            break
        if (zipped := _zip_at(reading, city)) is not None:
            return zipped
    if loose:
        end = last
        while (
            end < last + _CITY_WORDS
            and end + 1 < len(reading.words)
            and _joined(reading, end + 1)
            and reading.word(end + 1) not in _STOPS
            and _zip_at(reading, end + 1) is None
            and (not is_word(reading.word(end + 1)) or _upper(reading, end + 1))
        ):
            end += 1
        zipped = _zip_at(reading, end + 1)
        if zipped is None or not _joined(reading, end + 1):
            return end
        city = zipped + 1  # 75002 Paris
        named = city < len(reading.words) and _joined(reading, city) and _upper(reading, city)
        return city if named and not reading.words[city].isdigit() else zipped
    return last


def _unit(reading: Reading, atom: int) -> int | None:
    """Return the last atom of a unit that begins at an atom: ``apt 4b``, ``# 12``."""
    if atom >= len(reading.words) or not _joined(reading, atom):
        return None
    word = reading.word(atom)
    if word.isdigit() and reading.glued(atom + 1) and reading.word(atom + 2) in ("floor", "fl"):
        return atom + 2  # 9th floor
    if word in known.UNITS and atom + 1 < len(reading.words) and len(reading.gap(atom + 1)) <= 3:
        end = atom + 1
        if not (any(map(str.isdigit, reading.word(end))) or len(reading.word(end)) <= 2):
            return None
    elif "#" in reading.gap(atom):
        end = atom
    else:
        return None
    while reading.glued(end + 1) or (reading.gap(end + 1) == "-" and end + 1 < len(reading.words)):
        end += 1
    return end


def _city_and_state(reading: Reading, atom: int) -> int | None:
    """Return the last atom of a city and a state that begin at an atom."""
    for state in range(atom, min(atom + _CITY_WORDS + 1, len(reading.words))):
        if not _joined(reading, state):
            return None
        end = _state_at(reading, state)
        if end is not None:
            if _joined(reading, end + 1) and _state_at(reading, end + 1) is not None:
                continue  # New York, NY
            coded = _zip_at(reading, end + 1)
            has_comma = "," in reading.gap(state) or "\n" in reading.gap(state)
            if (
                coded is not None
                or has_comma
                or _upper(reading, state)
                or state == len(reading.words) - 1
            ):
                last = coded if coded is not None else end
                if reading.word(last + 1) in known.COUNTRIES and _joined(reading, last + 1):
                    last += 1
                return last
        if reading.words[state].isdigit() or reading.words[state] in _STOPS:
            return None
    return None


def _state_at(reading: Reading, atom: int) -> int | None:
    """Return the last atom of a state that begins at an atom."""
    if reading.word(atom) in known.STATES:
        return atom
    if reading.word(atom) not in _STATES_BEGIN:
        return None
    for length in (1, 2, 3):
        if tuple(reading.words[atom : atom + length]) in known.STATE_NAMES:
            return atom + length - 1
    return None


def _zip_at(reading: Reading, atom: int) -> int | None:
    """Return the last atom of a ZIP code or a Canadian code that begins at an atom."""
    if atom >= len(reading.words) or not _ONLY_SPACE.fullmatch(reading.gap(atom)):
        return None
    for pattern in (_ZIP, _CANADIAN, _BRITISH):
        if match := pattern.match(reading.text, reading.starts[atom]):
            return bisect_left(reading.starts, match.end()) - 1
    return None


def _cities(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield cities with a state and its code and no street: ``Eagan, MN 55121``."""
    for atom in range(1, len(reading.words)):
        end = _state_at(reading, atom)
        if end is None:
            continue
        coded = _zip_at(reading, end + 1)
        if coded is None or not _joined(reading, atom):
            continue
        first = atom
        comma = "," in reading.gap(atom)
        while (
            first > max(0, atom - 3)
            and not reading.words[first - 1].isdigit()
            and reading.word(first - 1) not in _STOPS
            and reading.word(first - 1) not in known.NO_STREET
            and (first == atom or (_joined(reading, first) and "," not in reading.gap(first)))
            and (_upper(reading, first - 1) or comma or not is_word(reading.word(first - 1)))
        ):
            first -= 1
        if first < atom:
            yield reading.starts[first], reading.ends[coded]


def _named_street(reading: Reading, atom: int) -> int | None:
    """Return the last atom of a street without a number, after a cue: ``live on maple street``."""
    if reading.word(atom) in ("on", "off"):
        atom += 1
    for last in range(atom + 1, min(atom + 4, len(reading.words))):
        if not _joined(reading, last) or reading.words[last - 1] in known.NO_STREET:
            return None
        if (
            reading.words[last] in known.STRONG_TYPES - {"place", "pl", "court", "ct"}
            and reading.word(last + 1) not in known.ARTICLES
        ):
            if reading.word(last + 1) == "in" and last + 2 < len(reading.words):
                return _tail(reading, last + 1, loose=True)
            return _tail(reading, last)
    return None


def _joined(reading: Reading, atom: int, also: str = "") -> bool:
    """Return whether only spaces and the marks of an address stand before an atom."""
    if atom >= len(reading.words):
        return False
    gap = reading.gap(atom)
    return len(gap) <= 4 and bool(_ONLY_SPACE.fullmatch(gap))


def _is_name(reading: Reading, atom: int) -> bool:
    word = reading.word(atom)
    return bool(word) and not word.isdigit() and word not in known.NO_STREET | _STOPS


def _upper(reading: Reading, atom: int) -> bool:
    return reading.original[reading.starts[atom]].isupper()


def _start(reading: Reading, atom: int) -> int:
    for unit in (atom - 2, atom - 3):  # apt 4b, 1391 …
        if unit >= 0 and reading.word(unit) in known.UNITS and _unit(reading, unit) == atom - 1:
            return reading.starts[unit]
    start = reading.starts[atom - 1 if reading.glued(atom) else atom]
    return start - 1 if reading.text[start - 1 : start] == "#" else start


def _end(reading: Reading, atom: int) -> int:
    return reading.ends[atom]


_STATES_BEGIN = frozenset(name[0] for name in known.STATE_NAMES)
_CUES_BY_WORD: dict[str, list[tuple[str, ...]]] = {}
for _phrase in known.CUES:
    _CUES_BY_WORD.setdefault(_phrase[0], []).append(_phrase)


@cache
def _own_address() -> str:
    return facts().text("mail_address").lower()
