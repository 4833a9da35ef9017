"""Placeholder for the type in Rasa's ConveRT featurizer."""

from tensorflow.absent import placeholder

WrappedFunction = placeholder("tensorflow.python.eager.wrap_function.WrappedFunction")
