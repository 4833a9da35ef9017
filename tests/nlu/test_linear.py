"""Tests of the classifier's model."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.models.encoder import default_encoder
from bot.nlu.models.linear import LinearModel, softmax

TEXTS = {
    "selling": ["do you sell my data", "is my info sold", "you sell it", "selling my details", "sold to others?", "for sale?"],
    "cookies": ["do you use cookies", "what is a cookie", "cookies please", "any cookies", "cookie policy", "block cookies"],
    "hours": ["when are you open", "open on sunday", "what are your hours", "are you open now", "hours?", "open late"],
}


@pytest.fixture(scope="module")
def fitted() -> LinearModel:
    """A small model."""
    texts = [text for group in TEXTS.values() for text in group]
    labels = [label for label, group in TEXTS.items() for _ in group]
    model = LinearModel()
    model.fit(texts, default_encoder().encode(texts), labels)
    return model


def test_new_texts_are_ranked(fitted: LinearModel) -> None:
    """A text that was not in training gets its topic."""
    texts = ["will you sell my address", "sunday hours", "cookies on your site"]
    best = fitted.margins(texts, default_encoder().encode(texts)).argmax(axis=1)
    assert [fitted.labels[index] for index in best] == ["selling", "hours", "cookies"]


def test_one_text_is_scored_like_many(fitted: LinearModel) -> None:
    """The short way for single messages computes what the matrices for many compute."""
    texts = ["do you sell cookies on sunday", "", "open"]
    vectors = default_encoder().encode(texts)
    few = fitted.margins(texts, vectors)
    many = fitted.margins(texts * 10, np.tile(vectors, (10, 1)))[:3]
    assert np.allclose(few, many, atol=1e-5)


def test_a_saved_model_is_the_same(fitted: LinearModel, tmp_path: Path) -> None:
    """What is loaded scores as what was saved."""
    fitted.save(tmp_path)
    vectors = default_encoder().encode(["sold?"])
    assert np.allclose(LinearModel.load(tmp_path).margins(["sold?"], vectors), fitted.margins(["sold?"], vectors), atol=1e-5)


def test_probabilities_add_up() -> None:
    """A softmax is positive and adds up to 1."""
    rows = softmax(np.array([[1.0, 2.0, 900.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(rows.sum(axis=1), 1)


def test_too_few_labels_are_refused() -> None:
    """Two labels are not enough to train on, and the error says so."""
    with pytest.raises(ValueError, match="three intents"):
        LinearModel().fit(["a", "b"], np.zeros((2, 384)), ["x", "y"])
