"""Placeholders for the base classes of Rasa's layers."""

from tensorflow.absent import placeholder, refuse_unknown

AbstractRNNCell = placeholder("tensorflow.keras.layers.AbstractRNNCell")
Dense = placeholder("tensorflow.keras.layers.Dense")
Dropout = placeholder("tensorflow.keras.layers.Dropout")
Layer = placeholder("tensorflow.keras.layers.Layer")

__getattr__ = refuse_unknown("tensorflow.keras.layers")
