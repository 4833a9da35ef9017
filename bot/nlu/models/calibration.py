"""Probabilities from margins: a softmax whose temperature is fitted on texts that a model had not seen.

Guo et al. 2017, arXiv:1706.04599, with the margins as logits.
"""

import numpy as np
from scipy.optimize import minimize_scalar


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the softmax of each row."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def best_temperature(margins: np.ndarray, targets: np.ndarray) -> float:
    """Return by what margins are multiplied so that their softmax is likeliest; ``targets`` are columns."""

    def loss(log_temperature: float) -> float:
        probabilities = softmax(margins * np.exp(log_temperature))
        return -float(np.log(probabilities[np.arange(len(targets)), targets] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 5), method="bounded").x))
