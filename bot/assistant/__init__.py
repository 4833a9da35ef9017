"""Rasa in this project: the trained model, the tracker store, and the action endpoint."""
