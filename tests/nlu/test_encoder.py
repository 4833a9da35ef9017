"""Tests of the sentence encoder."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.models.encoder import (
    DIMENSIONS,
    VIEWS,
    Encoder,
    EncoderError,
    default_encoder,
    meanings,
)
from bot.paths import ENCODER_DIR


def test_vectors_are_unit_vectors_of_meaning() -> None:
    """Texts with the same meaning are closer to each other than to other texts."""
    views = default_encoder().encode(
        ["do you sell my data", "is my information sold", "what a lovely lamp"]
    )
    assert views.shape == (3, VIEWS, DIMENSIONS)
    vectors = meanings(views)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3


def test_a_text_has_the_same_vector_alone_and_in_a_batch() -> None:
    """Padding changes a vector no more than quantisation does: below 0.02 in cosine."""
    texts = ["cookies", "how long do you keep the phone number that I gave you when I ordered"]
    together = meanings(default_encoder().encode(texts))
    alone = meanings(np.vstack([default_encoder().encode([text]) for text in texts]))
    assert ((together * alone).sum(axis=1) > 0.98).all()


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    """The error for a changed vocabulary names the file and the remedy."""
    shutil.copytree(ENCODER_DIR, tmp_path / "encoder")
    with (tmp_path / "encoder" / "vocab.txt").open("a") as vocabulary:
        vocabulary.write("extra\n")
    with pytest.raises(EncoderError, match=r"vocab\.txt is not the released file.*git checkout"):
        Encoder(tmp_path / "encoder")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The error for a missing model names the file."""
    shutil.copytree(ENCODER_DIR, tmp_path / "encoder")
    (tmp_path / "encoder" / "model.onnx").unlink()
    with pytest.raises(EncoderError, match=r"model\.onnx is missing"):
        Encoder(tmp_path / "encoder")


def test_many_texts_are_encoded_in_their_order() -> None:
    """Batches in several threads are returned in the order of their texts."""
    texts = [f"question {number} about my data" for number in range(100)]
    many = meanings(default_encoder().encode(texts))
    alone = meanings(default_encoder().encode(texts[57:58]))
    assert (many @ alone[0]).argmax() == 57
