"""Empty module that Rasa imports as ``K``, and uses only when it builds a model."""

from tensorflow.absent import refuse_unknown

__getattr__ = refuse_unknown("tensorflow.keras.backend")
