"""Tests of the mending of slips of the thumb."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.labelled import read_training_data
from bot.nlu.models.spelling import SpellingModel


@pytest.fixture(scope="module")
def spelling() -> SpellingModel:
    """A model that learnt the words of the training data."""
    model = SpellingModel()
    model.fit(text for text, _ in read_training_data())
    return model


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what do coockies do", "what do cookies do"),
        ("is my dta encrypetd", "is my data encrypted"),
        ("r u oepn satruday", "r u open saturday"),
        ("unsubscirbe me now", "unsubscribe me now"),
        ("youguys sell my email", "you guys sell my email"),
        ("howlongdo you keep my data", "how long do you keep my data"),
        ("do yo uplace cookies", "do you place cookies"),
        ("the typ efield", "the type field"),
    ],
)
def test_slips_are_mended(spelling: SpellingModel, typed: str, meant: str) -> None:
    """Letters swapped, left out, doubled or hit beside, and spaces missed or misplaced."""
    assert spelling.mend(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "does klarna see my order",
        "I live in Minnetonka",
        "do subcontractors get it at bedtime?",
        "Is the SSL from Let’s Encrypt?",
        "wie lange speichern sie meine daten",
        "plz dont track me lol",
        "call me on [phone-1], my e-mail is [email-1]!",
    ],
)
def test_what_is_no_slip_stays_to_the_letter(spelling: SpellingModel, text: str) -> None:
    """Names, English that the bot was not taught, initials, other languages, and the way people write in chats."""
    assert spelling.mend(text) == text


def test_a_word_is_mended_only_to_one_that_was_learnt() -> None:
    """English that the training data does not use is never put into a shopper's mouth."""
    model = SpellingModel()
    model.fit(["which cookies do you set", "cookies and ads"])
    assert model.mend("my toatser and my cokies") == "my toatser and my cookies"


def test_neighbours_decide_between_words_that_are_as_near(spelling: SpellingModel) -> None:
    """Of two words that might be meant, the one that is said beside these others is."""
    assert spelling.mend("can you delete my xata") == "can you delete my data"


def test_it_is_the_same_when_read_back(spelling: SpellingModel, tmp_path: Path) -> None:
    """What was saved mends as what was trained."""
    spelling.save(tmp_path)
    again = SpellingModel.load(tmp_path)
    assert again.mend("unsubscirbe me form youguys") == spelling.mend("unsubscirbe me form youguys")


@given(st.text(max_size=80))
def test_any_text_can_be_mended(spelling: SpellingModel, text: str) -> None:
    """No text is an error."""
    assert isinstance(spelling.mend(text), str)
