"""Training of the ranker: ``python -m bot.adoption.training`` writes ``data/adoption/ranker.npz``.

Its only input is ``data/adoption/sentences.txt``, which is this project's own.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.adoption.examples import Example, load_examples
from bot.adoption.ranker import WEIGHTS, fingerprint
from bot.nlu.models.encoder import DIMENSIONS, default_encoder, meanings
from bot.policy.frame_list import load_frames

_STRENGTH = 8.0  # inverse of the regularisation


def train() -> None:
    """Fit one logistic regression for each frame, and write all of them."""
    encoder = default_encoder()
    examples = load_examples()
    vectors = meanings(encoder.encode([example.text for example in examples]))
    frames = list(load_frames())
    weights = np.zeros((len(frames), DIMENSIONS), dtype=np.float32)
    offsets = np.zeros(len(frames), dtype=np.float32)
    for row, frame in enumerate(frames):
        weights[row], offsets[row] = _fit(frame, examples, vectors)
    np.savez_compressed(
        WEIGHTS,
        frames=np.array(frames),
        weights=weights.astype(np.float16),
        offsets=offsets,
        inputs=np.array(fingerprint(encoder)),
    )


def _fit(frame: str, examples: list[Example], vectors: np.ndarray) -> tuple[np.ndarray, float]:
    rows = [row for row, example in enumerate(examples) if frame not in example.maybe]
    answers = [frame in examples[row].frames for row in rows]
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=300)
    model.fit(vectors[rows], answers)
    return model.coef_[0], model.intercept_[0]


if __name__ == "__main__":
    train()
