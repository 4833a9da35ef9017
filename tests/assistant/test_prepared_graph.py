"""Tests of the prepared graph, with the trained model."""

from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphComponentException
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant import trained_model
from bot.assistant.prepared_graph import PreparedGraph
from bot.dialogue.rules import RuleLookup


@pytest.fixture(scope="module")
def agent(model: Path) -> Agent:
    """The loaded agent."""
    return trained_model.load(path=model, lean=False)


@pytest.fixture(scope="module")
def graph(agent: Agent) -> PreparedGraph:
    """Its graph."""
    assert agent.processor is not None
    return agent.processor.graph_runner


def said(intent: str) -> list[Event]:
    """Return the events of a message of the shopper, after the bot has listened."""
    return [ActionExecuted(ACTION_LISTEN_NAME), UserUttered("x", {"name": intent})]


def turn(intent: str) -> list[Event]:
    """Return the events of a whole turn."""
    return [*said(intent), ActionExecuted(f"utter_{intent}"), BotUttered("x")]


def test_it_gives_what_the_scheduler_gives(agent: Agent, graph: PreparedGraph, model: Path) -> None:
    """Rasa's own runner understands a message in the same way."""
    assert agent.processor is not None
    _, metadata, scheduled = MessageProcessor._load_model(model)
    target = metadata.nlu_target
    for text in ("do you sell my data?", "cookies and opening hours", "stop the mails", "asdf"):
        found = [
            runner.run({"__message__": [UserMessage(text)], "__tracker__": None}, [target])[target][
                0
            ]
            for runner in (graph, scheduled)
        ]
        assert found[0].get("intent") == found[1].get("intent")
        assert found[0].get("questions") == found[1].get("questions")


def test_a_failing_node_is_named(agent: Agent, graph: PreparedGraph) -> None:
    """An error in a component is raised as Rasa's own error, with the name of the node."""
    assert agent.processor is not None
    target = agent.processor.model_metadata.nlu_target
    with pytest.raises(GraphComponentException, match="nlu_message_converter"):
        graph.run({"__message__": 1, "__tracker__": None}, [target])


HISTORIES: dict[str, list[Event]] = {
    "first message": [ActionExecuted("action_session_start"), SessionStarted()],
    "after an answer": [SessionStarted(), *turn("cookies")],
    "in a form": [
        *said("opt_out"),
        ActionExecuted("opt_out_form"),
        ActiveLoop("opt_out_form"),
    ],
    "after a form": [
        *said("opt_out"),
        ActionExecuted("opt_out_form"),
        ActiveLoop("opt_out_form"),
        *said("affirm"),
        ActionExecuted("opt_out_form"),
        ActiveLoop(None),
    ],
    "after a message was taken back": [*turn("cookies"), *said("deny"), UserUtteranceReverted()],
}


@pytest.mark.parametrize("history", HISTORIES)
def test_rules_are_looked_up_as_they_were_matched(
    agent: Agent, graph: PreparedGraph, history: str
) -> None:
    """For every intent, before and after its answer, the lookup predicts what Rasa's policy does.

    That is so in a new conversation, after an answer, within a form and after it.
    """
    matched = next(
        node._component for node in graph._nodes.values() if isinstance(node._component, RulePolicy)
    )
    looked_up = RuleLookup(matched)
    for intent in agent.domain.intents:
        answer = f"utter_{intent}"
        for more in (
            [],
            [ActionExecuted(answer)] if answer in agent.domain.action_names_or_texts else [],
        ):
            tracker = DialogueStateTracker.from_events(
                "c", [*HISTORIES[history], *said(intent), *more], agent.domain.slots
            )
            one = matched.predict_action_probabilities(tracker, agent.domain)
            other = looked_up.predict_action_probabilities(tracker, agent.domain)
            assert one.probabilities == other.probabilities, (intent, more)
            assert one.hide_rule_turn == other.hide_rule_turn
