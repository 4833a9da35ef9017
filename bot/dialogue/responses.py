"""Response generator: chooses a variation for the question, with its clauses and choices."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue import history
from bot.dialogue.opt_outs import talk_of
from bot.optouts.talk import references_sentence
from bot.policy.answer_files import load_answers
from bot.policy.answers import FROM_RANKING, GIVEN, Answer, Situation, choose, compose
from bot.policy.document import load
from bot.policy.questions import Question
from bot.settings import settings
from bot.topics import ANSWERABLE, FORGET, OUT_OF_SCOPE, TOPICS

MAX_CHOICES = 3
MIN_CHOICE_CONFIDENCE = 0.05


class PolicyResponses(NaturalLanguageGenerator):
    """Generator of the bot's messages; every Rasa command uses it, as ``nlg`` in endpoints.yml."""

    def __init__(
        self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None
    ) -> None:
        """Read the answers from their files, because those in the model's domain may be older."""
        self._answers = load_answers()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return a Rasa response, with its topic, outcome and cited clauses.

        Return None for an unknown response, as Rasa's own generator does.
        """
        variations = self._answers.get(utter_action)
        if not variations:
            return None
        situation = self._situation(
            tracker, {name: str(value) for name, value in kwargs.items() if name in GIVEN}
        )
        chosen = choose(variations, situation)
        topic = chosen.topic or utter_action.removeprefix(history.UTTER)
        answer = compose(chosen, situation)
        return {
            "text": answer.text,
            "topic": _topic(topic, answer, tracker),
            "outcome": chosen.outcome or _outcome(topic, answer),
            "clauses": list(answer.clauses),
            "buttons": _buttons(answer, tracker),
            "asks": chosen.asks,
        }

    def _situation(self, tracker: DialogueStateTracker, given: Mapping[str, str]) -> Situation:
        cited = (
            message.metadata.get("clauses")
            for message in history.earlier_answers(tracker)
            if message.metadata.get("outcome") == "answered"
        )
        return Situation(
            question=_question(tracker),
            now=datetime.now(UTC),
            given={
                "references": references_sentence(talk_of(tracker)),
                "chat_days": f"{settings().conversation_days:g}",
                "vault_minutes": f"{settings().vault_minutes:g}",
                **given,
            },
            # An answer from before a change of the policy may cite clauses that are gone.
            previous_clauses=tuple(
                clause for clause in next(filter(None, cited), ()) if clause in load().by_id
            ),
            closest_clause=history.closest_passage(tracker),
        )


def _question(tracker: DialogueStateTracker) -> Question:
    asked = history.questions(tracker)
    if asked:
        current = asked[min(history.messages_this_turn(tracker), len(asked) - 1)]
        return Question.of(current["text"], current["entities"])
    # A choice names its topic, and may name a kind of data.
    message = tracker.latest_message
    return Question.of("", message.entities if message else ())


def _topic(topic: str, answer: Answer, tracker: DialogueStateTracker) -> str | None:
    """Return the topic of a response; one that says more about the last answer keeps its topic."""
    if topic == "elaborate" and answer.clauses:
        return history.last_topic(tracker)
    return topic if topic in TOPICS else None


def _outcome(topic: str, answer: Answer) -> str:
    if topic == FORGET:
        return "clarify" if answer.choices else "done"
    if topic in ANSWERABLE or (topic == "elaborate" and answer.clauses):
        return "answered"
    if topic in ("clarify", "offer_person", "elaborate"):
        return "clarify"
    return OUT_OF_SCOPE if topic == OUT_OF_SCOPE else "smalltalk"


def likely(ranking: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the topics that a question back offers for a ranking of intents."""
    names = [entry["name"] for entry in ranking if entry["confidence"] >= MIN_CHOICE_CONFIDENCE]
    return [name for name in names if name in ANSWERABLE][:MAX_CHOICES]


def _buttons(answer: Answer, tracker: DialogueStateTracker) -> list[dict[str, str]]:
    message = tracker.latest_message
    names = list(answer.choices)
    if names == [FROM_RANKING]:
        names = likely(message.parse_data.get("intent_ranking") or [] if message else [])
        names = [*names, "help"] if len(names) < 2 else names
    asked = _question(tracker).kinds[:1]
    kind = json.dumps({"data_kind": asked[0]}) if asked else ""
    return [{"title": TOPICS[name].title, "payload": f"/{name}{kind}"} for name in names]
