"""Whether a text is about anything the bot knows: a decision of its own, beside what it would be about."""

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

NEIGHBOURS = 10


class ScopeModel:
    """A logistic model over what the classifier's margins and the nearest training examples say about one text.

    Which signals: largest probability, lead over the second, entropy, largest margin, energy (log-sum-exp of the margins), the
    margin and probability of "out of scope" itself, similarity to the nearest example inside and outside the scope, and how
    many of the ten nearest are inside.
    """

    def __init__(self) -> None:
        self._examples = np.zeros((0, 0), dtype=np.float32)
        self._inside = np.zeros(0, dtype=bool)
        self._weights = np.zeros(0)
        self._bias = 0.0
        self._outside = 0
        self._mean = np.zeros(0)
        self._scale = np.ones(0)

    def fit(
        self, vectors: np.ndarray, margins: np.ndarray, probabilities: np.ndarray, outside: int, inside: np.ndarray
    ) -> None:
        """Train on margins and probabilities of texts unseen by the classifier.

        ``outside`` is the column of "out of scope"; ``inside`` says of each text whether it is in scope, shape (texts,).
        """
        self._examples, self._inside, self._outside = vectors, inside, outside
        signals = self._signals(vectors, margins, probabilities, skip_self=True)
        self._mean, self._scale = signals.mean(axis=0), signals.std(axis=0) + 1e-9
        model = LogisticRegression(C=1.0, max_iter=1000).fit((signals - self._mean) / self._scale, inside)
        self._weights, self._bias = model.coef_[0], float(model.intercept_[0])

    def inside(self, vectors: np.ndarray, margins: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """Return the probability that each text is in scope, shape (texts,)."""
        signals = (self._signals(vectors, margins, probabilities) - self._mean) / self._scale
        return 1 / (1 + np.exp(-(signals @ self._weights + self._bias)))

    def save(self, folder: Path) -> None:
        """Write the model to ``folder`` as arrays."""
        np.savez_compressed(
            folder / "scope.npz",
            examples=self._examples.astype(np.float16),
            inside=self._inside,
            weights=self._weights,
            bias=self._bias,
            outside=self._outside,
            mean=self._mean,
            scale=self._scale,
        )

    @classmethod
    def load(cls, folder: Path) -> "ScopeModel":
        """Read what ``save`` wrote."""
        arrays = np.load(folder / "scope.npz")
        model = cls()
        model._examples, model._inside = arrays["examples"].astype(np.float32), arrays["inside"]
        model._weights, model._bias = arrays["weights"], float(arrays["bias"])
        model._outside = int(arrays["outside"])
        model._mean, model._scale = arrays["mean"], arrays["scale"]
        return model

    def _signals(
        self, vectors: np.ndarray, margins: np.ndarray, probabilities: np.ndarray, skip_self: bool = False
    ) -> np.ndarray:
        known = np.delete(margins, self._outside, axis=1)
        ordered = np.sort(np.delete(probabilities, self._outside, axis=1), axis=1)
        similarity = vectors @ self._examples.T
        if skip_self:
            np.fill_diagonal(similarity, -1.0)
        nearest = np.argpartition(-similarity, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        return np.column_stack(
            [
                ordered[:, -1],
                ordered[:, -1] - ordered[:, -2],
                -(probabilities * np.log(probabilities + 1e-12)).sum(axis=1),
                known.max(axis=1),
                np.log(np.exp(known).sum(axis=1)),
                margins[:, self._outside],
                probabilities[:, self._outside],
                np.where(self._inside, similarity, -1.0).max(axis=1),
                np.where(self._inside, -1.0, similarity).max(axis=1),
                self._inside[nearest].mean(axis=1),
            ]
        )
