"""Lookup of rules, where Rasa's own policy compares each rule with the whole conversation.

The trained policy is Rasa's own (``RulePolicy`` in config.yml), so Rasa's commands work as ever.
The server looks up in it.
"""

import json
from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.shared.core.constants import ACTIVE_LOOP, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

_LONGEST = 2  # turns of a rule that can be looked up
_UNDOING = (ActiveLoop, ActionReverted, UserUtteranceReverted)  # after these, history is not linear

_Key = tuple[str | None, str | None]  # previous action and intent


class RuleLookup(RulePolicy):
    """Policy that predicts the same as ``RulePolicy``, at a cost that does not grow.

    Rules whose last turn has the present previous action and intent are compared; the others cannot
    fit. And a rule of at most two turns needs no more of the conversation than its last two turns.
    """

    def __init__(self, trained: RulePolicy) -> None:
        """Take over a trained policy, and index its rules."""
        self.__dict__.update(trained.__dict__)
        rules = {key: json.loads(key) for key in self.lookup[RULES]}
        self._is_plain = all(_can_be_looked_up(states) for states in rules.values())
        self._index: dict[_Key, dict[str, str]] = defaultdict(dict)
        for key, states in rules.items():
            self._index[_key(states[-1])][key] = self.lookup[RULES][key]

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        """Predict from the rules; none of ours has a text in place of an intent."""
        if use_text_for_last_user_input and self._is_plain:
            return None, None, False
        return super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)

    def _prediction_states(
        self, tracker: DialogueStateTracker, domain: Domain, *arguments: Any, **named: Any
    ) -> list[State]:
        """Return the last states of the conversation; all of them within and after a form."""
        events = list(tracker.events)
        if not self._is_plain or any(isinstance(event, _UNDOING) for event in events):
            return super()._prediction_states(tracker, domain, *arguments, **named)
        acts = [place for place, event in enumerate(events) if isinstance(event, ActionExecuted)]
        intent = _intent(tracker.latest_message)
        states = [_state(events[acts[-1]] if acts else None, intent)]
        if acts:
            before = events[: acts[-1]]
            said = next((one for one in reversed(before) if isinstance(one, UserUttered)), None)
            states.insert(0, _state(events[acts[-2]] if len(acts) > 1 else None, _intent(said)))
        return states

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """Return the rules that fit the states."""
        if lookup is not self.lookup[RULES] or not states or not self._is_plain:
            return set(super()._get_possible_keys(lookup, states))
        action, intent = _key(states[-1])
        near = self._index.get((action, intent), {}) | self._index.get((action, None), {})
        return set(super()._get_possible_keys(near, states))


def _key(state: State) -> _Key:
    return state.get(PREVIOUS_ACTION, {}).get("action_name"), state.get(USER, {}).get("intent")


def _can_be_looked_up(states: list[State]) -> bool:
    """Return whether a rule is short, and asks only for actions, intents and the active form."""
    return len(states) <= _LONGEST and all(
        state.keys() <= {PREVIOUS_ACTION, USER, ACTIVE_LOOP}
        and state.get(USER, {}).keys() <= {"intent"}
        and state.get(PREVIOUS_ACTION, {}).keys() == {"action_name"}
        for state in states
    )


def _state(act: ActionExecuted | None, intent: str | None) -> State:
    """Return a state outside of a form: the action before, and the intent of the last message."""
    state: State = {}
    if act is not None:
        state[PREVIOUS_ACTION] = act.as_sub_state()
    if intent is not None:
        state[USER] = {"intent": intent}
    return state


def _intent(said: UserUttered | None) -> str | None:
    return said.intent.get("name") if said is not None else None
