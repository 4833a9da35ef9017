"""Tests of the dialogue with a shopper who waits for an agent, or talks to one."""

from collections.abc import Callable

import pytest

from bot.accounts.accounts import Accounts
from bot.conversations.store import ConversationStore
from bot.handoff import replies
from bot.handoff.model import EMBEDDED, Reason
from bot.handoff.service import HandoffService
from tests.handoff.conftest import CONVERSATION, arrive
from tests.handoff.talk import Talk


@pytest.fixture
def talk(handoffs: HandoffService) -> Talk:
    """The talk of a shopper in the queue of our own desk."""
    handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    return Talk(handoffs)


@pytest.fixture
def join(handoffs: HandoffService, accounts: Accounts) -> Callable[[], None]:
    """A function that lets an agent take the chat."""

    def join() -> None:
        sam = arrive(handoffs, accounts)
        handoff = handoffs.queue.live_of(CONVERSATION)
        assert handoff
        handoffs.inbox.claim(handoff.id, sam)

    return join


def state(talk: Talk) -> str:
    """Return the state of the conversation."""
    return talk.handoffs._store.state(CONVERSATION)


@pytest.mark.parametrize("text", ["stop waiting", "I don't want to wait", "back to the bot"])
def test_a_shopper_can_stop_waiting_by_words(talk: Talk, text: str) -> None:
    """After words that end the wait, the queue is empty and the assistant answers again."""
    talk.say("my lamp is broken")
    assert "out of the queue" in talk.say(text)
    assert talk.handoffs.inbox.listed() == []
    talk.say("do you use cookies?")
    assert talk.to_assistant


def test_a_shopper_can_stop_waiting_by_choice(talk: Talk) -> None:
    """After the choice to stop waiting the queue is empty, and a message can be left."""
    assert "out of the queue" in talk.choose(replies.STOP)
    assert talk.choices == [replies.LEAVE]
    assert talk.handoffs.inbox.listed() == []


def test_a_plain_no_does_not_end_the_wait(talk: Talk) -> None:
    """A bare "no" is for the agent."""
    talk.say("no")
    assert state(talk) == "waiting_for_agent"


def test_a_waiting_shopper_gets_a_notice_now_and_then(talk: Talk) -> None:
    """Every third message gets a notice, in new words each time."""
    said = [talk.say(f"my lamp is broken {number}") for number in range(7)]
    notices = [text for text in said if text]
    assert [bool(text) for text in said] == [True, False, False, True, False, False, True]
    assert all("You are next" in text for text in notices)
    assert all(one != next_one for one, next_one in zip(notices, notices[1:], strict=False))
    assert talk.choices == [replies.STOP]


def test_the_notice_gives_the_place_in_the_queue(
    handoffs: HandoffService, store: ConversationStore
) -> None:
    """A shopper behind another one is told so."""
    store.start("d" * 32)
    handoffs.queue.wait("d" * 32, (Reason.ASKED, ()))
    handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    assert "You are number 2 in the queue" in Talk(handoffs).say("my lamp is broken")


def test_an_external_desk_tells_no_place(handoffs: HandoffService) -> None:
    """The notice names no place in the queue of a desk that does not tell it."""
    handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()), desk="zendesk")
    assert EMBEDDED != "zendesk"
    assert "queue" not in Talk(handoffs).say("my lamp is broken")


def test_the_first_question_is_not_met_with_silence(talk: Talk) -> None:
    """The bot says that the agent will see a question, and does not answer it."""
    talk.say("hello")
    assert "will see your question" in talk.say("do you use cookies?")
    assert talk.choices == [replies.STOP]
    assert talk.say("and who gets my address?") == ""


def test_a_choice_of_another_part_says_how_to_get_there(
    talk: Talk, join: Callable[[], None]
) -> None:
    """A choice of another part is answered with the way to it: stop waiting, or end the chat."""
    for payload in ("/affirm", replies.LEAVE, replies.SEND, replies.END, replies.GO_ON):
        assert "stop waiting first" in talk.choose(payload)
        assert talk.choices == [replies.STOP]
    join()
    for payload in ("/affirm", replies.LEAVE, replies.DROP, replies.STOP, replies.GO_ON):
        assert "end the chat first" in talk.choose(payload)
        assert talk.choices == [replies.END]
    assert state(talk) == "with_agent"


def test_the_bot_is_silent_while_an_agent_has_the_chat(
    talk: Talk, join: Callable[[], None]
) -> None:
    """What the shopper types is for the agent, until the shopper ends the chat by its choice."""
    join()
    for text in ("/restart", "delete this conversation", "do you use cookies?", "stop waiting"):
        assert talk.say(text) == ""
    assert "assistant again" in talk.choose(replies.END)
    talk.say("do you use cookies?")
    assert talk.to_assistant
