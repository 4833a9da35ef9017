"""Names of people after words that announce a name; rather too few than too many.

A cue such as "my name is" is enough for a word that is no everyday word. After a weaker one, such
as "this is", the word must be a known first name, or two words must be written like a name.
"""

import re
from collections.abc import Iterator

from bot.privacy import name_patterns as patterns
from bot.privacy.finding import Found
from bot.privacy.reading import Reading
from bot.privacy.words import is_first_name, is_last_name, is_word

_TITLES = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof", "rev", "sir", "mx"])
_NOT_NAMES = frozenset(
    """
        here there done happy sorry glad sure ok okay not on in at the a an is was of for to and
        or but so my your our it this that no yes from with by as just still also very too
        spelled wrong being kept here there sir madam
    """.split()
)
_PARTICLES = frozenset(
    """
        de la del van von der den di da bin al el le st mc dos san jr sr ii iii
    """.split()
)
_MOST = 6  # words of a name


def names(reading: Reading) -> Iterator[Found]:
    """Yield names after a cue."""
    text = reading.original
    shouted = text.isupper()
    named = not patterns.WORDS_OF_STRONG.isdisjoint(reading.words)
    for match in patterns.STRONG.finditer(text) if named else ():
        if end := _name(text, match.end(), shouted, sure=True):
            yield "name", match.end(), end
    for match in patterns.WEAK.finditer(text):
        introduces = bool(patterns.INTRODUCES.match(match.group()))
        end = _name(text, match.end(), shouted, sure=False, introduces=introduces)
        # "shipping to Denver", but "an order for Jane Doe"
        loose = match.group().lower().startswith(("for", "to"))
        if end and not (loose and " " not in text[match.end() : end]):
            yield "name", match.end(), end
    for match in patterns.HERE.finditer(text) if "here" in reading.words else ():
        first = match["name"].split()[-1 if " " in match["name"] else 0].lower()
        if "'" in match["name"] and match["name"].lower().startswith("i"):
            continue
        opens = not text[: match.start()].strip()
        is_name = _name(match["name"], 0, shouted, sure=False, introduces=opens) == len(
            match["name"]
        )
        if is_name or (is_first_name(first) and not is_word(first)):
            start = match.start("name") if is_name else match.end("name") - len(first)
            yield "name", start, match.end("name")
    for match in patterns.IS_MY_NAME.finditer(text) if "name" in reading.words else ():
        if _name(match["name"], 0, shouted, sure=False) == len(match["name"]):
            yield "name", *match.span("name")
    if (whole := text.strip(" .!,\n")) and len(whole.split()) in (2, 3):
        start = text.index(whole)
        if _name(text, start, shouted, sure=False) == start + len(whole):
            yield "name", start, start + len(whole)


def _name(
    text: str, start: int, shouted: bool, *, sure: bool, introduces: bool = False
) -> int | None:
    """Return where a name that begins at a place ends, None if none does."""
    words: list[re.Match[str]] = []
    place = start
    while len(words) < _MOST and (match := patterns.WORD.match(text, place)):
        if not _could_be(match.group(), words, shouted, sure or introduces):
            break
        words.append(match)
        place = match.end()
        stops = match.group().endswith(".") and len(match.group()) > 3
        if text[place : place + 1] != " " or (stops and match.group()[:-1].lower() not in _TITLES):
            break
        place += 1
    while words and words[-1].group().lower().strip(".") in _PARTICLES - {"jr", "sr", "ii", "iii"}:
        words.pop()
    titles = sum(word.group().lower().strip(".") in _TITLES for word in words[:1])
    if len(words) == titles or not (sure or titles or _is_surely(words, shouted, introduces)):
        return None
    end = words[-1].end()
    return end - 1 if text[end - 1] == "." and len(words[-1].group()) > 2 else end


def _could_be(word: str, before: list[re.Match[str]], shouted: bool, sure: bool) -> bool:
    lower = word.lower().strip(".")
    if not before and lower in _TITLES:
        return True
    if (
        lower in _NOT_NAMES or lower.endswith(("n't", "'s"))  # "it's Murphy's law"
    ):
        return False
    if sure and not word.isascii():
        return True
    if not before and len(lower) == 1 and word[0].isupper() and lower != "i":
        return True
    if before and (lower in _PARTICLES or len(lower) == 1):
        return word[0].isupper() or lower in _PARTICLES
    if not before and lower in _PARTICLES and sure and word[0].isupper():
        return True
    is_title = word[0].isupper() and not shouted
    if not is_word(lower) and (is_first_name(lower) or is_last_name(lower)):
        return True
    if is_word(lower):
        named = is_last_name(lower) if before else is_first_name(lower)
        return len(lower) > 2 and ((is_title and (named or sure or bool(before))) or named)
    return is_title or (sure and len(lower) > 2) or (bool(before) and len(lower) > 2)


def _is_surely(words: list[re.Match[str]], shouted: bool, introduces: bool) -> bool:
    """Return whether words are a name even without a strong cue."""
    first, rest = words[0].group(), [word.group() for word in words[1:]]
    lower = first.lower().strip(".")
    is_title = first[0].isupper() and not shouted
    if is_first_name(lower) and not is_word(lower):
        return is_title or (bool(rest) and len(lower) > 2)
    if len(lower) == 1 and rest:  # R Hall
        return is_title and rest[0].istitle() and is_last_name(rest[0].lower())
    surnames = [word for word in rest if is_last_name(word.lower().strip("."))]
    if is_first_name(lower):  # "Mark Howard", but not "will do"
        return any(not is_word(name.lower()) or (is_title and name.istitle()) for name in surnames)
    unknown = [name for name in (first, *rest) if not is_word(name.lower().strip("."))]
    return not is_word(lower) and (
        (is_title and introduces) or (introduces and len(unknown) > 1) or bool(surnames)
    )
