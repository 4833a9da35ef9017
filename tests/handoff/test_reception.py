"""Tests of what is done about messages that are for people."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.handoff import words
from bot.handoff.model import Reason, State
from bot.handoff.reception import Reception
from bot.intake import Intake, Typed
from bot.turns import Reply
from bot.web.store import Arriving
from tests.handoff.conftest import C

OPEN = datetime(2026, 11, 25, 18, tzinfo=UTC)  # Wednesday noon in Chicago
NIGHT = datetime(2026, 11, 26, 5, tzinfo=UTC)
ASKS = [Reply("Call us.", topic="human", outcome="handoff")]


def typed(reception: Reception, text: str) -> Typed:
    """Return a text as the door takes it in."""
    return Intake(reception._vault).take(C, text, lambda: ())


def chosen(payload: str) -> Typed:
    """Return a choice."""
    return Typed("title", payload)


def said(replies: list[Reply] | None) -> str:
    """Return what is replied, in one string."""
    assert replies is not None
    return " ".join(reply.text for reply in replies)


def answer(reception: Reception, message: Typed) -> list[Reply] | None:
    """Answer a message and store the turn, as the channel does; what the reception leaves to the bot is a policy answer."""
    store = reception._store
    replies = reception.answer(C, message)
    other = [Reply("Our policy says so.", topic="sharing", outcome="answered")]
    store.add_replies(C, store.receive(C, Arriving(message.shown)), other if replies is None else replies)
    return replies


def test_without_a_desk_the_bots_own_words_stay(reception: Reception) -> None:
    """Nobody is promised where nobody would read."""
    assert reception.hand_over(C, ASKS) == ASKS


def test_who_asks_while_somebody_is_there_waits(reception: Reception) -> None:
    """In support hours, with an agent at the desk: passed on, with what they will see, and the place in the queue."""
    with time_machine.travel(OPEN):
        reception.agents.recognise(reception.agents.add("Sam"))
        (reply,) = reception.hand_over(C, ASKS)
    assert "passing you to a colleague" in reply.text
    assert "They will see this conversation" in reply.text
    assert "You are next" in reply.text
    assert reply.outcome == "handoff"


def test_an_empty_desk_is_not_hidden(reception: Reception) -> None:
    """In support hours, with nobody there: said so, with the phone and a message instead."""
    with time_machine.travel(OPEN):
        reception.agents.add("Sam")
        (reply,) = reception.hand_over(C, ASKS)
    assert "cannot reach a colleague" in reply.text and "1-877-723-5522" in reply.text
    assert [title for title, _ in reply.choices] == ["Leave a message"]
    assert reception.work.listed() == []


def test_at_night_it_is_said_when_support_opens(reception: Reception) -> None:
    """Even if an agent is at the desk."""
    with time_machine.travel(NIGHT):
        reception.agents.recognise(reception.agents.add("Sam"))
        (reply,) = reception.hand_over(C, ASKS)
    assert "opens on Thursday at 7 AM" in reply.text
    assert reception.work.listed() == []


def test_only_the_reply_that_names_people_gives_way(reception: Reception) -> None:
    """A question in the same message is answered."""
    reception.agents.add("Sam")
    other = Reply("We use cookies.", topic="cookies", outcome="answered")
    assert reception.hand_over(C, [other, *ASKS])[0] == other


def test_the_bot_keeps_silent_beside_people(reception: Reception) -> None:
    """Whatever is typed, commands included; only the shopper's own button ends it."""
    handoff = reception.queue.wait(C, (Reason.ASKED, ()))
    assert answer(reception, typed(reception, "do you use cookies?")) == []
    agent = reception.agents.recognise(reception.agents.add("Sam"))
    assert agent
    reception.work.claim(handoff.id, agent)
    for text in ("/restart", "delete this conversation", "hello?"):
        assert answer(reception, typed(reception, text)) == []
    assert "assistant again" in said(answer(reception, chosen(words.END)))
    assert answer(reception, typed(reception, "do you use cookies?")) is None


def test_who_is_tired_of_waiting_can_stop(reception: Reception) -> None:
    """Then the bot answers again, and nobody takes a chat that nobody waits in."""
    reception.queue.wait(C, (Reason.ASKED, ()))
    assert "out of the queue" in said(answer(reception, chosen(words.STOP)))
    assert reception.work.listed() == []


def test_a_message_is_left_with_a_way_to_be_reached(reception: Reception) -> None:
    """First the message, then how to reach them, then what will be passed on is shown, then it is stored."""
    assert "What would you like" in said(answer(reception, chosen(words.LEAVE)))
    assert "How can we reach you" in said(answer(reception, typed(reception, "My order came broken.")))
    assert "do not see" in said(answer(reception, typed(reception, "call me")))
    shown = said(answer(reception, typed(reception, "612-555-0199")))
    assert "“My order came broken.”" in shown and "[phone-1]" in shown
    assert reception.work.listed() == []
    (sent,) = answer(reception, chosen(words.SEND)) or []
    (left,) = reception.work.listed()
    assert (left.note, left.contact) == ("My order came broken.", "612-555-0199")
    assert left.reference in sent.text
    assert sent.outcome == "done"


def test_a_message_may_say_it_all_at_once(reception: Reception) -> None:
    """Who gives the address with the message is not asked for it; a yes is enough; another address counts."""
    answer(reception, chosen(words.LEAVE))
    assert "[email-1]" in said(answer(reception, typed(reception, "Write to jo@example.com about my order")))
    assert "[email-2]" in said(answer(reception, typed(reception, "no, al@example.com")))
    answer(reception, typed(reception, "yes"))
    (left,) = reception.work.listed()
    assert (left.note, left.contact) == ("Write to [email-1] about my order", "al@example.com")


def test_a_question_before_the_yes_is_the_bots(reception: Reception) -> None:
    """It is answered, a yes after it is about something else, and the message can still be sent by its button."""
    answer(reception, chosen(words.LEAVE))
    answer(reception, typed(reception, "Write to jo@example.com"))
    assert answer(reception, typed(reception, "do you share my address?")) is None
    assert answer(reception, typed(reception, "yes")) is None
    assert answer(reception, typed(reception, "other@example.com")) is None
    assert answer(reception, chosen('/affirm{"x": "y"}')) is None
    assert reception.work.listed() == []
    assert "is with our support team" in said(answer(reception, chosen(words.SEND)))


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_message_can_be_dropped_at_any_point(reception: Reception, steps: int) -> None:
    """Nothing is passed on then."""
    answer(reception, chosen(words.LEAVE))
    for text in ("My order came broken.", "jo@example.com")[:steps]:
        answer(reception, typed(reception, text))
    assert "passed nothing on" in said(answer(reception, typed(reception, "never mind")))
    assert reception.work.listed() == []
    assert answer(reception, typed(reception, "do you use cookies?")) is None


def test_a_wait_that_nobody_ends_ends_itself(reception: Reception) -> None:
    """The shopper is told the truth, and can leave a message."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=4)):
        handoff = reception.queue.wait(C, (Reason.ASKED, ()))
    assert reception.give_up(timedelta(minutes=3)) == [C]
    assert reception.give_up(timedelta(minutes=3)) == []
    told = reception._store.since(C, 0)[-1]
    assert (told.sender, told.choices[0].title) == ("system", "Leave a message")
    assert reception._store.state(C) == "bot"
    found = reception.work.find(handoff.id)
    assert found and found.state is State.TIMED_OUT


def test_an_old_button_is_answered_with_the_truth(reception: Reception) -> None:
    """One under a queue or a message that is over passes nothing on, and denies nothing that was."""
    assert "passed nothing on" in said(answer(reception, chosen(words.SEND)))
    assert "over already" in said(answer(reception, chosen(words.STOP)))
    assert "over already" in said(answer(reception, chosen(words.END)))
    for message in (chosen(words.LEAVE), typed(reception, "Write to jo@example.com"), chosen(words.SEND)):
        replies = answer(reception, message)
    assert said(answer(reception, chosen(words.SEND))) == said(replies)
    assert len(reception.work.listed()) == 1


def test_whom_an_agent_left_alone_waits_again(reception: Reception) -> None:
    """An agent who is removed, or away for long, does not keep a chat for ever."""
    handoff = reception.queue.wait(C, (Reason.ASKED, ()))
    token = reception.agents.add("Sam")
    sam = reception.agents.recognise(token)
    assert sam
    reception.work.claim(handoff.id, sam)
    assert reception.put_back() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert reception.put_back() == [C]
    assert reception._store.state(C) == "waiting_for_agent"
    assert "had to leave" in reception._store.since(C, 0)[-1].text
    reception.work.claim(handoff.id, sam)
    reception.agents.remove("Sam")
    assert reception.put_back() == [C]


def test_who_stops_waiting_when_somebody_comes_has_come(reception: Reception) -> None:
    """A button that crosses an agent's claim does not end the chat."""
    handoff = reception.queue.wait(C, (Reason.ASKED, ()))
    sam = reception.agents.recognise(reception.agents.add("Sam"))
    assert sam
    reception.work.claim(handoff.id, sam)
    assert answer(reception, chosen(words.STOP)) == []
    assert reception._store.state(C) == "with_agent"
