"""Tests of the recognition of other languages."""

import random
from pathlib import Path

import pytest
import yaml

from bot.evaluation.corruption import slipped
from bot.evaluation.labelled import read_nlu, read_training_data
from bot.nlu.models.tongues import language_of
from bot.paths import TEST_SET
from bot.topics import OTHER_LANGUAGE

HERE = Path(__file__).parent
FOREIGN = yaml.safe_load((HERE / "other_languages.yml").read_text(encoding="utf-8"))
LOOKS_FOREIGN = (HERE / "english_looks_foreign.txt").read_text(encoding="utf-8").splitlines()
# Lines of the training data that are in another language, as shoppers sometimes write.
_NOT_ENGLISH = {
    *("¿dónde está mi pedido?", "cuánto cuesta esta lámpara", "где мой заказ", "你好吗"),
    *("danke schön", "hola, dónde está mi paquete"),
}


def test_messages_in_other_languages_are_recognised() -> None:
    """Of the messages in other languages 95 % are recognised, and none is taken for another one."""
    told = [(code, language_of(text)) for code, texts in FOREIGN.items() for text in texts]
    assert sum(code == found for code, found in told) >= 0.95 * len(told)
    assert all(found in (code, "") for code, found in told)


@pytest.mark.parametrize("code", ["es", "fr", "de", "zh"])
def test_the_languages_that_are_promised(code: str) -> None:
    """Of Spanish, French, German and Chinese nine of ten messages are recognised."""
    assert sum(language_of(text) == code for text in FOREIGN[code]) >= 0.9 * len(FOREIGN[code])


def test_no_english_message_is_taken_for_another_language() -> None:
    """No message of the training data or the test set is, with typing errors or without."""
    english = [
        pair
        for pair in [*read_training_data(), *read_nlu(TEST_SET)]
        if pair[1] != OTHER_LANGUAGE and pair[0] not in _NOT_ENGLISH
    ]
    assert len(english) > 10_000
    mistyped = [slipped(text, random.Random(text)) for text, _ in english]
    taken = [text for text in [*(text for text, _ in english), *mistyped] if language_of(text)]
    assert taken == []


@pytest.mark.parametrize("text", LOOKS_FOREIGN)
def test_names_and_loan_words_are_english(text: str) -> None:
    """A product's name, a place, a loan word and a slip of the thumb prove no other language."""
    assert language_of(text) == ""


@pytest.mark.parametrize("text", ["hola", "ja", "oui", "bonjour", "datos", "nein!"])
def test_one_word_stays_english(text: str) -> None:
    """A message of one word in Latin letters is not taken for another language."""
    assert language_of(text) == ""


def test_an_unknown_script_is_another_language() -> None:
    """A message in a script that the file does not know is no English either."""
    assert language_of("Πουλάτε τα δεδομένα μου;") == "other"
