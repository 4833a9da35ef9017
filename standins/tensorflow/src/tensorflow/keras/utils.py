"""Placeholder for the base class of Rasa's data generators."""

from tensorflow.absent import placeholder, refuse_unknown

Sequence = placeholder("tensorflow.keras.utils.Sequence")

__getattr__ = refuse_unknown("tensorflow.keras.utils")
