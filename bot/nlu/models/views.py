"""Space of the encoder's views of texts, in which closeness is a dot product."""

from collections.abc import Mapping
from typing import Self

import numpy as np

DIMENSIONS = 384  # main directions that are kept of all views together


class Views:
    """Projection of all views of a text into one space.

    It takes the mean of all texts out of each view, gives all views the same weight, and keeps the
    main directions.
    """

    def __init__(self) -> None:
        self._common = np.zeros((0, 0), dtype=np.float32)  # mean of each view, (views, 384)
        self._directions = np.zeros((0, 0), dtype=np.float32)  # (views * 384, DIMENSIONS)

    def fit(self, views: np.ndarray) -> np.ndarray:
        """Learn from the views of many texts, shape (texts, views, 384).

        Return the places of the texts, shape (texts, DIMENSIONS). All numbers are rounded to the
        precision of a saved model, so that a model gives the same scores before and after saving.
        """
        self._common = _rounded(views.mean(axis=0))
        even = self._even(views)
        _, directions = np.linalg.eigh(even.T @ even)
        self._directions = np.asfortranarray(_rounded(directions[:, -DIMENSIONS:]))
        return _rounded(self.places(views))

    def places(self, views: np.ndarray) -> np.ndarray:
        """Return the places of texts; the dot product of two is their mean cosine, 1 at most."""
        return self._even(views) @ self._directions

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays to save."""
        return {
            "common": self._common.astype(np.float16),
            "directions": self._directions.astype(np.float16),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the space that was saved as ``arrays``."""
        views = cls()
        views._common, views._directions = (
            arrays[name].astype(np.float32) for name in ("common", "directions")
        )
        views._directions = np.asfortranarray(views._directions)  # so one text is placed fastest
        return views

    def _even(self, views: np.ndarray) -> np.ndarray:
        own = views - self._common
        own /= np.linalg.norm(own, axis=2, keepdims=True) * np.sqrt(own.shape[1]) + 1e-9
        return own.reshape(len(views), -1)


def _rounded(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float16).astype(np.float32)
