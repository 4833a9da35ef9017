"""Tests of the scope: its model, and the rule for questions about other companies."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.models.encoder import default_encoder
from bot.nlu.models.kernel import KernelModel, Scores
from bot.nlu.models.scope import ScopeModel, about_others

KNOWN = {
    "selling": [
        "do you sell my data",
        "is my info sold",
        "you sell it",
        "sold to others?",
        "got a price?",
    ],
    "cookies": [
        "do you use cookies",
        "what is a cookie",
        "cookies please",
        "any cookies",
        "cookie policy",
        "can i say no",
    ],
    "hours": [
        "when are you open",
        "open on sunday",
        "what are your hours",
        "are you open now",
        "hours?",
        "so when",
    ],
}
OTHER = [
    "where is my order",
    "my lamp is broken",
    "who won the game",
    "tell me a joke",
    "what is the weather",
    "you are silly",
]
INSIDE = ["will you sell my address", "are you open on monday", "which cookies do you use"]
OUTSIDE = ["sing me a song", "the lamp came in pieces", "the rain in spain"]


def fit(groups: dict[str, list[str]]) -> tuple[KernelModel, ScopeModel]:
    """Return a classifier and a scope model, trained on the classifier's scores of unseen texts."""
    texts = [text for group in groups.values() for text in group]
    classifier = KernelModel()
    unseen = classifier.fit(
        texts,
        default_encoder().encode(texts),
        [label for label, group in groups.items() for _ in group],
    )
    model = ScopeModel()
    outside = classifier.labels.index("other") if "other" in groups else None
    probabilities = classifier.probabilities(unseen.margins)
    model.fit(texts, unseen, probabilities, classifier.targets, outside)
    return classifier, model


def scored(classifier: KernelModel, texts: list[str]) -> tuple[list[str], Scores, np.ndarray]:
    """Return texts with the classifier's scores and probabilities."""
    scores = classifier.scores(texts, default_encoder().encode(texts))
    return texts, scores, classifier.probabilities(scores.margins)


@pytest.mark.parametrize(
    "groups", [KNOWN | {"other": OTHER}, KNOWN], ids=["with examples outside", "without"]
)
def test_known_topics_are_more_probably_in_scope(groups: dict[str, list[str]]) -> None:
    """Each text on a known topic has a higher probability than each text on another topic."""
    classifier, model = fit(groups)
    assert (
        model.inside(*scored(classifier, INSIDE)).min()
        > model.inside(*scored(classifier, OUTSIDE)).max()
    )


def test_a_classifier_without_mistakes_leaves_all_in_scope() -> None:
    """Without out-of-scope examples and mistakes, training succeeds and all texts are in scope."""
    classifier, _ = fit(KNOWN)
    texts, scores, probabilities = scored(classifier, INSIDE)
    model = ScopeModel()
    model.fit(texts, scores, probabilities, scores.margins.argmax(axis=1), None)
    assert model.inside(*scored(classifier, OUTSIDE)) == pytest.approx([0.8] * 3)


@pytest.mark.parametrize(
    "groups", [KNOWN | {"other": OTHER}, KNOWN], ids=["with examples outside", "without"]
)
def test_a_saved_model_is_the_same(groups: dict[str, list[str]], tmp_path: Path) -> None:
    """A loaded model gives the probabilities of the saved one."""
    classifier, model = fit(groups)
    model.save(tmp_path)
    scores = scored(classifier, INSIDE)
    assert ScopeModel.load(tmp_path).inside(*scores) == pytest.approx(model.inside(*scores))


@pytest.mark.parametrize(
    "text",
    [
        "does amazon sell my data?",
        "what does Wayfair do with my phone number",
        "how long does google keep my searches",
        "is TikTok listening",
    ],
)
def test_questions_about_other_companies(text: str) -> None:
    """A question about the actions of another company is recognised."""
    assert about_others(text)


@pytest.mark.parametrize(
    "text",
    [
        "does facebook get my email from you",
        "does google see what i buy here",
        "does ups get my address",
        "do you share with google",
        "will amazon know that i shop at the store",
        "do apple users have to accept cookies on your site",
    ],
)
def test_questions_about_this_shop(text: str) -> None:
    """A question that mentions this shop or a carrier is about this shop."""
    assert not about_others(text)
