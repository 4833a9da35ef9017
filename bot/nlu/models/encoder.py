"""Sentence encoder, from text to vectors of meaning: all-MiniLM-L6-v2 as int8 ONNX.

Its files are in ``data/encoder``.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import BertWordPieceTokenizer, Encoding

from bot.paths import ENCODER_DIR

VIEWS, DIMENSIONS = 5, 384  # see data/encoder/README.md
TOKEN_DIMENSIONS = 3 * DIMENSIONS  # of a token, after three layers
MEANING = 3  # the view that the model was trained to compare: its cosine is similarity in meaning
MAX_TOKENS = 128
_BATCH = 32


class EncoderError(OSError):
    """The encoder's files are missing or not the released ones; the message names the remedy."""


class Encoder:
    """Encoder of texts as vectors of their meaning."""

    def __init__(self, folder: Path = ENCODER_DIR) -> None:
        """Load the model of ``folder``.

        Raises EncoderError if a file is missing, or differs from ``SHA256SUMS``.
        """
        self.fingerprint = verify(folder)
        self._tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._session = open_session(folder / "model.onnx")

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return the views of texts, float32, shape (len(texts), VIEWS, DIMENSIONS).

        Only the first 128 tokens of a text count.
        """
        views = np.empty((len(texts), VIEWS, DIMENSIONS), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        batches = [by_length[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]

        def encode(rows: list[int]) -> None:
            """Fill in the views of some texts."""
            encodings = self._tokenizer.encode_batch([texts[row] for row in rows])
            feed = _feed(encodings)
            views[rows] = self._session.run(["views"], feed)[0]

        if len(batches) == 1:
            encode(batches[0])
        else:  # for training: each thread encodes other texts
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                list(threads.map(encode, batches))
        return views

    def token_states(self, text: str) -> tuple[list[str], np.ndarray]:
        """Return the tokens of a text and their states.

        The states are float32 of shape (tokens, TOKEN_DIMENSIONS).
        """
        (encoding,) = self._tokenizer.encode_batch([text])
        states: np.ndarray = self._session.run(["tokens"], _feed([encoding]))[0][0]
        return encoding.tokens, states


def open_session(model: Path) -> onnxruntime.InferenceSession:
    """Return a session of an ONNX model on one thread.

    Short texts gain nothing from more threads, and concurrent messages lose.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _feed(encodings: Sequence[Encoding]) -> dict[str, np.ndarray]:
    return {
        "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
        "attention_mask": np.array(
            [encoding.attention_mask for encoding in encodings], dtype=np.int64
        ),
    }


def verify(folder: Path) -> str:
    """Check every file in ``SHA256SUMS`` and return that list, which identifies the encoder.

    Raises EncoderError for a missing or changed file.
    """
    try:
        sums = (folder / "SHA256SUMS").read_text(encoding="utf-8")
        for line in sums.splitlines():
            expected, name = line.split()
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            if found != expected:
                raise EncoderError(
                    f"{folder / name} is not the released file "
                    f"(SHA-256 {found[:12]}…, expected {expected[:12]}…). "
                    f"Restore it with `git checkout -- data/encoder`, "
                    f"or make it again with data/encoder/export.py."
                )
    except FileNotFoundError as error:
        raise EncoderError(
            f"{error.filename} is missing. Restore it with `git checkout -- data/encoder`."
        ) from error
    return sums


def meanings(views: np.ndarray) -> np.ndarray:
    """Return unit vectors, shape (texts, DIMENSIONS); dot products are similarities in meaning."""
    meaning = views[:, MEANING]
    return meaning / np.linalg.norm(meaning, axis=1, keepdims=True)


@cache
def default_encoder() -> Encoder:
    """Return the encoder of ``data/encoder``, loaded once in a process."""
    return Encoder()
