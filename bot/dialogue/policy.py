"""Rasa policy for turns beyond rules: several questions, follow-ups, a second misunderstanding."""

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import history
from bot.dialogue.opt_outs import (
    ACTIONS,
    CHANGING,
    FORM,
    plan_choice,
    plan_in_form,
    plan_outside,
)
from bot.nlu.models.followups import followed_by, follows, stays
from bot.phrases import only_complains
from bot.topics import CLARIFY, OUT_OF_SCOPE, TOPICS

_SURE_ALONE = 0.75  # confidence from which a short message needs no context

# Topics that "and my address?" can follow.
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
        "email_marketing",
    }
)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class TopicPolicy(Policy):
    """Policy that plans the actions of a turn that needs more than one rule gives.

    For all other turns it predicts nothing.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return a priority above RulePolicy (6): a plan precedes the rule for its first intent."""
        return {"priority": 7}

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Learn nothing, because the plan follows from the message alone."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predict the next action of the plan for this turn, if there is a plan."""
        probabilities = self._default_predictions(domain)
        done = history.actions_this_turn(tracker)
        in_form = tracker.active_loop_name == FORM
        # Rules predict the actions after the form.
        left = next((place for place, action in enumerate(done) if action in CHANGING), None)
        if FORM in done:
            planned = []
        elif left is not None:
            planned = [*done[:left], *CHANGING[done[left]]]
        else:
            planned = plan(tracker)
        if planned:
            action = planned[len(done)] if len(done) < len(planned) else ACTION_LISTEN_NAME
            probabilities[domain.index_for_action(action)] = 1.0
        # Rasa marks the next step of a form as independent of the message ("no user prediction"),
        # and lets only predictions with the same mark compete with it.
        return self._prediction(probabilities, is_no_user_prediction=bool(planned) and in_form)


def plan(tracker: DialogueStateTracker) -> list[str]:
    """Return the actions for the last message, in order; none if the rule for it is enough."""
    asked = history.questions(tracker)
    if not asked:
        return plan_choice(tracker)
    if tracker.active_loop_name == FORM:
        return plan_in_form(tracker, asked)
    if about_opt_outs := plan_outside(tracker, asked):
        return about_opt_outs
    if len(asked) > 1:
        return _in_order([question["intent"] for question in asked])
    (question,) = asked
    if question["elliptical"] and _names_kind(question):
        topic = history.last_topic(tracker) or "collection"
        if topic in FOLLOWABLE:
            return [f"{history.UTTER}{topic}"]
    if continued := _continued(tracker, question):
        return [continued]
    if question["intent"] in (CLARIFY, OUT_OF_SCOPE, "human") and only_complains(
        history.said(tracker)
    ):
        return [f"{history.UTTER}complaint"]
    if question["intent"] == CLARIFY and _missed_before(tracker):
        return [f"{history.UTTER}offer_person"]
    return []


def _continued(tracker: DialogueStateTracker, question: dict[str, Any]) -> str | None:
    """Return the action for a follow-up that is not clear without the answer before it."""
    topic, text = history.topic_before(tracker), history.said(tracker)
    if topic is None:
        return None
    if question["intent"] in (CLARIFY, OUT_OF_SCOPE) and _asks_for_words(question):
        return f"{history.UTTER}elaborate"
    if not follows(text):
        return None
    if (
        question["intent"] in TOPICS
        and question["confidence"] >= _SURE_ALONE
        and not stays(topic, text)
    ):
        return None
    if followed := followed_by(topic, text):
        return ACTIONS.get(followed, f"{history.UTTER}{followed}")
    return f"{history.UTTER}elaborate" if question["intent"] == CLARIFY else None


def _in_order(intents: list[str]) -> list[str]:
    """Return each action for several intents once; a form comes last, because it asks something."""
    actions = [ACTIONS.get(intent, f"{history.UTTER}{intent}") for intent in intents]
    return list(dict.fromkeys(sorted(actions, key=lambda action: action == FORM)))


def _asks_for_words(question: dict[str, Any]) -> bool:
    """Return whether a question wants the last answer in other words, or in the policy's own."""
    return any(
        entity["entity"] == "aspect" and entity["value"] in ("source", "simpler")
        for entity in question["entities"]
    )


def _names_kind(question: dict[str, Any]) -> bool:
    return any(entity["entity"] == "data_kind" for entity in question["entities"])


def _missed_before(tracker: DialogueStateTracker) -> bool:
    answers = history.earlier_answers(tracker)
    return bool(answers) and answers[0].metadata.get("outcome") == "clarify"
