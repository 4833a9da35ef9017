"""Placeholder for the type in Rasa's annotations."""

from tensorflow.absent import placeholder

TensorLike = placeholder("tensorflow.types.experimental.TensorLike")
