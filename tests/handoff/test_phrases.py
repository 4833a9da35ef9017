"""Tests of the phrases about handoffs."""

from collections.abc import Callable

import pytest

from bot.handoff import phrases

# Each function with messages that have its meaning, and messages that look alike and do not.
TABLE: list[tuple[Callable[[str], bool], list[str], list[str]]] = [
    (
        phrases.leaves_message,
        [
            "let me leave a message",
            "Can I leave a message?",
            "take a message",
            "how do i leave a message",
            "I'd like to leave a note",
            "leave a msg for a human please",
            "is there a way to leave a message?",
            "can i send a message to your team",
        ],
        [
            "stop sending me messages",
            "don't leave a message",
            "send me a message",
            "do you read my messages?",
            "leave me alone",
            "can i leave a review",
        ],
    ),
    (
        phrases.stops_waiting,
        [
            "stop waiting",
            "cancel",
            "never mind",
            "forget it",
            "I don’t want to wait",
            "i dont want to wait anymore",
            "leave the queue",
            "take me out of the queue",
            "back to the bot",
            "can i stop waiting?",
            "i dont need a person anymore",
        ],
        [
            "no",
            "how long do i have to wait?",
            "i want to cancel my order",
            "i am waiting",
            "stop sending mails",
            "yes",
        ],
    ),
    (
        phrases.takes_up,
        [
            "go on with the message",
            "continue",
            "go on",
            "back to my message please",
            "let's finish my message",
        ],
        ["go on about cookies", "what is next", "send me back"],
    ),
    (
        phrases.sends,
        ["send the message", "yes, send it please", "send it off", "pass it on"],
        ["send me a mail", "did you send it", "don't send it", "send the lamp"],
    ),
    (
        phrases.drops,
        ["drop the message", "don't send it", "do not send the message", "delete my message"],
        ["delete my data", "cancel my order", "delete this conversation"],
    ),
    (
        phrases.puzzled,
        [
            "I don't understand",
            "i dont get it",
            "what?",
            "??",
            "huh",
            "i don’t understand you",
            "what do you mean?",
            "that makes no sense",
            "you are not making sense",
        ],
        [
            "what do you mean by cookies?",
            "i dont understand why my order is late",
            "i don't get my mails",
            "what cookies?",
            "ok",
        ],
    ),
    (
        phrases.says_nothing,
        ["hello?", "hi there!", "ok thanks", "wait", "are you still there?"],
        ["hello, my lamp broke", "wait for the driver", "thanks for nothing"],
    ),
    (
        phrases.rewrites,
        ["change it", "let me rephrase that", "can i edit my message?", "start over"],
        ["change my address", "correct my order", "the message changed"],
    ),
    (
        phrases.opts_out,
        ["stop emailing me", "unsubscribe me", "please opt me out", "don't sell my data"],
        ["stop", "do you sell my data?", "i never opted out", "don't you see my order?"],
    ),
    (
        phrases.asks,
        ["is it safe", "how long", "you got it?"],
        ["do not call me", "don't", "call me", "my number"],
    ),
    (
        phrases.is_for_the_assistant,
        [
            "what do you do with my number?",
            "do you sell my data?",
            "who reads my message?",
            "do you use cookies?",
            "is this chat recorded?",
            "do you share [email-1]?",
            "who sees what i write?",
            "what is your privacy policy?",
            "are you a bot?",
            "do you keep this?",
            "is this private?",
            "why do you need it?",
            "who will read this?",
            "what data do you have about me",
            "what are your support hours?",
            "talk to a person",
            "delete this conversation",
        ],
        [
            "where is my order?",
            "my lamp arrived broken, can you help?",
            "why was my card charged twice?",
            "did you get my order?",
            "what do I do with it?",
            "is my order safe?",
            "could you have someone call my number?",
            "why do i keep getting your catalog?",
            "can you delete my account?",
            "why did my order not ship to my address?",
            "My lamp broke. Do you share my anger? I want my money back.",
        ],
    ),
]


def rows(column: int) -> list[object]:
    """Return a column of the table as test cases: 1 has the meaning, 2 has not."""
    return [
        pytest.param(row[0], text, id=f"{row[0].__name__}: {text}")
        for row in TABLE
        for text in row[column]
    ]


@pytest.mark.parametrize(("means", "text"), rows(1))
def test_a_phrase_is_understood(means: Callable[[str], bool], text: str) -> None:
    """A message with the meaning has it."""
    assert means(text)


@pytest.mark.parametrize(("means", "text"), rows(2))
def test_a_look_alike_is_not_taken_for_it(means: Callable[[str], bool], text: str) -> None:
    """A message with similar words does not have the meaning."""
    assert not means(text)
