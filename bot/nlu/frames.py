"""Rasa component that finds the frames of each question, for a store that answers from frames."""

from typing import Any, Self

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import units
from bot.nlu.decision import QUESTIONS, Decision
from bot.nlu.encoder import views_of
from bot.nlu.models.encoder import default_encoder, meanings
from bot.nlu.models.frames import Asked, FrameFinder
from bot.policy.frame_list import load_frames
from bot.policy.frames import answers_from_frames
from bot.topics import ABOUT_PERSON, ANSWERABLE, CLARIFY, FORGET, OUT_OF_SCOPE

FRAMES = "frames"  # of a question in the parse data: their ids, the best first
_BESIDE = 0.5  # probability of the topic of a neighbouring question
_NO_FRAME = {"human", FORGET, "opt_in", *(topic.name for topic in ABOUT_PERSON)}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FrameFinding(GraphComponent, IntentClassifier):
    """Component that sets the frames of each question.

    A message that was not understood, but is much like an example of a frame, gets its topic.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._like: float = config["like"]
        self._like_unclear: float = config["like_unclear"]
        self._outside: float = config["outside"]
        self._topic: float = config["topic"]
        self._outside_topic: float = config["outside_topic"]
        self._encoder = default_encoder()
        self._finder = FrameFinder.of(self._encoder) if answers_from_frames() else None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return when a message that was not understood is taken for a frame.

        - ``like``: least likeness to the frame, if it seems out of scope;
        - ``like_unclear``: the same, if only its topic is unclear;
        - ``outside``: least probability to be out of scope at which it stays so;
        - ``topic``: least probability of a topic that makes up for a lack of likeness;
        - ``outside_topic``: the same as ``outside`` for that case.
        """
        return {
            "like": 0.5,
            "like_unclear": 0.4,
            "outside": 0.85,
            "topic": 0.6,
            "outside_topic": 0.35,
        }

    @classmethod
    def required_components(cls) -> list[type]:
        """Return the components that must come before this one in the pipeline."""
        return [Decision]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """Create the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the frames of each question of each message."""
        for message in messages if self._finder else ():
            questions = [dict(question) for question in message.get(QUESTIONS) or ()]
            for question in questions:
                self._set_frames(question, message, alone=len(questions) == 1)
            message.set(QUESTIONS, questions, add_to_output=True)
        return messages

    def _set_frames(self, question: dict[str, Any], message: Message, alone: bool) -> None:
        question[FRAMES] = []
        intent = question["intent"]
        if intent in (CLARIFY, OUT_OF_SCOPE) and alone:
            self._rescue(question, message)
        elif intent in ANSWERABLE - _NO_FRAME:
            topics = _topics(message) if alone else _of_parts(question, message)
            asked = self._asked(question["text"], message, topics)
            more = self._of_pieces(asked, message, topics) if alone else ()
            question[FRAMES] = list(more or asked.frames)

    def _rescue(self, question: dict[str, Any], message: Message) -> None:
        """Take a message that was not understood for the frame that it is much like."""
        topics = _topics(message)
        asked, outside = self._asked(question["text"], message, topics), topics.get(OUT_OF_SCOPE, 0)
        topic = _topic(asked)
        like = self._like_unclear if question["intent"] == CLARIFY else self._like
        is_like = asked.likeness >= like and outside < self._outside
        is_topical = topics.get(topic, 0.0) >= self._topic and outside < self._outside_topic
        if topic and (is_like or is_topical):
            question["intent"], question["confidence"] = topic, max(self._like, asked.likeness)
            question[FRAMES] = list(asked.frames)
            intent = {"name": topic, "confidence": question["confidence"]}
            message.set(INTENT, intent, add_to_output=True)

    def _of_pieces(
        self, whole: Asked, message: Message, topics: dict[str, float]
    ) -> tuple[str, ...]:
        """Return the frames of the pieces of a message with one topic, if they ask two things."""
        pieces = [part for part in units.candidates(message) if part.get(units.ASKS)]
        if len(pieces) < 2:
            return ()
        found = [self._asked(units.text_of(part), part, topics) for part in pieces]
        known = load_frames()
        first = known[whole.frames[0]].topic
        frames = [
            asked.frames[0]
            for asked in found
            if asked.likeness >= self._like and known[asked.frames[0]].topic == first
        ]
        return tuple(dict.fromkeys(frames)) if len(set(frames)) > 1 else ()

    def _asked(self, text: str, message: Message, topics: dict[str, float]) -> Asked:
        assert self._finder is not None
        whole = text == units.text_of(message)  # or of a piece
        views = views_of([message]) if whole else self._encoder.encode([text])
        return self._finder.find(text, meanings(views)[0], topics)


def _topics(message: Message) -> dict[str, float]:
    """Return the probabilities of a message's topics."""
    ranking = message.get(INTENT_RANKING_KEY) or ()
    return {entry["name"]: float(entry["confidence"]) for entry in ranking}


def _of_parts(question: dict[str, Any], message: Message) -> dict[str, float]:
    """Return the topic of a part, and less of those beside it, which its pronouns may be about."""
    beside = {other["intent"]: _BESIDE for other in message.get(QUESTIONS) or ()}
    return {**beside, question["intent"]: float(question["confidence"])}


def _topic(asked: Asked) -> str:
    """Return the topic of the best frame that the bot has an answer for."""
    frame = load_frames()[asked.frames[0]]
    return next((topic for topic in (frame.topic, *frame.also) if topic in ANSWERABLE), "")
