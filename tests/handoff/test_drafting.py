"""Tests of the dialogue in which a shopper leaves a message for support."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.accounts.accounts import Accounts
from bot.accounts.model import Role
from bot.handoff import replies
from bot.handoff.model import Reason
from bot.handoff.service import HandoffService
from tests.handoff.conftest import CONVERSATION
from tests.handoff.talk import ASKS_ADDRESS, PERSON, POLICY, RECORDED, Talk

BROKEN = "My order came broken."
QUESTION = "what do you do with my number?"
SHARING = "do you share my address?"


@pytest.fixture
def talk(handoffs: HandoffService, accounts: Accounts) -> Talk:
    """The talk of a shopper who was asked for the text of the message."""
    accounts.add("Sam", {Role.AGENT})
    talk = Talk(handoffs)
    talk.choose(replies.LEAVE)
    return talk


def test_a_message_is_left_with_contact_data(talk: Talk) -> None:
    """The bot asks for the message, then for the contact, shows both, and then sends them."""
    assert "How can we reach you" in talk.say(BROKEN)
    assert "do not see" in talk.say("call me")
    shown = talk.say("612-555-0199")
    assert "“My order came broken.”" in shown and "[phone-1]" in shown
    assert talk.handoffs.inbox.listed() == []
    sent = talk.choose(replies.SEND)
    (left,) = talk.handoffs.inbox.listed()
    assert (left.note, left.contact) == (BROKEN, "612-555-0199")
    assert left.reference in sent


@pytest.mark.parametrize("text", ["let me leave a message", "can i leave a message?"])
def test_a_message_begins_by_words(handoffs: HandoffService, accounts: Accounts, text: str) -> None:
    """A wish to leave a message begins one, if an agent would read it; else the bot says so."""
    talk = Talk(handoffs)
    assert "1-877-723-5522" in talk.say(text)
    accounts.add("Sam", {Role.AGENT})
    assert "What would you like to tell" in talk.say(text)


def test_a_message_may_contain_the_address(talk: Talk) -> None:
    """An address in the message is enough, and a later address replaces it."""
    assert "[email-1]" in talk.say("Write to jo@example.com about my order")
    assert "[email-2]" in talk.say("no, al@example.com")
    talk.say("yes")
    (left,) = talk.handoffs.inbox.listed()
    assert (left.note, left.contact) == ("Write to [email-1] about my order", "al@example.com")


def test_a_number_alone_is_a_way_to_be_reached(talk: Talk) -> None:
    """A message that is only a phone number is one to call back."""
    assert "Reach you at: [phone-1]" in talk.say("612-555-0199")


def test_the_number_of_an_article_is_no_way_to_be_reached(talk: Talk) -> None:
    """A number in the message that is no phone number by the words around it is not proposed."""
    assert "How can we reach you" in talk.say("my lamp, sku 2345678901, arrived broken")


@pytest.mark.parametrize("text", ["where is my order?", "Why was I charged twice?", "help me!!"])
def test_a_question_about_an_order_is_the_message(talk: Talk, text: str) -> None:
    """What is not about privacy is the text of the message, also if it is a question."""
    talk.say(text)
    assert not talk.to_assistant
    talk.say("jo@example.com")
    talk.say("yes")
    (left,) = talk.handoffs.inbox.listed()
    assert left.note == text


@pytest.mark.parametrize(
    ("told", "rest"),
    [
        ([], "what would you like to tell them?"),
        ([BROKEN], "how can we reach you?"),
        ([BROKEN, "jo@example.com"], "shall I send it?"),
    ],
)
def test_a_question_is_answered_and_the_message_goes_on(
    talk: Talk, told: list[str], rest: str
) -> None:
    """After the answer to a question, the bot comes back to what the message needs next."""
    for text in told:
        talk.say(text)
    assert talk.say(QUESTION) == f"{POLICY.text}\nAnd your message to our support team: {rest}"
    assert talk.choices[-1] == replies.DROP


def test_a_message_goes_on_after_a_question_as_if_there_was_none(talk: Talk) -> None:
    """Text, address and yes count after a question in between each of them."""
    for text in (QUESTION, BROKEN, SHARING, "jo@example.com", QUESTION, "yes"):
        talk.say(text)
    (left,) = talk.handoffs.inbox.listed()
    assert (left.note, left.contact) == (BROKEN, "jo@example.com")


def test_after_two_questions_in_a_row_the_message_waits(talk: Talk) -> None:
    """The second question parks the message, which is said once; then only the bot answers."""
    talk.say(BROKEN)
    talk.say(QUESTION)
    assert "waits" in talk.say(SHARING)
    assert talk.choices == [replies.GO_ON, replies.DROP]
    assert talk.say("do you use cookies?") == POLICY.text
    assert talk.say("hello") == POLICY.text


def test_only_questions_in_a_row_count(talk: Talk) -> None:
    """A message of the draft between two questions begins the count again."""
    talk.say(BROKEN)
    talk.say(QUESTION)
    talk.say("call me")
    assert "how can we reach you?" in talk.say(SHARING)


@pytest.mark.parametrize(
    "words", ["go on with the message", "continue", "send the message", replies.GO_ON]
)
def test_a_message_that_waits_is_taken_up(talk: Talk, words: str) -> None:
    """Its choice or words bring the message back, with what it needs next."""
    for text in (BROKEN, QUESTION, SHARING, "do you use cookies?"):
        talk.say(text)
    say = talk.choose if words.startswith("/") else talk.say
    assert "How can we reach you" in say(words)
    talk.say("jo@example.com")
    talk.say("yes")
    assert len(talk.handoffs.inbox.listed()) == 1


def test_a_complete_message_that_waits_is_sent_by_words(talk: Talk) -> None:
    """After "send the message" the message that waited is with support."""
    for text in (BROKEN, "jo@example.com", QUESTION, SHARING, "do you use cookies?"):
        talk.say(text)
    assert "is with our support team" in talk.say("send the message")


def test_an_address_right_after_the_notice_is_for_the_message(talk: Talk) -> None:
    """A bare address counts while the bot has just spoken of the message, a wish with one not."""
    for text in (BROKEN, QUESTION, SHARING):
        talk.say(text)
    talk.say("unsubscribe jo@example.com")
    assert talk.to_assistant
    talk.say("continue")
    for text in (QUESTION, SHARING):
        talk.say(text)
    assert "Shall I send it?" in talk.say("my email is jo@example.com")


def test_one_thing_at_a_time(talk: Talk) -> None:
    """While the assistant asks for something else the message waits; after that it is named."""
    talk.say(BROKEN)
    said = talk.say("stop emailing me", [ASKS_ADDRESS])
    assert said.startswith("One thing at a time") and said.endswith(ASKS_ADDRESS.text)
    assert talk.say("jo@example.com", [RECORDED]).endswith("still waits, and is not sent.")
    assert "How can we reach you" in talk.choose(replies.GO_ON)


def test_a_cancelled_opt_out_does_not_drop_the_message(talk: Talk) -> None:
    """While the assistant asks for something else, "never mind" is for the assistant."""
    talk.say(BROKEN)
    talk.say("stop emailing me", [ASKS_ADDRESS])
    talk.say("never mind")
    assert talk.to_assistant
    assert "How can we reach you" in talk.say("go on with the message")


@pytest.mark.parametrize("steps", range(5))
@pytest.mark.parametrize("words", ["never mind", "drop the message", replies.DROP])
def test_a_message_can_be_dropped_at_any_point(talk: Talk, steps: int, words: str) -> None:
    """A message that is dropped is not sent, the bot says so, and answers again."""
    for text in (BROKEN, "jo@example.com", QUESTION, SHARING)[:steps]:
        talk.say(text)
    say = talk.choose if words.startswith("/") else talk.say
    assert "dropped your message and passed nothing on" in say(words)
    assert talk.handoffs.inbox.listed() == []
    talk.say("do you use cookies?")
    assert talk.to_assistant


def test_a_second_choice_to_leave_a_message_drops_nothing(talk: Talk) -> None:
    """A message that was begun is gone on with, and not replaced."""
    talk.say(BROKEN)
    talk.say("talk to a person", [PERSON])
    assert "How can we reach you" in talk.choose(replies.LEAVE)


def test_sending_too_early_asks_for_what_is_missing(talk: Talk) -> None:
    """The choice to send a message without a contact asks for the contact."""
    talk.say(BROKEN)
    assert "How can we reach you" in talk.choose(replies.SEND)


@pytest.mark.parametrize("told", [[], [BROKEN], [BROKEN, "jo@example.com"]])
def test_who_does_not_understand_gets_an_explanation(talk: Talk, told: list[str]) -> None:
    """The bot says in other words what it needs, and takes "what?" for no message."""
    for text in told:
        talk.say(text)
    first, second = talk.say("i dont understand"), talk.say("what?")
    assert first and first != second
    assert not talk.to_assistant and talk.choices[-1] == replies.DROP


def test_what_gives_no_contact_is_answered_in_new_words(talk: Talk) -> None:
    """Repeated attempts without an address never get the same words twice in a row."""
    talk.say(BROKEN)
    said = [talk.say(text) for text in ("call me", "my order is 4711-22", "at home", "hm")]
    assert all(one != next_one for one, next_one in zip(said, said[1:], strict=False))


def test_more_of_the_story_is_added(talk: Talk) -> None:
    """A long text in place of an address is added to the message."""
    talk.say(BROKEN)
    more = "The box was wet, and the driver threw it over the fence into the neighbour's garden."
    assert "added" in talk.say(more)
    assert f"“{BROKEN}\n{more}”" in talk.say("jo@example.com")


def test_a_greeting_is_no_message(talk: Talk) -> None:
    """After "hello?" the bot explains what to write."""
    assert "in your own words" in talk.say("hello?")


def test_a_text_can_be_written_anew(talk: Talk) -> None:
    """After "change it" the bot asks for the text again, and keeps the address."""
    for text in (BROKEN, "jo@example.com"):
        talk.say(text)
    assert "What would you like to tell" in talk.say("change it")
    assert "in your own words" in talk.say("ok")
    shown = talk.say("My lamp came broken.")
    assert "“My lamp came broken.”" in shown and "[email-1]" in shown


def test_a_message_survives_the_wait_for_an_agent(talk: Talk) -> None:
    """A message is kept, unsent, while its shopper waits, and is named when the wait is over."""
    talk.say(BROKEN)
    talk.handoffs.queue.wait(CONVERSATION, (Reason.ASKED, ()))
    kept = talk.handoffs._drafting.go_on(CONVERSATION, [POLICY])
    assert "I keep your message" in kept[-1].text
    assert talk.say("stop waiting").endswith("still waits, and is not sent.")
    assert talk.choices == [replies.GO_ON, replies.DROP]


def test_a_contact_that_is_gone_is_asked_for_again(talk: Talk) -> None:
    """An address that has expired in the vault is asked for again, and nothing is sent."""
    talk.say("Write to jo@example.com")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert "give it to me again" in talk.say("yes")
        assert "Shall I send it" in talk.say("jo@example.com")
