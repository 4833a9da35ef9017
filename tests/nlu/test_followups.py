"""Tests of follow-ups to the answer before them."""

import pytest

from bot.nlu.models.followups import followed_by, follows, stays


@pytest.mark.parametrize(
    ("topic", "text", "followed"),
    [
        ("contact", "and by mail?", "contact"),
        ("support_hours", "on sundays too", None),
        ("support_hours", "what about sunday", "support_hours"),
        ("phone_order", "on saturday too?", "phone_order"),
        ("collection", "for how long?", "retention"),
        ("collection", "who?", "sharing"),
        ("collection", "why?", "use"),
        ("access_or_delete", "can i see it", "access_or_delete"),
        ("human", "what times?", "support_hours"),
        ("collection", "do they see it", None),
        ("email_marketing", "can i stop that", "opt_out"),
        ("tracking", "how do i turn that off", "opt_out"),
        ("opt_out", "how can i check", "opt_out_status"),
        ("access_or_delete", "and fix whats wrong in it?", "access_or_delete"),
        ("use", "n sell it?", "selling"),
        ("cookies", "are they dangerous", None),
    ],
)
def test_a_follow_up_leads_to_a_topic(topic: str, text: str, followed: str | None) -> None:
    """The topic of a few words depends on the answer before them."""
    assert follows(text)
    assert followed_by(topic, text) == followed


@pytest.mark.parametrize(
    "text",
    [
        "do led bulbs work with a dimmer",
        "nice weather today",
        "I bought a lamp last week and it broke",
    ],
)
def test_a_message_that_stands_alone_does_not_follow(text: str) -> None:
    """A message that is clear without the answer before it is no follow-up."""
    assert not follows(text)


def test_a_few_words_stay_with_the_topic() -> None:
    """A few words about days stay with the topic of phone orders; a whole question does not."""
    assert stays("phone_order", "on saturday too?")
    assert not stays("phone_order", "is your support team also there on saturdays")
    assert not stays("cookies", "on saturday too?")
