"""Tests of the store of conversations, and of the model of its messages."""

from sqlalchemy.engine import Engine

from bot.conversations.model import Recorded, Reply
from bot.conversations.store import ConversationStore, NewMessage

CONVERSATION = "c" * 32
RECORDED = Recorded("K7M-4QXT", "opt_out", ("targeted_advertising",), "browser")


def test_a_reply_of_rasa_may_say_what_was_recorded() -> None:
    """A reply takes over the record of a response; most responses have none."""
    assert Reply.of({"text": "Done.", "recorded": RECORDED.as_json()}).recorded == RECORDED
    assert Reply.of({"text": "Hello.", "recorded": None}).recorded is None
    assert Reply.of({"text": "Hello."}).recorded is None


def test_what_was_recorded_is_stored_with_its_message(engine: Engine) -> None:
    """A message has the record of its reply, also when it is read again, and in its JSON."""
    store = ConversationStore(engine)
    store.start(CONVERSATION)
    turn = store.add_replies(CONVERSATION, None, [Reply("Done.", recorded=RECORDED), Reply("Bye.")])
    for messages in (turn.messages, store.since(CONVERSATION, 0)):
        assert [message.recorded for message in messages] == [RECORDED, None]
    done, bye = (message.as_json() for message in store.since(CONVERSATION, 0))
    assert done["recorded"] == {
        "reference": "K7M-4QXT",
        "action": "opt_out",
        "kinds": ["targeted_advertising"],
        "scope": "browser",
    }
    assert "recorded" not in bye


def test_a_message_is_told_once(engine: Engine) -> None:
    """A message with the name of an earlier one is not stored."""
    store = ConversationStore(engine)
    store.start(CONVERSATION)
    for text in ("first", "second"):
        store.tell_once(CONVERSATION, "news", Reply(text))
    assert [message.text for message in store.since(CONVERSATION, 0)] == ["first"]


def test_the_store_knows_what_the_bot_asked_for_last(engine: Engine) -> None:
    """What the last turn of the bot asks for is known until the shopper writes again."""
    store = ConversationStore(engine)
    store.start(CONVERSATION)
    assert store.asked(CONVERSATION) is None
    store.add_replies(
        CONVERSATION, None, [Reply("Which one?", asks="email"), Reply("Take your time.")]
    )
    assert store.asked(CONVERSATION) == "email"
    store.receive(CONVERSATION, NewMessage("[email-1]"))
    assert store.asked(CONVERSATION) is None
