"""Evaluation of understanding and of its training data, without Rasa."""
