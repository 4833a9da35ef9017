"""Function that many examples define, at a cost that does not grow with them.

``KernelModel`` would compare a text with every example. Here a text is compared with a fixed number
of landmarks, the centres of clusters of examples. They give the smooth part of the function
("subset of regressors", Quiñonero-Candela and Rasmussen 2005). What that part leaves of each
example is added from the nearest examples alone (a local Gaussian process, Datta et al. 2016).
These are found in the cells of the nearest landmarks, in which the examples are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular
from sklearn.cluster import MiniBatchKMeans

# Fewer landmarks are cheaper and less exact, see docs/understanding.md.
_LANDMARKS = 128  # for each label, on average
_MOST_LANDMARKS = 4096
_CELLS = 96  # nearest landmarks, at most, whose cells give the examples to compare with a text
_CANDIDATES = 256  # of these examples, at most
_NEAREST = 64  # of the candidates add to the margins
_BATCH, _ROUNDS = 4096, 8  # of clustering
_JITTER = 1e-5
_SEED = 0  # of clustering: the same data give the same model


@dataclass(frozen=True)
class Place:
    """What one text is near to."""

    margins: np.ndarray  # (labels,)
    examples: np.ndarray  # the examples compared with it, in no order
    similarity: np.ndarray  # of these examples


class Nearby:
    """Sum over examples of a kernel in meaning, from landmarks and the nearest examples."""

    def __init__(self, width: float = 2.0, noise: float = 0.05) -> None:
        """Set the parameters of the kernel, as in ``KernelModel``."""
        self._width = width
        self._noise = noise
        self._landmarks = np.zeros((0, 0), dtype=np.float32)  # their places
        self._smooth = np.zeros((0, 0), dtype=np.float32)  # weights, (landmarks, labels)
        # The examples, cell by cell:
        self._examples = np.zeros(0, dtype=np.int32)
        self._starts = np.zeros(1, dtype=np.int32)  # of the cells, and the end of the last
        self._places = np.zeros((0, 0), dtype=np.float16)
        self._rest = np.zeros((0, 0), dtype=np.float16)  # what the landmarks leave of the goals

    def fit(self, places: np.ndarray, goals: np.ndarray) -> None:
        """Learn goals, (examples, labels), of examples at places."""
        count = min(_LANDMARKS * goals.shape[1], _MOST_LANDMARKS)
        self._landmarks = np.asfortranarray(_centres(places, count))
        similarity = places @ self._landmarks.T
        near = self._kernel(similarity)
        self._smooth = self._weights(near, goals)
        cells = similarity.argmax(axis=1)
        order = np.argsort(cells, kind="stable")
        self._examples = order.astype(np.int32)
        self._starts = np.searchsorted(cells[order], np.arange(len(self._landmarks) + 1)).astype(
            np.int32
        )
        self._places = places[order].astype(np.float16)
        self._rest = (goals - near @ self._smooth)[order].astype(np.float16)

    def _weights(self, near: np.ndarray, goals: np.ndarray) -> np.ndarray:
        """Return the weights of the landmarks, from the kernel between them and the examples.

        The landmarks are made orthogonal first, because many are close to each other.
        """
        exact = self._landmarks.astype(np.float64)
        among = self._kernel(exact @ exact.T)
        among[np.diag_indices(len(among))] += _JITTER
        factor = cholesky(among, lower=True)
        own = solve_triangular(factor.astype(np.float32), near.T, lower=True).T
        normal = (own.T @ own).astype(np.float64)
        normal[np.diag_indices(len(normal))] += self._noise
        weights = cho_solve(cho_factor(normal), (own.T @ goals).astype(np.float64))
        found: np.ndarray = solve_triangular(factor, weights, lower=True, trans="T")
        return found.astype(np.float32)

    def at(self, place: np.ndarray) -> Place:
        """Return the margins of a place, and the examples near to it."""
        similarity = self._landmarks @ place
        margins = self._kernel(similarity) @ self._smooth
        rows = self._rows(similarity)
        places = self._places[rows].astype(np.float32)
        close = places @ place
        nearest = np.argsort(-close)[:_NEAREST]
        margins += self._left(places[nearest], close[nearest]) @ self._rest[rows[nearest]]
        return Place(margins, self._examples[rows], close)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays to save."""
        return {
            "landmarks": self._landmarks.astype(np.float16),
            "smooth": self._smooth,
            "examples": self._examples,
            "starts": self._starts,
            "places": self._places,
            "rest": self._rest,
        }

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray], width: float, noise: float) -> Self:
        """Return the function that was saved as ``arrays``."""
        nearby = cls(width, noise)
        # By columns: so one text is compared fastest.
        nearby._landmarks = np.asfortranarray(arrays["landmarks"].astype(np.float32))
        nearby._smooth, nearby._examples = arrays["smooth"], arrays["examples"]
        nearby._starts, nearby._places = arrays["starts"], arrays["places"]
        nearby._rest = arrays["rest"]
        return nearby

    def _rows(self, similarity: np.ndarray) -> np.ndarray:
        """Return the rows of the examples to compare: those in the cells of near landmarks."""
        count = min(_CELLS, len(similarity))
        near = np.argpartition(-similarity, count - 1)[:count]
        near = near[np.argsort(-similarity[near])]
        starts, ends = self._starts[near], self._starts[near + 1]
        enough = int(np.searchsorted(np.cumsum(ends - starts), _CANDIDATES)) + 1
        starts, lengths = starts[:enough], (ends - starts)[:enough]
        first = np.cumsum(lengths) - lengths  # place of each cell's first row in the result
        rows: np.ndarray = np.repeat(starts - first, lengths) + np.arange(lengths.sum())
        return rows[:_CANDIDATES]

    def _left(self, places: np.ndarray, close: np.ndarray) -> np.ndarray:
        """Return the weights of the nearest examples in what the landmarks leave."""
        among = _local(places @ places.T)
        among[np.diag_indices(len(among))] += self._noise
        weights: np.ndarray = np.linalg.solve(among, _local(close))
        return weights

    def _kernel(self, similarity: np.ndarray) -> np.ndarray:
        kernel: np.ndarray = np.exp(-self._width * (1 - similarity))
        return kernel


def _centres(places: np.ndarray, count: int) -> np.ndarray:
    """Return the centres of clusters of places; the places themselves if they are few."""
    if len(places) <= count:
        return places
    clusters = MiniBatchKMeans(
        count,
        init="random",
        n_init=1,
        batch_size=_BATCH,
        max_iter=_ROUNDS,
        reassignment_ratio=0,
        random_state=_SEED,
    ).fit(places)
    centres: np.ndarray = clusters.cluster_centers_.astype(np.float16).astype(np.float32)
    return centres


_LOCAL_WIDTH, _LOCAL_SHARE = 4.0, 0.3  # of the kernel of what the landmarks leave


def _local(similarity: np.ndarray) -> np.ndarray:
    kernel: np.ndarray = _LOCAL_SHARE * np.exp(-_LOCAL_WIDTH * (1 - similarity))
    return kernel
