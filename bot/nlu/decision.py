"""Decision on a message: one intent, several questions, unclear, or out of scope."""

import re
from dataclasses import dataclass, replace
from typing import Any, Self

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import units
from bot.nlu.languages import LANGUAGE
from bot.nlu.models.followups import followed_by, follows
from bot.nlu.models.reading import read
from bot.nlu.models.scope import about_others
from bot.nlu.models.wordings import named_topic
from bot.nlu.scope import ScopeDetector
from bot.topics import (
    ABOUT_BOT,
    ANSWERABLE,
    CLARIFY,
    IN_DIALOGUE,
    OTHER_LANGUAGE,
    OUT_OF_SCOPE,
)

QUESTIONS = "questions"  # in the parse data: the questions of the message, in order
MAX_QUESTIONS = 3
RANKING = 10  # intents that the parse data keep in the ranking of a message

_CLEAR = 0.95  # confidence that no wording overrules
_NAMED = 0.8  # confidence in a topic that the wording names

_ELLIPSIS = re.compile(
    r"^\W*(?:and|what about|how about|what of|n|nd|or|also|wat about|hbu)\b"
    r"(?!.*\b(?:do|does|is|are|can|will)\b)",
    re.IGNORECASE,
)
_MAX_ELLIPSIS_WORDS = 7
_ASKED = ANSWERABLE | {ABOUT_BOT}  # intents that count as a question
_MAX_TAG_WORDS = 2  # "…, do you?" ends a question


@dataclass(frozen=True)
class Judgement:
    """Meaning of one unit of a message: its intent, calibrated confidence, and alternatives."""

    unit: Message
    intent: str
    confidence: float
    ranking: list[dict[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decision(GraphComponent, IntentClassifier):
    """Component that sets the intent and the questions of a message.

    It decides between the whole message and its parts, and when to ask back instead of answering.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._scope: float = config["scope"]
        self._refuse: float = config["refuse"]
        self._sure: float = config["sure"]
        self._part_sure: float = config["part_sure"]
        self._finer_sure: float = config["finer_sure"]
        self._statement_sure: float = config["statement_sure"]
        self._beside_sure: float = config["beside_sure"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the least probability for each decision.

        - ``scope``: to be in scope at all;
        - ``refuse``: to be out of scope for a message that is refused;
        - ``sure``: to be answered;
        - ``part_sure``: for a part of a message to count as a question of its own;
        - ``finer_sure``: the same for a part that only its meaning separates from the rest
          ("cookies and opening times");
        - ``statement_sure``: the same for a part that does not have the form of a question;
        - ``beside_sure``: the same for a part that asks and stands next to another question.
        """
        return {
            "scope": 0.8,
            "refuse": 0.4,
            "sure": 0.5,
            "part_sure": 0.6,
            "finer_sure": 0.8,
            "statement_sure": 0.9,
            "beside_sure": 0.4,
        }

    @classmethod
    def required_components(cls) -> list[type]:
        """Return the components that must come before this one in the pipeline."""
        return [ScopeDetector]

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> Self:
        """Create the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent, ranking and questions of each message."""
        for message in messages:
            if message.get(LANGUAGE):
                _set_language(message)
                continue
            whole = self._judge(message)
            asked = [_in_words(one) for one in self._asked(whole, self._parts(message))]
            first = asked[0]
            message.set(
                INTENT, {"name": first.intent, "confidence": first.confidence}, add_to_output=True
            )
            message.set(INTENT_RANKING_KEY, first.ranking[:RANKING], add_to_output=True)
            # A single question keeps the whole message, whose story may name the day or the data.
            parts = [judgement.unit for judgement in asked] if len(asked) > 1 else [message]
            questions = [
                _question(message, part, judgement)
                for part, judgement in zip(parts, asked, strict=True)
            ]
            message.set(QUESTIONS, questions, add_to_output=True)
        return messages

    def _judge(self, unit: Message) -> Judgement:
        text = units.text_of(unit)
        others = about_others(text)
        inside: float = 0.0 if others else unit.get(units.SCOPE)
        ranked = unit.get(INTENT_RANKING_KEY)
        known_mass = (
            sum(entry["confidence"] for entry in ranked if entry["name"] != OUT_OF_SCOPE) or 1.0
        )
        known = [
            {"name": entry["name"], "confidence": entry["confidence"] / known_mass * inside}
            for entry in ranked
            if entry["name"] != OUT_OF_SCOPE
        ]
        ranking = sorted(
            [*known, {"name": OUT_OF_SCOPE, "confidence": 1 - inside}],
            key=lambda entry: -entry["confidence"],
        )
        if inside < self._scope:
            # A refusal needs to be as sure as an answer. What the store does with data is asked
            # about, and so is what has one likely topic to offer.
            offers = 1 - inside < self._refuse and known[0]["confidence"] >= self._sure
            if not others and (offers or read(text).is_policy):
                return Judgement(unit, CLARIFY, known[0]["confidence"], known)
            return Judgement(unit, OUT_OF_SCOPE, 1 - inside, ranking)
        if known[0]["confidence"] < self._sure:
            return Judgement(unit, CLARIFY, known[0]["confidence"], known)
        return Judgement(unit, known[0]["name"], known[0]["confidence"], known)

    def _parts(self, message: Message) -> list[Judgement]:
        """Return the parts of a message that are questions the bot knows, in order."""
        parts = [judged for part in units.candidates(message) for judged in self._divided(part)]
        asked = [part if self._is_sure(part) else None for part in parts]
        for place, part in enumerate(parts):
            if asked[place] is None and part.unit.get(units.ASKS):
                before = [question for question in asked[:place] if question]
                after = [question for question in asked[place:] if question]
                asked[place] = self._next_to_question(
                    part, before[-1] if before else None, after[0] if after else None
                )
        return [question for question in asked if question]

    def _divided(self, part: Message) -> list[Judgement]:
        """Return the finer parts of a part if two or more surely differ in topic, else the part."""
        parts = [self._judge(finer) for finer in units.candidates(part)]
        sure = {
            each.intent: each
            for each in parts
            if each.intent in _ASKED and each.confidence >= self._finer_sure
        }
        return (
            list(sure.values())
            if len(sure) > 1 and len(sure) == len({each.intent for each in parts})
            else [self._judge(part)]
        )

    def _is_sure(self, part: Judgement) -> bool:
        """Return True for a question of its own, by its form or because it is surely understood."""
        if part.intent == ABOUT_BOT and len(units.text_of(part.unit).split()) <= _MAX_TAG_WORDS:
            return False
        return part.intent in _ASKED and part.confidence >= (
            self._part_sure if part.unit.get(units.ASKS) else self._statement_sure
        )

    def _next_to_question(
        self, part: Judgement, before: Judgement | None, after: Judgement | None
    ) -> Judgement | None:
        """Return the question of a less surely understood part, if it stands next to a question.

        The question before it gives it its meaning, as the last answer does for a follow-up:
        "what do you know, and who gets it?"
        """
        neighbour = before or after
        # Next to a story, the question belongs to the story.
        if neighbour is None or not neighbour.unit.get(units.ASKS):
            return None
        text = units.text_of(part.unit)
        if before and follows(text) and (topic := followed_by(before.intent, text)):
            return replace(part, intent=topic)
        likely = next((entry for entry in part.ranking if entry["name"] in ANSWERABLE), None)
        if (
            likely is None
            or likely["confidence"] < self._beside_sure
            or part.ranking[0]["name"] in IN_DIALOGUE
        ):
            return None
        return replace(part, intent=likely["name"], confidence=likely["confidence"])

    def _asked(self, whole: Judgement, parts: list[Judgement]) -> list[Judgement]:
        questions: dict[str, Judgement] = {}
        for part in parts:
            questions.setdefault(part.intent, part)
        if len(questions) > 1:
            return list(questions.values())[:MAX_QUESTIONS]
        if questions:  # one question with a story or a greeting around it
            (part,) = questions.values()
            return [
                max(
                    whole,
                    part,
                    key=lambda judgement: (
                        judgement.confidence if judgement.intent in ANSWERABLE else -1
                    ),
                )
            ]
        return [whole]


def _in_words(judged: Judgement) -> Judgement:
    """Return a judgement with the topic that the text names, if the classifier is not sure."""
    sure = judged.intent in ANSWERABLE and judged.confidence >= _CLEAR
    topic = named_topic(units.text_of(judged.unit), judged.intent, sure)
    return replace(judged, intent=topic, confidence=_NAMED) if topic else judged


def _set_language(message: Message) -> None:
    """Take a message in another language for nothing else; an entity names the language."""
    intent = {"name": OTHER_LANGUAGE, "confidence": 1.0}
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent], add_to_output=True)
    text = units.text_of(message)
    named = {"entity": LANGUAGE, "value": message.get(LANGUAGE), "start": 0, "end": len(text)}
    message.set(ENTITIES, [named], add_to_output=True)
    question = {
        "text": text,
        "intent": OTHER_LANGUAGE,
        "confidence": 1.0,
        "elliptical": False,
        "entities": [named],
    }
    message.set(QUESTIONS, [question], add_to_output=True)


def _question(message: Message, part: Message, judgement: Judgement) -> dict[str, Any]:
    text = units.text_of(part)
    start, end = part.get(units.START) or 0, part.get(units.END) or len(units.text_of(message))
    return {
        "text": text,
        "intent": judgement.intent,
        "confidence": judgement.confidence,
        "elliptical": bool(_ELLIPSIS.match(text)) and len(text.split()) <= _MAX_ELLIPSIS_WORDS,
        "entities": [
            entity
            for entity in message.get(ENTITIES) or ()
            if start <= entity["start"] and entity["end"] <= end
        ],
    }
