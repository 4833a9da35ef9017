"""Base of the actions about opt-outs: their services, the vault, buttons and slots."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action as RasaAction
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.application.services import Services, default_services
from bot.optouts.form import Reveal
from bot.optouts.model import LedgerError, NotRecorded
from bot.optouts.talk import Noted, Talk

Events = list[dict[str, Any]]

LEAVE_FORM = {"event": "active_loop", "timestamp": None, "name": None}


class OptOutAction(RasaAction, ABC):
    """Base class of actions that use the ledger and the vault."""

    def __init__(self, services: Services | None = None) -> None:
        """Use ``services``, or those of the settings if none are given.

        An action server creates its actions without arguments.
        """
        self._services = services

    @property
    def services(self) -> Services:
        """Return the services of this process."""
        return self._services or default_services()

    def reveal(self, tracker: Tracker) -> Reveal:
        """Return a function that returns the address of a placeholder of this conversation."""

        def address(placeholder: str) -> str | None:
            """Return the address behind a placeholder."""
            return self.services.vault.value(tracker.sender_id, placeholder)

        return address

    async def _take_back(self, tracker: Tracker, taken: Sequence[Noted]) -> bool:
        """Take parts of records back; return False if the ledger could not do it.

        If the database breaks after some were taken back, the turn fails: the same message again
        takes back the rest.
        """
        done = False
        for part in taken:
            for reference in part.references:
                try:
                    await self.services.optouts.take_back(reference, tracker.sender_id, part.kinds)
                except NotRecorded:
                    if done:
                        raise
                    return False
                except LedgerError:
                    return False
                done = True
        return True

    @abstractmethod
    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> Any:
        """Run the action and return its events."""


def button(title: str, intent: str, **entities: str) -> dict[str, str]:
    """Return a button whose payload names an intent and entities."""
    return {"title": title, "payload": f"/{intent}{json.dumps(entities) if entities else ''}"}


NEVER_MIND = button("Never mind", "deny")


def slots(values: Mapping[str, Any]) -> Events:
    """Return the events that set slots."""
    return [SlotSet(name, value) for name, value in values.items()]


def slots_of(talk: Talk) -> Events:
    """Return the events that keep a talk in its slots when the form is left."""
    return slots({**talk.as_slots(), "requested_slot": None, "optout_person_offered": None})
