"""Part of stand-alone Keras that Rasa imports."""

from tensorflow.keras import Model

__all__ = ["Model"]
