"""Failures of Rasa's parts: they end the turn, where Rasa would answer as if nothing had happened.

Without the events of an action that failed, or with an empty tracker in place of one that could not
be read, Rasa's answer could deny what was recorded.
"""

from copy import copy
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker


class StrictProcessor(MessageProcessor):
    """Message processor whose turn fails with an action that fails."""

    async def _run_action(
        self, action: Action, tracker: DialogueStateTracker, *rest: Any, **more: Any
    ) -> bool:
        """Run an action; raises its error, which Rasa only logs."""
        failures: list[Exception] = []
        goes_on = await super()._run_action(_watched(action, failures), tracker, *rest, **more)
        if failures:
            raise failures[0]
        return goes_on


def let_errors_out(agent: Agent, tracker_store: TrackerStore | None) -> None:
    """Let errors of actions and of the tracker store end the turns of an agent."""
    assert agent.processor is not None
    agent.processor.__class__ = StrictProcessor
    if tracker_store is not None:  # without Rasa's wrapper, which goes on in memory
        agent.tracker_store = agent.processor.tracker_store = tracker_store


def _watched(action: Action, failures: list[Exception]) -> Action:
    """Return the action with its errors noted; a rejection is no error."""

    async def run(*arguments: Any) -> Any:
        """Run the action."""
        try:
            return await action.run(*arguments)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            failures.append(error)
            raise

    watched = copy(action)
    watched.run = run
    return watched
