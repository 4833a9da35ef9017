"""Model of the intent classifier: kernel ridge regression on the training examples.

An example counts for more the closer it is to the text. The method is that of Saunders et al. 1998
(the mean of a Gaussian process), with one target for each label. The kernel is
``exp(-width (1 - cos)) + ngrams (char + word) + acts (act)``: closeness in meaning, over all views
of the encoder, and the share of common n-grams and of common acts on data, each joined with its
things and its form (``bot.nlu.models.reading``).

Training needs one factorisation. It also gives the exact scores of each example by a model without
that example (Rasmussen and Williams 2006, eq. 5.12), so calibration needs no second training.
Calibration fits the temperature of a softmax on those scores (Guo et al. 2017, arXiv:1706.04599,
with the margins as logits).

A trained model compares a text with a fixed number of examples (``bot.nlu.models.nearby``).
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from scipy.linalg import lapack
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import threadpool_limits

from bot.nlu.models.nearby import Nearby
from bot.nlu.models.reading import terms as act_terms
from bot.nlu.models.views import Views

_NO_ACT = "no act"
NEIGHBOURS = 10  # nearest examples in the scores of a text


@dataclass(frozen=True)
class Scores:
    """Scores of texts, one row for each text."""

    margins: np.ndarray  # (texts, labels): about 1 for the right label, 0 for others
    # The nearest examples that were found, nearest first; none for the texts of training:
    neighbours: np.ndarray  # (texts, NEIGHBOURS): their indices
    similarity: np.ndarray  # (texts, NEIGHBOURS): their similarity, 1 at most

    def of(self, row: int) -> Self:
        """Return the scores of one text."""
        return type(self)(*(getattr(self, field.name)[row : row + 1] for field in fields(self)))

    @classmethod
    def joined(cls, scores: Iterable[Self]) -> Self:
        """Return the scores of several texts as one."""
        parts = list(scores)
        if len(parts) == 1:
            return parts[0]
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            )
        )

    def save(self, path: Path) -> None:
        """Write the arrays to a file."""
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote."""
        with np.load(path) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})


class KernelModel:
    """Classifier that scores a text for every label."""

    def __init__(
        self, width: float = 2.0, ngrams: float = 0.05, acts: float = 0.1, noise: float = 0.05
    ) -> None:
        """Set the parameters of the kernel.

        ``width`` is how fast the weight of an example falls with its distance in meaning,
        ``ngrams`` the weight of each kind of n-gram, and ``acts`` that of acts on data. With a
        larger ``noise`` the model follows the training data less closely.
        """
        self.width = width
        self.ngrams = ngrams
        self.acts = acts
        self.noise = noise
        self.labels: list[str] = []
        self.texts: list[str] = []  # of the examples, as they were given
        self.targets = np.zeros(0, dtype=np.int32)  # labels of the examples
        self.temperature = 1.0
        self._views = Views()
        self._vectorizers = [
            TfidfVectorizer(
                analyzer="char_wb",
                ngram_range=(2, 5),
                min_df=2,
                sublinear_tf=True,
                dtype=np.float32,
            ),
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32),
            TfidfVectorizer(analyzer=_act_terms, sublinear_tf=True, dtype=np.float32),
        ]
        self._shares = (ngrams, ngrams, acts)  # weights of these in the kernel
        self._analysers = [vectorizer.build_analyzer() for vectorizer in self._vectorizers]
        self._nearby = Nearby(width, noise)
        self._term_weights = np.zeros((0, 0), dtype=np.float32)  # of n-grams, (n-grams, labels)

    def fit(self, texts: Sequence[str], views: np.ndarray, labels: Sequence[str]) -> Scores:
        """Train, and return the scores of each text by a model that was trained without it.

        Raises ValueError for fewer than three labels, or for examples too much alike.
        """
        self.labels, self.texts = label_order(labels), list(texts)
        if len(self.labels) < 3:
            raise ValueError(
                f"There must be three intents or more to tell apart; there are {len(self.labels)}."
            )
        self.targets = np.array([self.labels.index(label) for label in labels], dtype=np.int32)
        with threadpool_limits(os.cpu_count()):  # one while serving, see bot/__init__.py
            return self._fit(texts, views)

    def _fit(self, texts: Sequence[str], views: np.ndarray) -> Scores:
        goals = np.eye(len(self.labels), dtype=np.float32)[self.targets]
        places = self._views.fit(views)
        counts = [vectorizer.fit([*texts, ""]).transform(texts) for vectorizer in self._vectorizers]
        kernel = np.exp(-self.width * (1 - places @ places.T))
        with ThreadPoolExecutor() as threads:
            common = threads.map(lambda block: (block @ block.T).toarray(), counts)
            for share, block in zip(self._shares, common, strict=True):
                kernel += share * block
        weights, unseen = _solve(kernel, goals, self.noise)
        terms = [
            share * (block.T @ weights) for share, block in zip(self._shares, counts, strict=True)
        ]
        self._term_weights = np.vstack(terms)
        by_terms = sum(block @ weight for block, weight in zip(counts, terms, strict=True))
        self._nearby.fit(places, goals - by_terms)
        self.temperature = best_temperature(unseen, self.targets)
        nobody = np.zeros((len(texts), 0), dtype=np.int32)
        return Scores(unseen, nobody, nobody.astype(np.float32))

    def scores(self, texts: Sequence[str], views: np.ndarray) -> Scores:
        """Return the scores of texts, from their words and the encoder's views of them."""
        return Scores.joined(
            self._scores(text, place)
            for text, place in zip(texts, self._views.places(views), strict=True)
        )

    def _scores(self, text: str, place: np.ndarray) -> Scores:
        near = self._nearby.at(place)
        ranked = np.argsort(-near.similarity)[:NEIGHBOURS]
        return Scores(
            (near.margins + self._ngram_margins(text))[None],
            near.examples[ranked][None],
            near.similarity[ranked][None],
        )

    def probabilities(self, margins: np.ndarray) -> np.ndarray:
        """Return probabilities for margins; each row adds up to 1."""
        return softmax(margins * self.temperature)

    def save(self, folder: Path) -> None:
        """Write the model to ``folder`` as arrays and JSON, which run no code when read."""
        arrays = {f"idf_{i}": vectorizer.idf_ for i, vectorizer in enumerate(self._vectorizers)}
        np.savez_compressed(
            folder / "kernel.npz",
            targets=self.targets,
            terms=self._term_weights.astype(np.float16),
            **arrays,
            **self._views.arrays(),
            **self._nearby.arrays(),
        )
        state = {
            "settings": {
                "width": self.width,
                "ngrams": self.ngrams,
                "acts": self.acts,
                "noise": self.noise,
            },
            "labels": self.labels,
            "texts": self.texts,
            "temperature": self.temperature,
            "terms": [
                sorted(v.vocabulary_, key=v.vocabulary_.__getitem__) for v in self._vectorizers
            ],
        }
        (folder / "kernel.json").write_text(json.dumps(state), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote."""
        state = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))
        model = cls(**state["settings"])
        model.labels, model.texts, model.temperature = (
            state["labels"],
            state["texts"],
            state["temperature"],
        )
        with np.load(folder / "kernel.npz") as arrays:
            model.targets = arrays["targets"]
            model._term_weights = arrays["terms"]
            model._views = Views.of(arrays)
            model._nearby = Nearby.of(arrays, model.width, model.noise)
            for i, (vectorizer, terms) in enumerate(
                zip(model._vectorizers, state["terms"], strict=True)
            ):
                vectorizer.vocabulary_ = {term: index for index, term in enumerate(terms)}
                vectorizer.idf_ = arrays[f"idf_{i}"]
        return model

    def _ngram_margins(self, text: str) -> np.ndarray:
        """Return the n-gram part of the margins of one text.

        It does for one text what the vectorizers and the weights do for many: sublinear tf-idf, of
        unit length for each kind of n-gram.
        """
        total = np.zeros(len(self.labels), dtype=np.float32)
        offset = 0
        for vectorizer, analyse in zip(self._vectorizers, self._analysers, strict=True):
            vocabulary = vectorizer.vocabulary_
            counts = Counter(vocabulary[term] for term in analyse(text) if term in vocabulary)
            if counts:
                columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
                values = (
                    np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts))) + 1
                )
                values *= vectorizer.idf_[columns]
                total += (values / np.linalg.norm(values)) @ self._term_weights[offset + columns]
            offset += len(vocabulary)
        return total


def _act_terms(text: str) -> list[str]:
    """Return the acts of a text; an empty text has a term, lest there be no vocabulary."""
    return act_terms(text) if text else [_NO_ACT]


def label_order(labels: Iterable[str]) -> list[str]:
    """Return the labels in the order of the model's columns."""
    return sorted(set(labels))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the softmax of each row."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def best_temperature(margins: np.ndarray, targets: np.ndarray) -> float:
    """Return the factor on margins with which their softmax fits ``targets`` (columns) best."""

    def loss(log_temperature: float) -> float:
        probabilities = softmax(margins * np.exp(log_temperature))
        return -float(np.log(probabilities[np.arange(len(targets)), targets] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 5), method="bounded").x))


def _solve(kernel: np.ndarray, goals: np.ndarray, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of the examples, and the margins of each by a model without it.

    Overwrites ``kernel``. Raises ValueError for a kernel that is not positive definite.
    """
    kernel[np.diag_indices(len(kernel))] += noise
    # The transpose is the same matrix, in the memory order of LAPACK, so nothing is copied.
    factor, problem = lapack.spotrf(kernel.T, lower=1, overwrite_a=1)
    if problem:
        raise ValueError(
            "The examples cannot be told apart: give the classifier a larger `noise` in config.yml."
        )
    weights, _ = lapack.spotrs(factor, goals, lower=1)
    inverse, _ = lapack.strtri(factor, lower=1, overwrite_c=1)
    precision = np.array([np.square(inverse[i:, i]).sum() for i in range(len(inverse))])
    return np.ascontiguousarray(weights), goals - weights / precision[:, None]
