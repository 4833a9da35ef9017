"""Holds only what Rasa's annotations name."""
