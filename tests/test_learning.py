"""Tests of learning from what was not answered."""

from pathlib import Path

from bot.evaluation.labelled import read_nlu
from bot.learning import Missed, as_nlu, grouped

SAID = [
    Missed("do you sell pillows", "out_of_scope"),
    Missed("do you have pillows", "out_of_scope"),
    Missed("do you sell pillows", "out_of_scope"),
    Missed("what about the stuff of [email-1]", "nlu_fallback", ("access_or_delete", "collection")),
]


def test_what_means_the_same_stands_together() -> None:
    """Messages of one meaning are a group; what was said most often comes first, and each text once with its count."""
    first, second = grouped(SAID)
    assert first.messages == (("do you sell pillows", 2), ("do you have pillows", 1))
    assert (first.times, first.taken_for) == (3, ("out_of_scope",))
    assert (second.times, second.likely) == (1, ("access_or_delete", "collection"))


def test_it_is_training_data_but_for_the_label(tmp_path: Path) -> None:
    """The file is Rasa's own form: with an intent put in, every line is an example."""
    path = tmp_path / "learn.yml"
    odd = Missed('- "quoted": #yes\nand a second line', "nlu_fallback")
    path.write_text(as_nlu(grouped([*SAID, odd])).replace("intent: '?'", "intent: x"))
    assert {text for text, _ in read_nlu(path)} == {*(message.text for message in SAID), '- "quoted": #yes and a second line'}
    assert {intent for _, intent in read_nlu(path)} == {"x"}


def test_nothing_missed_is_no_group() -> None:
    """A bot that was asked nothing, or answered all, has nothing to learn."""
    assert grouped([]) == []
    assert grouped([Missed(" ", "out_of_scope")]) == []
