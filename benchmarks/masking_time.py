"""Time of recognition: by the length of a message, and by the messages that are looked back on.

    .venv/bin/python benchmarks/masking_time.py

It prints processor time, and the ratio when the length or the number doubles: about 2 is linear.
"""

import time
from collections.abc import Callable

from bot.privacy.recognition import find
from bot.privacy.split_values import find_split

_TALK = (
    "hi, my name is Jane Doe and i bought a lamp in 2023 for $199.99, order number 774120, please "
    "stop sending me 3 emails a day to jane.doe@example.com or call me at 612-555-0134. i live at "
    "350 5th Ave Apt 4b, New York, NY 10118. what do you know about me and do you sell my data? "
)
_QUESTION = "what do you know about me, and why do i get so much mail from you since i bought it? "
_PIECES = (_QUESTION, _TALK, "19 ", "1", "4 ", "4111 ", "@", "a.", "a at ", "12-", "+1 (", "one ")
_LENGTHS = (1000, 2000, 4000)
_NUMBERS = (2, 4, 8, 16)
_TIMES = 5


def milliseconds(work: Callable[[], object]) -> float:
    """Return the processor time of the fastest of some runs."""
    taken = []
    for _ in range(_TIMES):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return min(taken)


def main() -> None:
    """Print the times and their ratios."""
    find("warm up 1")
    print("characters: " + " ".join(f"{length:>8}" for length in _LENGTHS) + "   ratios")
    for piece in _PIECES:
        texts = [(piece * length)[:length] for length in _LENGTHS]
        _print(repr(piece[:12]), [milliseconds(lambda text=text: find(text)) for text in texts])
    print("messages:   " + " ".join(f"{number:>8}" for number in _NUMBERS) + "   ratios")
    for piece in (_QUESTION, "my card is 4111 "):
        talks = [[piece] * (number - 1) + ["1111 1111"] for number in _NUMBERS]
        _print(
            repr(piece[:12]), [milliseconds(lambda talk=talk: find_split(talk)) for talk in talks]
        )


def _print(name: str, times: list[float]) -> None:
    ratios = [later / max(first, 0.01) for first, later in zip(times, times[1:], strict=False)]
    print(
        f"{name:12}"
        + " ".join(f"{one:8.2f}" for one in times)
        + "   "
        + " ".join(f"{ratio:.1f}" for ratio in ratios)
    )


if __name__ == "__main__":
    main()
