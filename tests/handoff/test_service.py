"""Tests of the handoff service: waiting for an agent, and leaving a message to support."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.conversations.intake import CleanText, Intake
from bot.conversations.model import Reply
from bot.conversations.store import NewMessage
from bot.handoff import replies
from bot.handoff.model import Reason, State
from bot.handoff.service import HandoffService
from tests.handoff.conftest import CONVERSATION

OPEN = datetime(2026, 11, 25, 18, tzinfo=UTC)  # Wednesday noon in Chicago
NIGHT = datetime(2026, 11, 26, 5, tzinfo=UTC)
ASKS = [Reply("Call us.", topic="human", outcome="handoff")]


def typed(handoffs: HandoffService, text: str) -> CleanText:
    """Return a typed text after the intake."""
    return Intake(handoffs._vault).take(CONVERSATION, text, lambda: ())


def chosen(payload: str) -> CleanText:
    """Return the message of a choice with this payload."""
    return CleanText("title", payload)


def text_of(replies: list[Reply] | None) -> str:
    """Return the texts of replies in one string."""
    assert replies is not None
    return " ".join(reply.text for reply in replies)


def answer(handoffs: HandoffService, message: CleanText) -> list[Reply] | None:
    """Return the service's replies to a message, and store the turn.

    A message for the bot gets an answer from the policy.
    """
    store = handoffs._store
    replies = handoffs.answer(CONVERSATION, message)
    bot = [Reply("Our policy says so.", topic="sharing", outcome="answered")]
    store.add_replies(
        CONVERSATION,
        store.receive(CONVERSATION, NewMessage(message.shown)),
        bot if replies is None else replies,
    )
    return replies


def test_without_agents_the_bots_reply_stays(handoffs: HandoffService) -> None:
    """Without an agent or a help desk, no handoff is offered."""
    assert handoffs.hand_over(CONVERSATION, ASKS) == ASKS


def test_with_an_agent_present_the_shopper_waits(handoffs: HandoffService) -> None:
    """In support hours, with an agent at the desk, the shopper waits and is told the place."""
    with time_machine.travel(OPEN):
        handoffs.agents.recognise(handoffs.agents.add("Sam"))
        (reply,) = handoffs.hand_over(CONVERSATION, ASKS)
    assert "passing you to a colleague" in reply.text
    assert "They will see this conversation" in reply.text
    assert "You are next" in reply.text
    assert reply.outcome == "handoff"


def test_an_absent_agent_is_admitted(handoffs: HandoffService) -> None:
    """In support hours without an agent at the desk, the shopper can call or leave a message."""
    with time_machine.travel(OPEN):
        handoffs.agents.add("Sam")
        (reply,) = handoffs.hand_over(CONVERSATION, ASKS)
    assert "cannot reach a colleague" in reply.text and "1-877-723-5522" in reply.text
    assert [title for title, _ in reply.choices] == ["Leave a message"]
    assert handoffs.inbox.listed() == []


def test_at_night_the_opening_time_is_given(handoffs: HandoffService) -> None:
    """While support is closed the shopper is told when it opens, even with an agent present."""
    with time_machine.travel(NIGHT):
        handoffs.agents.recognise(handoffs.agents.add("Sam"))
        (reply,) = handoffs.hand_over(CONVERSATION, ASKS)
    assert "opens on Thursday at 7 AM" in reply.text
    assert handoffs.inbox.listed() == []


def test_other_replies_stay_beside_a_handoff(handoffs: HandoffService) -> None:
    """The answer to a question in the same message stays."""
    handoffs.agents.add("Sam")
    policy = Reply("We use cookies.", topic="cookies", outcome="answered")
    assert handoffs.hand_over(CONVERSATION, [policy, *ASKS])[0] == policy


def test_the_bot_is_silent_while_support_has_the_chat(handoffs: HandoffService) -> None:
    """The bot gives no replies until the shopper ends the chat with the choice for that."""
    handoff = handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    assert answer(handoffs, typed(handoffs, "do you use cookies?")) == []
    agent = handoffs.agents.recognise(handoffs.agents.add("Sam"))
    assert agent
    handoffs.inbox.claim(handoff.id, agent)
    for text in ("/restart", "delete this conversation", "hello?"):
        assert answer(handoffs, typed(handoffs, text)) == []
    assert "assistant again" in text_of(answer(handoffs, chosen(replies.END)))
    assert answer(handoffs, typed(handoffs, "do you use cookies?")) is None


def test_a_shopper_can_stop_waiting(handoffs: HandoffService) -> None:
    """After the choice to stop waiting the queue is empty, so that no agent takes the chat."""
    handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    assert "out of the queue" in text_of(answer(handoffs, chosen(replies.STOP)))
    assert handoffs.inbox.listed() == []


def test_a_message_is_left_with_contact_data(handoffs: HandoffService) -> None:
    """The bot asks for the message, then for the contact, shows both, and then sends them."""
    assert "What would you like" in text_of(answer(handoffs, chosen(replies.LEAVE)))
    assert "How can we reach you" in text_of(
        answer(handoffs, typed(handoffs, "My order came broken."))
    )
    assert "do not see" in text_of(answer(handoffs, typed(handoffs, "call me")))
    shown = text_of(answer(handoffs, typed(handoffs, "612-555-0199")))
    assert "“My order came broken.”" in shown and "[phone-1]" in shown
    assert handoffs.inbox.listed() == []
    (sent,) = answer(handoffs, chosen(replies.SEND)) or []
    (left,) = handoffs.inbox.listed()
    assert (left.note, left.contact) == ("My order came broken.", "612-555-0199")
    assert left.reference in sent.text
    assert sent.outcome == "done"


def test_a_message_may_contain_the_address(handoffs: HandoffService) -> None:
    """An address in the message is enough, and a later address replaces it."""
    answer(handoffs, chosen(replies.LEAVE))
    assert "[email-1]" in text_of(
        answer(handoffs, typed(handoffs, "Write to jo@example.com about my order"))
    )
    assert "[email-2]" in text_of(answer(handoffs, typed(handoffs, "no, al@example.com")))
    answer(handoffs, typed(handoffs, "yes"))
    (left,) = handoffs.inbox.listed()
    assert (left.note, left.contact) == ("Write to [email-1] about my order", "al@example.com")


def test_a_question_before_the_yes_is_for_the_bot(handoffs: HandoffService) -> None:
    """A question in between is answered, and the message can still be sent with its choice."""
    answer(handoffs, chosen(replies.LEAVE))
    answer(handoffs, typed(handoffs, "Write to jo@example.com"))
    assert answer(handoffs, typed(handoffs, "do you share my address?")) is None
    assert answer(handoffs, typed(handoffs, "yes")) is None
    assert answer(handoffs, typed(handoffs, "other@example.com")) is None
    assert answer(handoffs, chosen('/affirm{"x": "y"}')) is None
    assert handoffs.inbox.listed() == []
    assert "is with our support team" in text_of(answer(handoffs, chosen(replies.SEND)))


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_message_can_be_dropped_at_any_point(handoffs: HandoffService, steps: int) -> None:
    """A message that is dropped is not sent, and the bot answers again."""
    answer(handoffs, chosen(replies.LEAVE))
    for text in ("My order came broken.", "jo@example.com")[:steps]:
        answer(handoffs, typed(handoffs, text))
    assert "passed nothing on" in text_of(answer(handoffs, typed(handoffs, "never mind")))
    assert handoffs.inbox.listed() == []
    assert answer(handoffs, typed(handoffs, "do you use cookies?")) is None


def test_too_long_a_wait_is_ended(handoffs: HandoffService) -> None:
    """After too long a wait the shopper is told so, and can leave a message."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=4)):
        handoff = handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    assert handoffs.give_up(timedelta(minutes=3)) == [CONVERSATION]
    assert handoffs.give_up(timedelta(minutes=3)) == []
    notice = handoffs._store.since(CONVERSATION, 0)[-1]
    assert (notice.sender, notice.choices[0].title) == ("system", "Leave a message")
    assert handoffs._store.state(CONVERSATION) == "bot"
    found = handoffs.inbox.find(handoff.id)
    assert found and found.state is State.TIMED_OUT


def test_an_old_choice_gets_a_true_answer(handoffs: HandoffService) -> None:
    """A choice of an ended handoff sends nothing, and confirms a message that was sent."""
    assert "passed nothing on" in text_of(answer(handoffs, chosen(replies.SEND)))
    assert "over already" in text_of(answer(handoffs, chosen(replies.STOP)))
    assert "over already" in text_of(answer(handoffs, chosen(replies.END)))
    for message in (
        chosen(replies.LEAVE),
        typed(handoffs, "Write to jo@example.com"),
        chosen(replies.SEND),
    ):
        answered = answer(handoffs, message)
    assert text_of(answer(handoffs, chosen(replies.SEND))) == text_of(answered)
    assert len(handoffs.inbox.listed()) == 1


def test_a_chat_of_an_absent_agent_waits_again(handoffs: HandoffService) -> None:
    """The chat of an absent or removed agent goes back to the queue."""
    handoff = handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    token = handoffs.agents.add("Sam")
    sam = handoffs.agents.recognise(token)
    assert sam
    handoffs.inbox.claim(handoff.id, sam)
    assert handoffs.put_back() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert handoffs.put_back() == [CONVERSATION]
    assert handoffs._store.state(CONVERSATION) == "waiting_for_agent"
    assert "had to leave" in handoffs._store.since(CONVERSATION, 0)[-1].text
    handoffs.inbox.claim(handoff.id, sam)
    handoffs.agents.remove("Sam")
    assert handoffs.put_back() == [CONVERSATION]


def test_stopping_too_late_does_not_end_a_chat(handoffs: HandoffService) -> None:
    """A choice to stop waiting that comes after an agent's claim does not end the chat."""
    handoff = handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    sam = handoffs.agents.recognise(handoffs.agents.add("Sam"))
    assert sam
    handoffs.inbox.claim(handoff.id, sam)
    assert answer(handoffs, chosen(replies.STOP)) == []
    assert handoffs._store.state(CONVERSATION) == "with_agent"
