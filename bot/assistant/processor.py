"""Message processor of the server: Rasa's own, without work that changes nothing here.

Rasa makes all its actions anew to find one, copies the tracker before each action, extracts slots
that only our own actions fill, makes an empty domain to see that ours is none, and copies events
for a log of debugging.
"""

from functools import cached_property
from typing import Any

from rasa.core.actions.action import (
    Action,
    ActionBotResponse,
    ActionListen,
    action_for_name_or_text,
)
from rasa.core.processor import MessageProcessor
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.constants import DEFAULT_SLOT_NAMES
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.failures import StrictProcessor

_ONLY_OURS = [{"type": "custom"}]  # the mapping of a slot that only our own actions fill
# Actions without a state, which neither change the tracker nor can be rejected.
_SIMPLE = (ActionBotResponse, ActionListen)


class ServingProcessor(StrictProcessor):
    """Message processor that does the same as Rasa's, with less work."""

    @classmethod
    def take_over(cls, processor: MessageProcessor) -> None:
        """Make a loaded processor one of this class."""
        processor.__class__ = cls

    async def run_action_extract_slots(
        self, output_channel: Any, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Extract slots, if Rasa fills any."""
        if self._fills_slots:
            return await super().run_action_extract_slots(output_channel, tracker)
        return tracker

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Check nothing: ``privacy-bot check`` has, for all intents and entities."""

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, Any]:
        """Predict the next action; raises ActionLimitReached."""
        goes_on = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, goes_on):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        name = self.domain.action_names_or_texts[prediction.max_confidence_index]
        return self._get_action(name), prediction

    def _get_action(self, action_name: str) -> Action:
        """Return an action by its name; a simple one is made once."""
        known = self._simple_actions.get(action_name)
        if known is not None:
            return known
        action = action_for_name_or_text(action_name, self.domain, self.action_endpoint)
        if type(action) in _SIMPLE:
            self._simple_actions[action_name] = action
        return action

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: Any,
        nlg: Any,
        prediction: Any,
    ) -> bool:
        """Run an action; a simple one on the tracker itself, of which Rasa makes a copy."""
        if type(action) not in _SIMPLE:
            return await super()._run_action(action, tracker, output_channel, nlg, prediction)
        events = await action.run(output_channel, nlg, tracker, self.domain)
        self._log_action_on_tracker(tracker, action, events, prediction)
        await self._send_bot_messages(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: Any,
    ) -> None:
        """Add an action and its events to the tracker, without a copy for the log."""
        if type(action) not in _SIMPLE:
            super()._log_action_on_tracker(tracker, action, events, prediction)
            return
        tracker.update_with_events(prediction.events, self.domain)
        tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events or [], self.domain)

    @cached_property
    def _simple_actions(self) -> dict[str, Action]:
        return {}

    @cached_property
    def _fills_slots(self) -> bool:
        """True if Rasa fills a slot, from a message or by an action of its own for that."""
        own = [slot for slot in self.domain.slots if slot.name not in DEFAULT_SLOT_NAMES]
        return (
            any(slot.mappings != _ONLY_OURS for slot in own)
            or "action_validate_slot_mappings" in self.domain.user_actions
        )
