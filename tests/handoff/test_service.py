"""Tests of the handoff service: wishes for a person, waits that are too long, absent agents."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.accounts.accounts import Accounts
from bot.accounts.model import Role
from bot.conversations.intake import CleanText
from bot.handoff import replies
from bot.handoff.model import Reason, State
from bot.handoff.service import HandoffService
from tests.handoff.conftest import CONVERSATION, arrive
from tests.handoff.talk import PERSON, POLICY, Talk

OPEN = datetime(2026, 11, 25, 18, tzinfo=UTC)  # Wednesday noon in Chicago
NIGHT = datetime(2026, 11, 26, 5, tzinfo=UTC)
WISH = CleanText("talk to a person", "talk to a person")


def test_without_agents_the_bots_reply_stays(handoffs: HandoffService) -> None:
    """Without an agent or a help desk, no handoff is offered."""
    assert handoffs.complete(CONVERSATION, WISH, [PERSON]) == [PERSON]


def test_with_an_agent_present_the_shopper_waits(
    handoffs: HandoffService, accounts: Accounts
) -> None:
    """In support hours, with an agent at the desk, the shopper waits and is told the place."""
    with time_machine.travel(OPEN):
        arrive(handoffs, accounts)
        (reply,) = handoffs.complete(CONVERSATION, WISH, [PERSON])
    assert "passing you to a colleague" in reply.text
    assert "They will see this conversation" in reply.text
    assert "You are next" in reply.text
    assert reply.outcome == "handoff"


def test_an_absent_agent_is_admitted(handoffs: HandoffService, accounts: Accounts) -> None:
    """In support hours without an agent at the desk, the shopper can call or leave a message."""
    with time_machine.travel(OPEN):
        accounts.add("Sam", {Role.AGENT})
        (reply,) = handoffs.complete(CONVERSATION, WISH, [PERSON])
    assert "cannot reach a colleague" in reply.text and "1-877-723-5522" in reply.text
    assert [title for title, _ in reply.choices] == ["Leave a message"]
    assert handoffs.inbox.listed() == []


def test_at_night_the_opening_time_is_given(handoffs: HandoffService, accounts: Accounts) -> None:
    """While support is closed the shopper is told when it opens, even with an agent present."""
    with time_machine.travel(NIGHT):
        arrive(handoffs, accounts)
        (reply,) = handoffs.complete(CONVERSATION, WISH, [PERSON])
    assert "opens on Thursday at 7 AM" in reply.text
    assert handoffs.inbox.listed() == []


def test_other_replies_stay_beside_a_handoff(handoffs: HandoffService, accounts: Accounts) -> None:
    """The answer to a question in the same message stays."""
    accounts.add("Sam", {Role.AGENT})
    assert handoffs.complete(CONVERSATION, WISH, [POLICY, PERSON])[0] == POLICY


@pytest.mark.parametrize("text", ["I don't understand", "i dont get it", "what?"])
def test_who_does_not_understand_is_not_passed_on(
    handoffs: HandoffService, accounts: Accounts, text: str
) -> None:
    """Nobody is called for a shopper who does not understand; a person is offered."""
    talk = Talk(handoffs)
    with time_machine.travel(OPEN):
        arrive(handoffs, accounts)
        assert "in other words" in talk.say(text, [PERSON])
        assert talk.choices == ["/human"]
        assert handoffs._store.state(CONVERSATION) == "bot"


def test_a_second_wish_is_answered_in_other_words(
    handoffs: HandoffService, accounts: Accounts
) -> None:
    """If nobody can come, the reply is not the same word for word the second time."""
    talk = Talk(handoffs)
    accounts.add("Sam", {Role.AGENT})
    with time_machine.travel(NIGHT):
        first = talk.say("talk to a person", [PERSON])
        assert talk.say("talk to a person", [PERSON]) == f"As I said: {first}"


def test_too_long_a_wait_is_ended(handoffs: HandoffService) -> None:
    """After too long a wait the shopper is told so, and can leave a message."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=4)):
        handoff = handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    assert handoffs.upkeep.give_up(timedelta(minutes=3)) == [CONVERSATION]
    assert handoffs.upkeep.give_up(timedelta(minutes=3)) == []
    notice = handoffs._store.since(CONVERSATION, 0)[-1]
    assert (notice.sender, notice.choices[0].title) == ("system", "Leave a message")
    assert handoffs._store.state(CONVERSATION) == "bot"
    found = handoffs.inbox.find(handoff.id)
    assert found and found.state is State.TIMED_OUT


def test_an_old_choice_gets_a_true_answer(handoffs: HandoffService) -> None:
    """A choice of a handoff that is over sends nothing, and confirms a message that was sent."""
    talk = Talk(handoffs)
    assert "passed nothing on" in talk.choose(replies.SEND)
    assert "no message" in talk.choose(replies.GO_ON)
    assert "over already" in talk.choose(replies.STOP)
    assert "As I said: That is over already" in talk.choose(replies.END)
    talk.choose(replies.LEAVE)
    talk.say("Write to jo@example.com")
    sent = talk.choose(replies.SEND)
    for late in (replies.SEND, replies.DROP, replies.GO_ON):
        assert sent in talk.choose(late)
    assert len(handoffs.inbox.listed()) == 1
