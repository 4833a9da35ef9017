"""Typing slips put into messages, as if they were typed in a hurry on a phone."""

import random
from collections.abc import Callable, Sequence

from bot.evaluation.labelled import Labelled
from bot.nlu.models.spelling import NEIGHBOURS

RATE = 0.03  # slips per character: about one in a message of seven words


def corrupted(labelled: Sequence[Labelled], seed: int = 0) -> list[Labelled]:
    """Return the labelled texts with slips in each.

    Letters are swapped, dropped, or replaced by the key next to them, and spaces are left out.
    """
    rng = random.Random(seed)
    return [(slipped(text, rng), intent) for text, intent in labelled]


def slipped(text: str, rng: random.Random) -> str:
    """Return ``text`` with slips: at least one, and on average one per ``1 / RATE`` characters."""
    places = [place for place, letter in enumerate(text) if letter.isalpha() or letter == " "]
    if not places:
        return text
    slips = [place for place in places if rng.random() < RATE] or [rng.choice(places)]
    for place in reversed(slips):  # from the end, so that earlier places stay valid
        text = (_miss if text[place] == " " else rng.choice(_SLIPS))(text, place, rng)
    return text


def _swap(text: str, place: int, rng: random.Random) -> str:
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def _miss(text: str, place: int, rng: random.Random) -> str:
    return text[:place] + text[place + 1 :]


def _hit_beside(text: str, place: int, rng: random.Random) -> str:
    beside = NEIGHBOURS.get(text[place].lower(), text[place])
    return text[:place] + rng.choice(beside) + text[place + 1 :]


_SLIPS: tuple[Callable[[str, int, random.Random], str], ...] = (_swap, _miss, _hit_beside)
