"""Tests of the time of recognition: no message makes a pattern backtrack without end."""

import subprocess
import sys

import pytest

from bot.paths import ROOT

PIECES = [
    "order # ",
    ": ",
    "1 ",
    "12-",
    "4111 ",
    "a.",
    "a at ",
    "@",
    "my ",
    "1742 a ",
    "dot ",
    "i am ",
    "9 ",
    "+1 (",
    "203.",
    "is ",
    "#",
    "#=:",
    "a@",
    "a@b.co/",
    "a a ",
    "jo at example dot ",
    "–",
    "x-dot-",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_message_of_repetitions_is_read_quickly(piece: str) -> None:
    """A message that repeats one piece a thousand characters long is read within the timeout.

    It is read in a process of its own, because a hanging pattern cannot be interrupted.
    """
    code = (
        "from bot.conversations.intake import clean; from bot.privacy.recognition import find; "
        "from bot.privacy.children import is_child;"
        "from bot.nlu.models.placeholders import read_over; "
        "from bot.policy.questions import Question\n"
        f"for head in ('', 'order number ', 'my email is '):\n"
        f"    text = clean(head + {piece!r} * (1000 // len({piece!r})) + '!')\n"
        "    find(text); is_child(text); read_over(text + '[email-1]'); Question(text).is_order"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=True)
