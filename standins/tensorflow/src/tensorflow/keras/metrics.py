"""Placeholder for the base class of Rasa's training metrics."""

from tensorflow.absent import placeholder, refuse_unknown

Metric = placeholder("tensorflow.keras.metrics.Metric")

__getattr__ = refuse_unknown("tensorflow.keras.metrics")
