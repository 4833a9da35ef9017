"""Tests of the correction of typing slips."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.labelled import read_training_data
from bot.nlu.models.spelling import NEIGHBOURS, SpellingModel


@pytest.fixture(scope="module")
def spelling() -> SpellingModel:
    """Model with the words of the training data."""
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
    """Swapped, missing, doubled and neighbouring letters are mended; so are spaces."""
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
def test_other_texts_stay_to_the_letter(spelling: SpellingModel, text: str) -> None:
    """Names, untaught English words, initials, other languages and chat spelling stay unchanged."""
    assert spelling.mend(text) == text


def test_a_word_is_mended_only_to_a_word_of_the_training_data() -> None:
    """A slip never becomes an English word that the training data does not use."""
    model = SpellingModel()
    model.fit(["which cookies do you set", "cookies and ads"])
    assert model.mend("my toatser and my cokies") == "my toatser and my cookies"


def test_neighbours_decide_between_equally_near_words(spelling: SpellingModel) -> None:
    """Of two equally near words, the one that is frequent next to these neighbours is taken."""
    assert spelling.mend("can you delete my xata") == "can you delete my data"


def test_a_saved_model_is_the_same(spelling: SpellingModel, tmp_path: Path) -> None:
    """A loaded model mends as the saved one."""
    spelling.save(tmp_path)
    again = SpellingModel.load(tmp_path)
    assert again.mend("unsubscirbe me form youguys") == spelling.mend("unsubscirbe me form youguys")


@given(st.text(max_size=80))
def test_any_text_can_be_mended(spelling: SpellingModel, text: str) -> None:
    """No text is an error."""
    assert isinstance(spelling.mend(text), str)


def test_neighbours_are_around_a_key() -> None:
    """The neighbours of g are the keys around it on an American keyboard."""
    assert set(NEIGHBOURS["g"]) == set("ftyhvb")
