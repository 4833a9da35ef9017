"""Rasa policy for turns beyond rules: several questions, follow-ups, a second misunderstanding."""

import re
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import history
from bot.nlu.models.followups import followed_by, follows, stays
from bot.optouts.form import Ask
from bot.optouts.phrases import asks_why, has_no_email, kinds_named, narrows
from bot.phrases import agrees, cancels, only_complains
from bot.policy.questions import Question
from bot.privacy.masking import PLACEHOLDER
from bot.references import find_reference
from bot.topics import ANSWERABLE, CLARIFY, FORGET, OUT_OF_SCOPE, TOPICS

FORM = "opt_out_form"
CANCEL = "action_opt_out_cancel"
# Intents that actions answer, not responses.
_ACTIONS = {
    "opt_out": FORM,
    "opt_in": FORM,
    "opt_out_status": "action_opt_out_status",
}
_OPT_OUTS = frozenset({"opt_out", "opt_in"})
_SURE_ALONE = 0.75  # confidence from which a short message needs no context
_ANSWER_WORDS = 4  # words up to which a message that is no question answers the form
_QUESTION = re.compile(r"\W*(?:what|whats|who|whose|where|when|why|how|which)\b", re.IGNORECASE)

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
        planned = [] if FORM in done else [CANCEL] if CANCEL in done else plan(tracker)
        if planned:
            action = planned[len(done)] if len(done) < len(planned) else ACTION_LISTEN_NAME
            probabilities[domain.index_for_action(action)] = 1.0
        # Rasa marks the next step of a form as independent of the message ("no user prediction"),
        # and lets only predictions with the same mark compete with it.
        return self._prediction(probabilities, is_no_user_prediction=bool(planned) and in_form)


def plan(tracker: DialogueStateTracker) -> list[str]:
    """Return the actions for the last message, in order; none if the rule for it is enough."""
    asked = history.questions(tracker)
    if tracker.active_loop_name == FORM:
        return _plan_in_form(tracker, asked)
    if len(asked) > 1:
        return _in_order([question["intent"] for question in asked])
    if not asked:
        return []
    (question,) = asked
    if question["intent"] not in _OPT_OUTS and find_reference(history.said(tracker)):
        return [_ACTIONS["opt_out_status"]]
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
    if topic is None or not follows(text):
        return None
    if (
        question["intent"] in TOPICS
        and question["confidence"] >= _SURE_ALONE
        and not stays(topic, text)
    ):
        return None
    if followed := followed_by(topic, text):
        return _ACTIONS.get(followed, f"{history.UTTER}{followed}")
    return f"{history.UTTER}elaborate" if question["intent"] == CLARIFY else None


def _plan_in_form(tracker: DialogueStateTracker, asked: list[dict[str, Any]]) -> list[str]:
    """Return the actions for a message to the opt-out form.

    The form goes on, unless the message cancels it.
    """
    text, intent, requested = (
        history.said(tracker),
        history.intent(tracker),
        tracker.get_slot("requested_slot"),
    )
    corrects = bool(PLACEHOLDER.search(text) or (kinds_named(text) and requested == Ask.AGREED))
    if intent == "goodbye" or (cancels(text) and not corrects) or (intent == "deny" and not asked):
        return [CANCEL]
    if intent == FORGET:
        return [f"{history.UTTER}{FORGET}"]
    if PLACEHOLDER.search(text) or intent in _OPT_OUTS or agrees(text) or not asked:
        return [FORM]
    if requested == Ask.EMAIL and has_no_email(text):
        return [FORM]
    if requested == Ask.EMAIL and asks_why(text):
        return ["action_opt_out_why", FORM]
    if find_reference(text):
        return [_ACTIONS["opt_out_status"], FORM]
    wanted = [
        question["intent"] for question in asked if question["intent"] in ANSWERABLE - _OPT_OUTS
    ]
    names_kinds = bool(kinds_named(text)) and (requested == Ask.KINDS or narrows(text))
    answers_form = not _asks(text) and (
        names_kinds or (requested == Ask.EMAIL and len(text.split()) <= _ANSWER_WORDS)
    )
    if not wanted or (answers_form and intent != "human"):
        return [FORM]
    return [*_in_order(wanted), FORM]


def _asks(text: str) -> bool:
    return "?" in text or Question(text).yes_or_no or bool(_QUESTION.match(text))


def _in_order(intents: list[str]) -> list[str]:
    """Return each action for several intents once; a form comes last, because it asks something."""
    actions = [_ACTIONS.get(intent, f"{history.UTTER}{intent}") for intent in intents]
    return list(dict.fromkeys(sorted(actions, key=lambda action: action == FORM)))


def _names_kind(question: dict[str, Any]) -> bool:
    return any(entity["entity"] == "data_kind" for entity in question["entities"])


def _missed_before(tracker: DialogueStateTracker) -> bool:
    answers = history.earlier_answers(tracker)
    return bool(answers) and answers[0].metadata.get("outcome") == "clarify"
