"""Tests of the upkeep of the queue: agents who are gone, and shoppers whom nobody serves."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.accounts.accounts import Accounts
from bot.handoff.agents import PRESENCE
from bot.handoff.model import Agent, HandoffKind, Reason, State
from bot.handoff.service import HandoffService
from tests.handoff.conftest import CONVERSATION, arrive

WATCH = timedelta(seconds=5)  # between two looks of the background work


@pytest.fixture
def sam(handoffs: HandoffService, accounts: Accounts) -> Agent:
    """An agent who has taken the chat."""
    sam = arrive(handoffs, accounts)
    handoff = handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    handoffs.inbox.claim(handoff.id, sam)
    return sam


def last(handoffs: HandoffService) -> tuple[str, list[str]]:
    """Return the last words to the shopper, and their choices."""
    message = handoffs._store.since(CONVERSATION, 0)[-1]
    return message.text, [choice.title for choice in message.choices]


def test_a_shopper_knows_within_a_minute_that_the_agent_is_gone() -> None:
    """The presence of an agent, and the time between two looks, are less than a minute together."""
    assert timedelta(seconds=60) > PRESENCE + WATCH


def test_a_chat_goes_to_a_colleague_who_is_there(
    handoffs: HandoffService, accounts: Accounts, sam: Agent
) -> None:
    """The chat of an agent who is gone waits again, and its shopper is told of a colleague."""
    assert handoffs.upkeep.put_back() == []
    with time_machine.travel(datetime.now(UTC) + PRESENCE + timedelta(seconds=1)):
        arrive(handoffs, accounts, "Ann")
        assert handoffs.upkeep.put_back() == [CONVERSATION]
        assert handoffs._store.state(CONVERSATION) == "waiting_for_agent"
        text, choices = last(handoffs)
        assert "another colleague is here" in text and choices == ["Stop waiting"]
        assert handoffs.upkeep.put_back() == []


def test_a_chat_of_the_only_agent_becomes_a_message(handoffs: HandoffService, sam: Agent) -> None:
    """If the only agent is gone, the shopper is told that nobody is there, and can leave word."""
    with time_machine.travel(datetime.now(UTC) + PRESENCE + timedelta(seconds=1)):
        assert handoffs.upkeep.put_back() == [CONVERSATION]
        assert handoffs._store.state(CONVERSATION) == "bot"
        text, choices = last(handoffs)
        assert "nobody else is here" in text and choices == ["Leave a message"]


def test_a_removed_agent_loses_the_chat(
    handoffs: HandoffService, accounts: Accounts, sam: Agent
) -> None:
    """An agent whose account is removed loses the chat at once."""
    arrive(handoffs, accounts, "Ann")
    accounts.remove("Sam")
    assert handoffs.upkeep.put_back() == [CONVERSATION]


def test_an_agent_who_signs_out_loses_the_chat(
    handoffs: HandoffService, accounts: Accounts, sam: Agent
) -> None:
    """An agent who leaves the desk loses the chat at once; one who is away for a while keeps it."""
    arrive(handoffs, accounts, "Ann")
    handoffs.agents.set_available(sam.id, False)
    assert handoffs.upkeep.put_back() == []
    handoffs.agents.leave(sam.id)
    assert handoffs.upkeep.put_back() == [CONVERSATION]


def test_nobody_waits_for_an_empty_desk(handoffs: HandoffService, accounts: Accounts) -> None:
    """A shopper who waits is told when the last agent is gone, not minutes later."""
    arrive(handoffs, accounts)
    handoff = handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    assert handoffs.upkeep.put_back() == []
    with time_machine.travel(datetime.now(UTC) + PRESENCE + timedelta(seconds=1)):
        assert handoffs.upkeep.put_back() == [CONVERSATION]
    found = handoffs.inbox.find(handoff.id)
    assert found and found.state is State.FAILED


def test_a_message_stays_longer_with_its_agent(
    handoffs: HandoffService, accounts: Accounts
) -> None:
    """A message that an agent has taken goes back after five minutes, not after seconds."""
    sam = arrive(handoffs, accounts)
    draft = handoffs.queue.draft(CONVERSATION, (Reason.ASKED, ()))
    sent = handoffs.queue.send(draft, "jo@example.com")
    assert sent.kind is HandoffKind.MESSAGE
    handoffs.inbox.claim(sent.id, sam)
    for minutes, state in ((1, State.ACCEPTED), (6, State.REQUESTED)):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            assert handoffs.upkeep.put_back() == []
            found = handoffs.inbox.find(sent.id)
            assert found and found.state is state
