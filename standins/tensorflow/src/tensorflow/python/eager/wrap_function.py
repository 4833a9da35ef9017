"""The type that Rasa's ConveRT featurizer names."""

from tensorflow.absent import placeholder

WrappedFunction = placeholder("tensorflow.python.eager.wrap_function.WrappedFunction")
