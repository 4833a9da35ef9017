"""Tests of wordings that name a topic, whatever else a message says."""

import pytest

from bot.nlu.models.wordings import named_topic
from bot.topics import CLARIFY, OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("will you sell what I say here", "selling", "this_chat"),
        ("how long is this conversation kept", "retention", "this_chat"),
        ("do you train anything with our chat", "use", "this_chat"),
        ("my debit card was cloned", OUT_OF_SCOPE, "distress"),
        ("somebody is using my account", CLARIFY, "distress"),
        ("there is a payment that i did not make", OUT_OF_SCOPE, "distress"),
        ("do you record phone calls", OUT_OF_SCOPE, "collection"),
        ("does the vcdpa mean anything to you", OUT_OF_SCOPE, "rights"),
        ("which privacy laws do you obey", "policy_scope", "rights"),
    ],
)
def test_words_name_a_topic(text: str, intent: str, topic: str) -> None:
    """A message about this chat, a theft or a law is known by its words."""
    assert named_topic(text, intent) == topic


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("do you sell my data", "selling"),
        ("how long do you keep my data", "retention"),
        ("delete this conversation", "forget"),
        ("what if somebody stole my card from you", "security"),
        ("my amazon account was hacked", OUT_OF_SCOPE),
        ("what is the gdpr", OUT_OF_SCOPE),
        ("what are my rights if my flight is cancelled", OUT_OF_SCOPE),
        ("when will my card be charged", OUT_OF_SCOPE),
        ("who is your chat provider", "sharing"),
        ("is it legal to record phone calls in florida", OUT_OF_SCOPE),
    ],
)
def test_other_matters_keep_their_topic(text: str, intent: str) -> None:
    """What is only near to these matters keeps its topic."""
    assert named_topic(text, intent) is None
