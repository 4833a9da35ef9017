"""Dialogue: the Rasa policy for the next action, and the response generator over ``bot.policy``."""
