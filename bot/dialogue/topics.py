"""The policy for what rules cannot say: several questions in one message, follow-ups, and a second misunderstanding."""

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import history
from bot.topics import CLARIFY

# Topics after which "and my address?" makes sense.
FOLLOWABLE = frozenset(
    {
        "collection",
        "use",
        "sharing",
        "location_device",
        "selling",
        "retention",
        "security",
        "encryption",
        "access_or_delete",
    }
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class TopicPolicy(Policy):
    """Plans the responses of a turn if it needs more than the one that a rule gives; otherwise predicts nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Above RulePolicy (6): a plan for the turn precedes the rule for its first intent."""
        return {"priority": 7}

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Learn nothing: the plan follows from the message."""
        return self._resource

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, rule_only_data: dict[str, Any] | None = None, **kwargs: Any
    ) -> PolicyPrediction:
        """Predict the next action of the plan for this turn, if there is a plan."""
        probabilities = self._default_predictions(domain)
        planned = plan(tracker)
        if planned:
            done = len(history.actions_this_turn(tracker))
            action = planned[done] if done < len(planned) else ACTION_LISTEN_NAME
            probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities)


def plan(tracker: DialogueStateTracker) -> list[str]:
    """Return the responses that the last message needs, in order; none if a rule for its intent is enough."""
    asked = history.questions(tracker)
    if len(asked) > 1:
        return [f"{history.UTTER}{question['intent']}" for question in asked]
    if not asked:
        return []
    (question,) = asked
    if question["elliptical"] and _names_kind(question):
        topic = history.last_topic(tracker) or "collection"
        if topic in FOLLOWABLE:
            return [f"{history.UTTER}{topic}"]
    if question["intent"] == CLARIFY and _missed_before(tracker):
        return [f"{history.UTTER}offer_person"]
    return []


def _names_kind(question: dict[str, Any]) -> bool:
    return any(entity["entity"] == "data_kind" for entity in question["entities"])


def _missed_before(tracker: DialogueStateTracker) -> bool:
    said = history.earlier_answers(tracker)
    return bool(said) and said[0].metadata.get("outcome") == "clarify"
