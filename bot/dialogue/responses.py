"""Response generator: chooses a variation for the question, with its clauses and choices."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue import history
from bot.dialogue.opt_outs import talk_of
from bot.nlu.frames import FRAMES
from bot.optouts.talk import references_sentence
from bot.policy.answer_files import load_answers
from bot.policy.answers import FRAMES as FRAMED
from bot.policy.answers import FROM_RANKING, GIVEN, Answer, Situation, choose, compose
from bot.policy.frame_list import load_frames
from bot.policy.frames import answers_from_frames, frame_answers, frames_of_topic
from bot.policy.notice import known_clauses
from bot.policy.questions import Question
from bot.settings import settings
from bot.topics import ANSWERABLE, FORGET, OUT_OF_SCOPE, SHORTCUTS, TOPICS

# Responses that begin a talk about opting out.
_BEGINNINGS = frozenset(
    {
        *("utter_opt_out_how", "utter_opt_out_ask_kinds", "utter_opt_out_ask_email"),
        *("utter_opt_out_confirm_browser", "utter_opt_out_status_which"),
    }
)
_HOW, _STATUS = "utter_opt_out_how", "utter_opt_out_status_which"
MAX_CHOICES = 3
MIN_CHOICE_CONFIDENCE = 0.05


class PolicyResponses(NaturalLanguageGenerator):
    """Generator of the bot's messages; every Rasa command uses it, as ``nlg`` in endpoints.yml."""

    def __init__(
        self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None
    ) -> None:
        """Read the answers from their files, because those in the model's domain may be older."""
        self._answers = load_answers()
        self._from_frames = answers_from_frames()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return a Rasa response, with its topic, outcome and cited clauses.

        Return None for an unknown response, as Rasa's own generator does.
        """
        variations = self._answers.get(utter_action)
        if not variations:
            return None
        framed = _framed(utter_action, tracker) if self._from_frames else None
        topic = utter_action.removeprefix(history.UTTER)
        given = {name: str(value) for name, value in kwargs.items() if name in GIVEN}
        situation = self._situation(tracker, topic, given, framed)
        chosen = choose(variations, situation)
        topic = chosen.topic or topic
        answer = compose(chosen, situation)
        if framed and utter_action in _BEGINNINGS:
            answer = _after(framed, answer, utter_action)
        return {
            "text": answer.text,
            "topic": _topic(topic, answer, tracker),
            "outcome": chosen.outcome or _outcome(topic, answer),
            "clauses": list(answer.clauses),
            "buttons": _buttons(answer, tracker),
            "asks": chosen.asks,
            # For a later "why?" and "simpler, please".
            "plainer": framed.plainer
            if framed and FRAMED in chosen.placeholders()
            else answer.plainer,
            "quoted": bool({"previous_quotes", FRAMED} & {*chosen.placeholders()})
            or (topic == "elaborate" and situation.quoted)
            or topic == "distress",  # its clauses only tell the number
        }

    def _situation(
        self,
        tracker: DialogueStateTracker,
        topic: str,
        given: Mapping[str, str],
        framed: Answer | None,
    ) -> Situation:
        before = history.last_answers(tracker)
        cited = [clause for said in before for clause in said.get("clauses") or ()]
        return Situation(
            question=_question(tracker),
            now=datetime.now(UTC),
            topic=topic,
            given={
                "references": references_sentence(talk_of(tracker)),
                "chat_days": f"{settings().conversation_days:g}",
                "vault_minutes": f"{settings().vault_minutes:g}",
                **given,
            },
            # An answer from before a change of the policy may cite clauses that are gone.
            previous_clauses=tuple(
                clause for clause in dict.fromkeys(cited) if clause in known_clauses()
            ),
            previous_plainer=" ".join(filter(None, (said.get("plainer") for said in before))),
            quoted=any(said.get("quoted") for said in before),
            missed=history.missed_before(tracker),
            # What nobody has confirmed is not quoted, as its headings may hold a condition.
            closest_clause=None if self._from_frames else history.closest_passage(tracker),
            framed=framed,
        )


def _framed(response: str, tracker: DialogueStateTracker) -> Answer | None:
    """Return what the store has confirmed about the question, if the response may say it.

    At the beginning of a talk about opting out, that is what the policy says of it.
    """
    asked = _current(tracker)
    frames = list(asked[FRAMES]) if asked and FRAMES in asked else []
    topic = response.removeprefix(history.UTTER)
    if response in _BEGINNINGS:
        answers = frame_answers()
        said = [name for name in frames if (found := answers.standing(name)) and found.quotes]
        first = not history.messages_this_turn(tracker)
        return answers.answer(said, _question(tracker).text) if said and first else None
    known = load_frames()
    if not any(topic in (known[name].topic, *known[name].also) for name in frames):
        frames = [*frames_of_topic(topic)] if not frames or not asked else frames
    return frame_answers().answer(frames, _question(tracker).text) if frames else None


def _after(framed: Answer, answer: Answer, response: str) -> Answer:
    """Return an answer after what the policy says of the matter."""
    if response == _STATUS:
        text = f"{framed.text} If you opted out here before, tell me your reference."
        return replace(framed, text=text, choices=answer.choices)
    between = "" if response == _HOW else "I can also record it for you here. "
    text = f"{framed.text} {between}{answer.text}"
    return replace(answer, text=text, clauses=(*framed.clauses, *answer.clauses))


def _current(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """Return the question that the next message of this turn answers; None for a choice."""
    asked = history.questions(tracker)
    return asked[min(history.messages_this_turn(tracker), len(asked) - 1)] if asked else None


def _question(tracker: DialogueStateTracker) -> Question:
    if current := _current(tracker):
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
    names = [name for name in answer.choices if name not in SHORTCUTS]
    shortcuts = [SHORTCUTS[name] for name in answer.choices if name in SHORTCUTS]
    if names == [FROM_RANKING]:
        names = likely(message.parse_data.get("intent_ranking") or [] if message else [])
        names = [*names, "help"] if len(names) < 2 else names
    asked = _question(tracker).kinds[:1]
    kind = json.dumps({"data_kind": asked[0]}) if asked else ""
    topics = [{"title": TOPICS[name].title, "payload": f"/{name}{kind}"} for name in names]
    stops = [
        {
            "title": shortcut.title,
            "payload": f"/{shortcut.intent}{json.dumps({'optout_kind': shortcut.kind})}",
        }
        for shortcut in shortcuts
    ]
    return [*stops, *topics]
