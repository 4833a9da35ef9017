"""Slips of the thumb: the same messages as typed in a hurry on a phone."""

import random
from collections.abc import Callable, Sequence

from bot.evaluation.labelled import Labelled
from bot.nlu.models.keyboard import NEIGHBOURS

RATE = 0.03  # slips a character: about one in a message of seven words


def corrupted(labelled: Sequence[Labelled], seed: int = 0) -> list[Labelled]:
    """Return the labelled texts with slips in each: letters swapped, dropped or hit beside, spaces missed."""
    chance = random.Random(seed)
    return [(slipped(text, chance), intent) for text, intent in labelled]


def slipped(text: str, chance: random.Random) -> str:
    """Return ``text`` with at least one slip, and one more for every ``1 / RATE`` characters on average."""
    places = [place for place, letter in enumerate(text) if letter.isalpha() or letter == " "]
    if not places:
        return text
    slips = [place for place in places if chance.random() < RATE] or [chance.choice(places)]
    for place in reversed(slips):  # from the end, so that the places before stay where they are
        text = (_miss if text[place] == " " else chance.choice(_SLIPS))(text, place, chance)
    return text


def _swap(text: str, place: int, chance: random.Random) -> str:
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def _miss(text: str, place: int, chance: random.Random) -> str:
    return text[:place] + text[place + 1 :]


def _hit_beside(text: str, place: int, chance: random.Random) -> str:
    beside = NEIGHBOURS.get(text[place].lower(), text[place])
    return text[:place] + chance.choice(beside) + text[place + 1 :]


_SLIPS: tuple[Callable[[str, int, random.Random], str], ...] = (_swap, _miss, _hit_beside)
