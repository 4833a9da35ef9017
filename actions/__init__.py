"""Rasa custom actions: thin classes over the plain Python of ``bot``.

Rasa finds them by the name of this package. ``rasa run actions`` runs them in a separate action
server; the bot's own process creates them with ``all_actions``.
"""

from rasa_sdk import Action

from actions import opt_outs
from bot.application.services import Services


def all_actions(services: Services) -> list[Action]:
    """Return one instance of each action, with these services."""
    return [action(services) for action in opt_outs.ACTIONS]
