"""Scope of the bot: a model of the known topics, and a rule for questions about other companies.

The scope of a text is decided apart from its intent.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.nlu.models.kernel import Scores
from bot.nlu.models.reading import FOREIGN, signs, words_of
from bot.policy.store import store
from bot.policy.trades import rivals_of

_NONE = -1  # instead of a column
_BEFORE = (
    r"^\W*(?:(?:hey|so|and|but|ok|btw|what|how|why|when|where|who|long|much)\W+)*"
    r"(?:do|does|did|is|are|was|will|would|can|could|has|have|should)\s+"
)
_THIS_SHOP = re.compile(
    r"\b(?:you|u|your|ur|yours|you're|youre|here|from us"
    r"|this (?:shop|store|site|website|page|company|chat)|the (?:other )?(?:shop|store|site))\b",
    re.IGNORECASE,
)


class ScopeModel:
    """Logistic model of the probability that a text is in scope, from the classifier's scores.

    Its signals are: the probability of the best known label, its logarithm and its lead; entropy;
    the largest margin, its lead, and energy (log-sum-exp of the margins); the margin and
    probability of "out of scope" itself.

    Without out-of-scope examples it learns from the mistakes of the classifier, by the largest
    margin alone. On CLINC150 without its out-of-scope examples that separated better than any set
    of the other signals.
    """

    def __init__(self) -> None:
        self._outside = _NONE  # the column of "out of scope"
        self._weights = np.zeros(0)
        self._bias = 0.0
        self._mean = np.zeros(0)
        self._scale = np.ones(0)

    def fit(
        self,
        texts: Sequence[str],
        scores: Scores,
        probabilities: np.ndarray,
        targets: np.ndarray,
        outside: int | None,
    ) -> None:
        """Train on scores of texts that the classifier was not trained on.

        ``targets`` are the columns of their labels, ``outside`` is the column of "out of scope".
        """
        self._outside = _NONE if outside is None else outside
        signals = self._signals(texts, scores, probabilities)
        self._mean, self._scale = signals.mean(axis=0), signals.std(axis=0) + 1e-9
        goals = targets == scores.margins.argmax(axis=1) if outside is None else targets != outside
        if goals.all():  # nothing to learn from
            self._weights, self._bias = np.zeros(signals.shape[1]), float(np.log(len(goals) + 1))
            return
        model = LogisticRegression(max_iter=2000).fit((signals - self._mean) / self._scale, goals)
        self._weights, self._bias = model.coef_[0], float(model.intercept_[0])

    def inside(self, texts: Sequence[str], scores: Scores, probabilities: np.ndarray) -> np.ndarray:
        """Return the probability that each text is in scope, shape (texts,)."""
        signals = (self._signals(texts, scores, probabilities) - self._mean) / self._scale
        return 1 / (1 + np.exp(-(signals @ self._weights + self._bias)))

    def save(self, folder: Path) -> None:
        """Write the model to ``folder`` as arrays."""
        np.savez_compressed(
            folder / "scope.npz",
            outside=self._outside,
            weights=self._weights,
            bias=self._bias,
            mean=self._mean,
            scale=self._scale,
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote."""
        model = cls()
        with np.load(folder / "scope.npz") as arrays:
            model._outside = int(arrays["outside"])
            model._weights, model._bias = arrays["weights"], float(arrays["bias"])
            model._mean, model._scale = arrays["mean"], arrays["scale"]
        return model

    def _signals(
        self, texts: Sequence[str], scores: Scores, probabilities: np.ndarray
    ) -> np.ndarray:
        if self._outside == _NONE:
            return scores.margins.max(axis=1, keepdims=True)
        inside = np.flatnonzero(np.arange(scores.margins.shape[1]) != self._outside)
        known, likely = scores.margins[:, inside], probabilities[:, inside]
        by_margin, by_chance = np.sort(known, axis=1), np.sort(likely, axis=1)
        return np.column_stack(
            [
                by_chance[:, -1],
                np.log(by_chance[:, -1] + 1e-9),
                by_chance[:, -1] - by_chance[:, -2],
                -(probabilities * np.log(probabilities + 1e-12)).sum(axis=1),
                by_margin[:, -1],
                by_margin[:, -1] - by_margin[:, -2],
                np.log(np.exp(known).sum(axis=1)),
                scores.margins[:, self._outside],
                probabilities[:, self._outside],
                np.array([signs(text) for text in texts], dtype=np.float32),
            ]
        )


def about_others(text: str) -> bool:
    """Return True if ``text`` asks about another company, and does not mention this shop.

    The policy of another company is not ours to explain.
    """
    return bool(_subject().match(text)) and not _THIS_SHOP.search(text)


@cache
def _subject() -> re.Pattern[str]:
    """Return the pattern of a question about a company that this store is compared with."""
    rivals = "|".join(map(re.escape, rivals_of(store().trade)))
    known = words_of("subjects", FOREIGN)
    companies = f"{known}|{rivals}" if rivals else known
    return re.compile(rf"{_BEFORE}(?:{companies})\b", re.IGNORECASE)
