"""Placeholder for the base class of Rasa's training callbacks."""

from tensorflow.absent import placeholder, refuse_unknown

Callback = placeholder("tensorflow.keras.callbacks.Callback")

__getattr__ = refuse_unknown("tensorflow.keras.callbacks")
