"""Tests of the model of the intent classifier."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.models.encoder import default_encoder
from bot.nlu.models.kernel import KernelModel, Scores, softmax

TEXTS = {
    "selling": [
        "do you sell my data",
        "is my info sold",
        "you sell it",
        "selling my details",
        "sold to others?",
        "for sale?",
    ],
    "cookies": [
        "do you use cookies",
        "what is a cookie",
        "cookies please",
        "any cookies",
        "cookie policy",
        "block cookies",
    ],
    "hours": [
        "when are you open",
        "open on sunday",
        "what are your hours",
        "are you open now",
        "hours?",
        "open late",
    ],
}
ALL = [text for group in TEXTS.values() for text in group]
LABELS = [label for label, group in TEXTS.items() for _ in group]


def fit() -> tuple[KernelModel, Scores]:
    """Return a small model, and the scores of its examples by models without them."""
    model = KernelModel()
    return model, model.fit(ALL, default_encoder().encode(ALL), LABELS)


@pytest.fixture(scope="module")
def fitted() -> KernelModel:
    """Trained small model."""
    return fit()[0]


def test_new_texts_are_ranked(fitted: KernelModel) -> None:
    """A text that was not in training gets the right label."""
    texts = ["will you sell my address", "sunday hours", "cookies on your site"]
    best = fitted.scores(texts, default_encoder().encode(texts)).margins.argmax(axis=1)
    assert [fitted.labels[index] for index in best] == ["selling", "hours", "cookies"]


def test_scores_without_an_example_are_those_of_a_model_without_it() -> None:
    """The scores from the one factorisation equal those of a model trained without the example."""
    model, unseen = fit()
    views = default_encoder().encode(ALL)
    counts = [vectorizer.transform(ALL).toarray() for vectorizer in model._vectorizers]
    places = model._views.places(views)
    kernel = np.exp(-model.width * (1 - places @ places.T)) + sum(
        share * (block @ block.T) for share, block in zip(model._shares, counts, strict=True)
    )
    goals = np.eye(len(model.labels))[model.targets]
    for left_out in (0, 7, 17):
        rest = [place for place in range(len(ALL)) if place != left_out]
        weights = np.linalg.solve(
            kernel[np.ix_(rest, rest)] + model.noise * np.eye(len(rest)), goals[rest]
        )
        assert np.allclose(kernel[left_out, rest] @ weights, unseen.margins[left_out], atol=0.01)


def test_the_nearest_examples_are_given(fitted: KernelModel) -> None:
    """An example is the nearest one to its own text, with a similarity of about 1."""
    scores = fitted.scores(["is my info sold"], default_encoder().encode(["is my info sold"]))
    assert fitted.texts[scores.neighbours[0][0]] == "is my info sold"
    assert scores.similarity[0][0] == pytest.approx(1, abs=0.02)
    assert (np.diff(scores.similarity[0]) <= 0).all()


def test_a_text_without_known_words_is_scored(fitted: KernelModel) -> None:
    """Empty text and unknown words get finite scores."""
    scores = fitted.scores(["", "ξξξ"], default_encoder().encode(["", "ξξξ"]))
    assert np.isfinite(scores.margins).all()


def test_a_saved_model_is_the_same(fitted: KernelModel, tmp_path: Path) -> None:
    """A loaded model gives the scores of the saved one."""
    fitted.save(tmp_path)
    views = default_encoder().encode(["sold?"])
    loaded = KernelModel.load(tmp_path).scores(["sold?"], views)
    assert np.allclose(loaded.margins, fitted.scores(["sold?"], views).margins, atol=5e-3)
    assert (loaded.neighbours == fitted.scores(["sold?"], views).neighbours).all()


def test_probabilities_add_up() -> None:
    """Each row of a softmax adds up to 1, also for large margins."""
    rows = softmax(np.array([[1.0, 2.0, 900.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(rows.sum(axis=1), 1)


def test_too_few_labels_are_refused() -> None:
    """Training with two labels is refused, with an error that says why."""
    with pytest.raises(ValueError, match="three intents"):
        KernelModel().fit(["a", "b"], np.zeros((2, 5, 384)), ["x", "y"])
