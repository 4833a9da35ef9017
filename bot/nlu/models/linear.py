"""The intent classifier's model: a linear SVM on the sentence vector and on character and word n-grams, calibrated."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

FOLDS = 5


def _vectorizers() -> list[TfidfVectorizer]:
    return [
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32),
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32),
    ]


class LinearModel:
    """Scores a text for every label.

    Probabilities are a softmax over the margins times a temperature, fitted by maximum likelihood on margins of texts that
    the model had not seen (Guo et al. 2017, arXiv:1706.04599, with the margins as logits).
    """

    def __init__(self, penalty: float = 1.0) -> None:
        """``penalty`` is the SVM's C: larger fits the training data more closely."""
        self.penalty = penalty
        self.labels: list[str] = []
        self.temperature = 1.0
        self._vectorizers = _vectorizers()
        self._analysers = [vectorizer.build_analyzer() for vectorizer in self._vectorizers]
        self._weights = np.zeros((0, 0), dtype=np.float32)  # features by labels
        self._bias = np.zeros(0, dtype=np.float32)

    def fit(self, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str]) -> np.ndarray:
        """Train, and return the margins of each text under a model that had not seen it, shape (texts, labels)."""
        self.labels = label_order(labels)
        if len(self.labels) < 3:
            raise ValueError(f"There must be three intents or more to tell apart; there are {len(self.labels)}.")
        unseen = np.zeros((len(texts), len(self.labels)), dtype=np.float32)
        targets = np.array([self.labels.index(label) for label in labels])
        for seen, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(vectors, targets):
            part = LinearModel(self.penalty)
            part._fit([texts[i] for i in seen], vectors[seen], [labels[i] for i in seen])
            columns = [self.labels.index(label) for label in part.labels]
            unseen[np.ix_(held_out, columns)] = part.margins([texts[i] for i in held_out], vectors[held_out])
        self.temperature = _best_temperature(unseen, targets)
        self._fit(texts, vectors, labels)
        return unseen

    def margins(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Return the distance of each text from each label's boundary, shape (texts, labels)."""
        if len(texts) > 2 * len(self.labels):
            return self._features(texts, vectors) @ self._weights + self._bias
        # For a message at a time, building sparse matrices would cost several times the arithmetic.
        dense = vectors @ self._weights[: vectors.shape[1]] + self._bias
        return dense + np.array([self._ngram_margins(text) for text in texts])

    def probabilities(self, margins: np.ndarray) -> np.ndarray:
        """Turn margins into probabilities that add up to 1 in each row."""
        return softmax(margins * self.temperature)

    def save(self, folder: Path) -> None:
        """Write the model to ``folder`` as arrays and JSON, nothing that executes when it is read."""
        arrays = {f"idf_{i}": vectorizer.idf_ for i, vectorizer in enumerate(self._vectorizers)}
        np.savez_compressed(folder / "linear.npz", weights=self._weights, bias=self._bias, **arrays)
        terms = [sorted(v.vocabulary_, key=v.vocabulary_.__getitem__) for v in self._vectorizers]
        state = {"labels": self.labels, "temperature": self.temperature, "penalty": self.penalty, "terms": terms}
        (folder / "linear.json").write_text(json.dumps(state), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LinearModel":
        """Read what ``save`` wrote."""
        state = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
        arrays = np.load(folder / "linear.npz")
        model = cls(state["penalty"])
        model.labels, model.temperature = state["labels"], state["temperature"]
        model._weights, model._bias = arrays["weights"], arrays["bias"]
        for i, (vectorizer, terms) in enumerate(zip(model._vectorizers, state["terms"], strict=True)):
            vectorizer.vocabulary_ = {term: index for index, term in enumerate(terms)}
            vectorizer.idf_ = arrays[f"idf_{i}"]
        return model

    def _fit(self, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str]) -> None:
        for vectorizer in self._vectorizers:
            vectorizer.fit(texts)
        machine = LinearSVC(C=self.penalty, random_state=0).fit(self._features(texts, vectors), labels)
        self.labels = list(machine.classes_)
        self._weights = machine.coef_.T.astype(np.float32)
        self._bias = machine.intercept_.astype(np.float32)

    def _ngram_margins(self, text: str) -> np.ndarray:
        """Do for one text what ``_features`` and the weights do for many: tf-idf, sublinear, of unit length, each block."""
        total = np.zeros(len(self.labels), dtype=np.float32)
        offset = len(self._weights) - sum(len(vectorizer.vocabulary_) for vectorizer in self._vectorizers)
        for vectorizer, analyse in zip(self._vectorizers, self._analysers, strict=True):
            vocabulary = vectorizer.vocabulary_
            counts = Counter(vocabulary[term] for term in analyse(text) if term in vocabulary)
            if counts:
                columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
                values = np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts))) + 1
                values *= vectorizer.idf_[columns]
                total += (values / np.linalg.norm(values)) @ self._weights[offset + columns]
            offset += len(vocabulary)
        return total

    def _features(self, texts: Sequence[str], vectors: np.ndarray) -> csr_matrix:
        return hstack([csr_matrix(vectors), *(v.transform(texts) for v in self._vectorizers)]).tocsr()


def label_order(labels: Iterable[str]) -> list[str]:
    """Return the labels in the order of the model's columns."""
    return sorted(set(labels))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the softmax of each row."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _best_temperature(margins: np.ndarray, targets: np.ndarray) -> float:
    def loss(log_temperature: float) -> float:
        probabilities = softmax(margins * np.exp(log_temperature))
        return -float(np.log(probabilities[np.arange(len(targets)), targets] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 4), method="bounded").x))
