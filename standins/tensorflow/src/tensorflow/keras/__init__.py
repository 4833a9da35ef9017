"""Placeholders for the Keras classes that Rasa derives from."""

from tensorflow.absent import placeholder, refuse_unknown
from tensorflow.keras import backend, callbacks, layers, metrics, utils

Model = placeholder("tensorflow.keras.Model")
__all__ = ["Model", "backend", "callbacks", "layers", "metrics", "utils"]

__getattr__ = refuse_unknown("tensorflow.keras")
