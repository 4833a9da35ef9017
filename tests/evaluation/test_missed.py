"""Tests of the grouping of unanswered messages."""

from pathlib import Path

from bot.assistant.tracker_store import Missed
from bot.evaluation.labelled import read_nlu
from bot.evaluation.missed import as_nlu, grouped

UNANSWERED = [
    Missed("do you sell pillows", "out_of_scope"),
    Missed("do you have pillows", "out_of_scope"),
    Missed("do you sell pillows", "out_of_scope"),
    Missed("what about the stuff of [email-1]", "nlu_fallback", ("access_or_delete", "collection")),
]


def test_messages_with_the_same_meaning_are_grouped() -> None:
    """Messages with the same meaning are a group.

    The most frequent group and text come first; a text comes once, with its count.
    """
    first, second = grouped(UNANSWERED)
    assert first.messages == (("do you sell pillows", 2), ("do you have pillows", 1))
    assert (first.times, first.taken_for) == (3, ("out_of_scope",))
    assert (second.times, second.likely) == (1, ("access_or_delete", "collection"))


def test_groups_are_training_data_without_labels(tmp_path: Path) -> None:
    """With an intent put in, the file is in Rasa's own form, and each line is an example."""
    path = tmp_path / "learn.yml"
    odd = Missed('- "quoted": #yes\nand a second line', "nlu_fallback")
    path.write_text(as_nlu(grouped([*UNANSWERED, odd])).replace("intent: '?'", "intent: x"))
    assert {text for text, _ in read_nlu(path)} == {
        *(message.text for message in UNANSWERED),
        '- "quoted": #yes and a second line',
    }
    assert {intent for _, intent in read_nlu(path)} == {"x"}


def test_no_message_gives_no_group() -> None:
    """Without unanswered messages, or with only an empty one, there is no group."""
    assert grouped([]) == []
    assert grouped([Missed(" ", "out_of_scope")]) == []
