"""Tests that no message, however odd, keeps recognition busy: its patterns must not explode."""

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
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_message_of_repetitions_is_read_in_no_time(piece: str) -> None:
    """A thousand characters of one thing after the other: a process that hangs is stopped, and that is a failure."""
    code = (
        "from bot.intake import clean; from bot.privacy.recognition import find; from bot.privacy.children import is_child;"
        "from bot.nlu.models.placeholders import read_over; from bot.policy.questions import Question\n"
        f"for head in ('', 'order number ', 'my email is '):\n"
        f"    text = clean(head + {piece!r} * (1000 // len({piece!r})) + '!')\n"
        "    find(text); is_child(text); read_over(text + '[email-1]'); Question(text).is_order"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=True)
