"""What a message is taken to mean: one intent, several questions, something unclear, or nothing the bot knows."""

import re
from dataclasses import dataclass, replace
from typing import Any, Self

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import units
from bot.nlu.models.followups import followed_by, follows
from bot.nlu.models.others import about_others
from bot.nlu.scope import ScopeDetector
from bot.topics import ABOUT_BOT, ANSWERABLE, CLARIFY, IN_DIALOGUE, OUT_OF_SCOPE

QUESTIONS = "questions"  # in the parse data: what the message asks, in order
MAX_QUESTIONS = 3
RANKING = 10  # how many alternatives are kept with a message

_ELLIPSIS = re.compile(
    r"^\W*(?:and|what about|how about|what of|n|nd|or|also|wat about|hbu)\b(?!.*\b(?:do|does|is|are|can|will)\b)", re.IGNORECASE
)
_MAX_ELLIPSIS_WORDS = 7
_ASKED = ANSWERABLE | {ABOUT_BOT}  # what a part of a message can ask
_MAX_TAG_WORDS = 2  # "…, do you?" ends a question


@dataclass(frozen=True)
class Judgement:
    """What one unit of a message means, how surely (calibrated), and the alternatives."""

    unit: Message
    intent: str
    confidence: float
    ranking: list[dict[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decision(GraphComponent, IntentClassifier):
    """Decides between the whole message and its parts, and when to ask back instead of answering."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._scope: float = config["scope"]
        self._sure: float = config["sure"]
        self._part_sure: float = config["part_sure"]
        self._finer_sure: float = config["finer_sure"]
        self._statement_sure: float = config["statement_sure"]
        self._beside_sure: float = config["beside_sure"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Least probabilities: to be in scope at all, to be answered, and for a part to count as a question of its own.

        A part that only its meaning sets apart ("cookies and opening times") must be surer (``finer_sure``), as must one that
        has not the form of a question (``statement_sure``); one that asks beside another question, less (``beside_sure``).
        """
        return {"scope": 0.8, "sure": 0.5, "part_sure": 0.6, "finer_sure": 0.8, "statement_sure": 0.9, "beside_sure": 0.4}

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [ScopeDetector]

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> Self:
        """Creates component (see parent class for full docstring)."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and questions of each message."""
        for message in messages:
            whole = self._judge(message)
            asked = self._asked(whole, self._parts(message))
            first = asked[0]
            message.set(INTENT, {"name": first.intent, "confidence": first.confidence}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, first.ranking[:RANKING], add_to_output=True)
            # A single question is read with all that surrounds it: the story may name the day or the kind of data.
            parts = [judgement.unit for judgement in asked] if len(asked) > 1 else [message]
            questions = [_question(message, part, judgement) for part, judgement in zip(parts, asked, strict=True)]
            message.set(QUESTIONS, questions, add_to_output=True)
        return messages

    def _judge(self, unit: Message) -> Judgement:
        inside: float = 0.0 if about_others(units.text_of(unit)) else unit.get(units.SCOPE)
        ranked = unit.get(INTENT_RANKING_KEY)
        known_mass = sum(entry["confidence"] for entry in ranked if entry["name"] != OUT_OF_SCOPE) or 1.0
        known = [
            {"name": entry["name"], "confidence": entry["confidence"] / known_mass * inside}
            for entry in ranked
            if entry["name"] != OUT_OF_SCOPE
        ]
        ranking = sorted([*known, {"name": OUT_OF_SCOPE, "confidence": 1 - inside}], key=lambda entry: -entry["confidence"])
        if inside < self._scope:
            return Judgement(unit, OUT_OF_SCOPE, 1 - inside, ranking)
        if known[0]["confidence"] < self._sure:
            return Judgement(unit, CLARIFY, known[0]["confidence"], known)
        return Judgement(unit, known[0]["name"], known[0]["confidence"], known)

    def _parts(self, message: Message) -> list[Judgement]:
        """Return what the parts of a message are taken to ask, in order: those that are questions the bot knows."""
        parts = [judged for part in units.candidates(message) for judged in self._finer(part)]
        asked = [part if self._is_sure(part) else None for part in parts]
        for place, part in enumerate(parts):
            if asked[place] is None and part.unit.get(units.ASKS):
                before = [question for question in asked[:place] if question]
                after = [question for question in asked[place:] if question]
                asked[place] = self._beside(part, before[-1] if before else None, after[0] if after else None)
        return [question for question in asked if question]

    def _finer(self, part: Message) -> list[Judgement]:
        """Return a part as a whole, or its own finer parts if two of them are surely about different things."""
        parts = [self._judge(finer) for finer in units.candidates(part)]
        sure = {each.intent: each for each in parts if each.intent in _ASKED and each.confidence >= self._finer_sure}
        return (
            list(sure.values()) if len(sure) > 1 and len(sure) == len({each.intent for each in parts}) else [self._judge(part)]
        )

    def _is_sure(self, part: Judgement) -> bool:
        """Say whether a part is a question of its own, by its form, or because it is surely understood."""
        if part.intent == ABOUT_BOT and len(units.text_of(part.unit).split()) <= _MAX_TAG_WORDS:
            return False
        return part.intent in _ASKED and part.confidence >= (
            self._part_sure if part.unit.get(units.ASKS) else self._statement_sure
        )

    def _beside(self, part: Judgement, before: Judgement | None, after: Judgement | None) -> Judgement | None:
        """Return what a part asks, less surely understood than others are, if it stands beside one that asks.

        It is understood by the one before it, as a follow-up is by the last answer: "what do you know, and who gets it?"
        """
        beside = before or after
        if beside is None or not beside.unit.get(units.ASKS):  # after a story, the question is the story's
            return None
        text = units.text_of(part.unit)
        if before and follows(text) and (topic := followed_by(before.intent, text)):
            return replace(part, intent=topic)
        likely = next((entry for entry in part.ranking if entry["name"] in ANSWERABLE), None)
        if likely is None or likely["confidence"] < self._beside_sure or part.ranking[0]["name"] in IN_DIALOGUE:
            return None
        return replace(part, intent=likely["name"], confidence=likely["confidence"])

    def _asked(self, whole: Judgement, parts: list[Judgement]) -> list[Judgement]:
        questions: dict[str, Judgement] = {}
        for part in parts:
            questions.setdefault(part.intent, part)
        if len(questions) > 1:
            return list(questions.values())[:MAX_QUESTIONS]
        if questions:  # a question with something around it: a story, a courtesy
            (part,) = questions.values()
            return [max(whole, part, key=lambda judgement: judgement.confidence if judgement.intent in ANSWERABLE else -1)]
        return [whole]


def _question(message: Message, part: Message, judgement: Judgement) -> dict[str, Any]:
    text = units.text_of(part)
    start, end = part.get(units.START) or 0, part.get(units.END) or len(units.text_of(message))
    return {
        "text": text,
        "intent": judgement.intent,
        "confidence": judgement.confidence,
        "elliptical": bool(_ELLIPSIS.match(text)) and len(text.split()) <= _MAX_ELLIPSIS_WORDS,
        "entities": [entity for entity in message.get(ENTITIES) or () if start <= entity["start"] and entity["end"] <= end],
    }
