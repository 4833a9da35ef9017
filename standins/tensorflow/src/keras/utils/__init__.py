"""Helpers of Keras that Rasa imports and uses only inside a model."""
