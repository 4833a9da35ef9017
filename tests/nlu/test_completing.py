"""Tests of the completion of a part of a message with words from before it."""

import pytest

from bot.nlu.models.completing import bare, begun, named


@pytest.mark.parametrize(
    ("whole", "part", "completed"),
    [
        ("do you keep my name and then sell it", "sell it", "do you sell it"),
        ("can you erase this chat and also my account", "my account", "can you erase my account"),
        ("delete my account and my orders", "my orders", "delete my orders"),
        ("what do you know about me and my family", "my family", None),
        ("do you keep it with care", "with care", None),
    ],
)
def test_a_part_gets_the_beginning_or_the_verb_that_it_shares(
    whole: str, part: str, completed: str | None
) -> None:
    """A part gets the beginning or verb that it shares with the first part, if there is one."""
    assert begun(whole, part) == completed


@pytest.mark.parametrize(
    ("before", "part", "completed"),
    [
        ("do you use cookies", "can i turn them off", "can i turn cookies off"),
        ("is this chat private?", "delete it", "delete this chat"),
        ("is my account part of this chat?", "delete it", "delete this chat"),
        ("what cookies do you set", "how long do they last", "how long do cookies last"),
        ("how do i sign up for deals", "how do i get rid of them", "how do i get rid of deals"),
        ("do you share my data?", "turn it off", "turn it off"),
        ("do you sell it", "delete it", "delete it"),
        ("do you use cookies", "do you sell them", "do you sell them"),
    ],
)
def test_a_pronoun_is_replaced_by_its_noun(before: str, part: str, completed: str) -> None:
    """A pronoun is replaced by the last noun before it that fits its verb, if there is one."""
    assert named(before, part) == completed


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("tell me about encryption", "encryption"),
        ("i have questions about cookies", "cookies"),
        ("can you give me your support hours", "your support hours"),
        ("what's your address", "your address"),
        ("support hours", "support hours"),
    ],
)
def test_an_introduction_is_no_part_of_a_name(part: str, names: str) -> None:
    """Words that only introduce a list are no part of its first name."""
    assert bare(part) == names
