"""Tests of the function that examples define, compared at a cost that does not grow with them."""

import numpy as np
import pytest

from bot.nlu.models import nearby
from bot.nlu.models.nearby import Nearby

EXAMPLES, DIMENSIONS, LABELS = 600, 24, 4


@pytest.fixture
def places() -> np.ndarray:
    """Places of examples around a few centres."""
    random = np.random.default_rng(1)
    centres = random.normal(size=(LABELS, DIMENSIONS))
    places = centres[np.arange(EXAMPLES) % LABELS] + random.normal(size=(EXAMPLES, DIMENSIONS))
    return (places / np.linalg.norm(places, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def goals() -> np.ndarray:
    """One label for each example, in turn."""
    return np.eye(LABELS, dtype=np.float32)[np.arange(EXAMPLES) % LABELS]


@pytest.fixture
def fitted(places: np.ndarray, goals: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Nearby:
    """A function that was learned with fewer landmarks than examples."""
    monkeypatch.setattr(nearby, "_LANDMARKS", 15)
    function = Nearby()
    function.fit(places, goals)
    return function


def test_the_examples_are_told_apart(fitted: Nearby, places: np.ndarray) -> None:
    """Nearly every example has its own label for the largest margin."""
    best = np.array([fitted.at(place).margins.argmax() for place in places])
    assert (best == np.arange(EXAMPLES) % LABELS).mean() > 0.97


def test_few_examples_are_compared(fitted: Nearby, places: np.ndarray) -> None:
    """A text is compared with the landmarks and a bounded number of examples, each once."""
    compared = fitted.at(places[0]).examples
    assert len(compared) <= nearby._CANDIDATES < EXAMPLES
    assert len(set(compared)) == len(compared)


def test_the_nearest_example_is_among_those_compared(fitted: Nearby, places: np.ndarray) -> None:
    """An example is found at its own place, with a similarity of about 1."""
    for number in range(0, EXAMPLES, 50):
        near = fitted.at(places[number])
        assert near.examples[near.similarity.argmax()] == number
        assert near.similarity.max() == pytest.approx(1, abs=0.01)


def test_it_is_the_same_after_saving(fitted: Nearby, places: np.ndarray) -> None:
    """A saved function gives the same margins when it is read."""
    read = Nearby.of(fitted.arrays(), width=2.0, noise=0.05)
    for place in places[:20]:
        assert np.allclose(read.at(place).margins, fitted.at(place).margins, atol=5e-3)
