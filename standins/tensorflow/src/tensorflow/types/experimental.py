"""The type that Rasa's annotations name."""

from tensorflow.absent import placeholder

TensorLike = placeholder("tensorflow.types.experimental.TensorLike")
