"""Tests of the turn engine, with an assistant that is slow, hangs or is interrupted."""

import asyncio
import sqlite3

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import Engine

from bot.application.errors import ConversationOver, NotReady
from bot.application.services import Services
from bot.application.turn_engine import TurnEngine
from bot.assistant.tracker_store import TrackerEraser
from bot.conversations.model import Reply
from bot.conversations.store import ConversationStore
from bot.database import connect, wipe_deleted
from bot.settings import Settings


class SlowAssistant:
    """Stand-in for the assistant that answers after some seconds.

    It keeps the received texts, and the largest number of messages that it answered at once.
    """

    def __init__(self, seconds: float = 0.05) -> None:
        self.seconds, self.received, self.running, self.most_running = seconds, [], 0, 0

    async def __call__(self, conversation: str, text: str) -> list[Reply]:
        """Wait, then answer with the received text."""
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(0 if text == "/greeting" else self.seconds)
        self.running -= 1
        self.received.append(text)
        return [Reply(f"You said {text}", "cookies", "answered")]


def engine_with(engine: Engine, assistant: SlowAssistant, turn_seconds: float = 5) -> TurnEngine:
    """Return a turn engine with this assistant and this database."""
    trackers = InMemoryTrackerStore(Domain.empty())
    durable = connect(str(engine.url), durable=True)
    services = Services(
        Settings(turn_seconds=turn_seconds), engine, durable, TrackerEraser(lambda: trackers)
    )
    return services.turn_engine(assistant)


async def test_messages_of_a_conversation_are_answered_one_at_a_time(sqlite: Engine) -> None:
    """The assistant gets one message of a conversation at a time, in order."""
    assistant = SlowAssistant(0.01)
    turns = engine_with(sqlite, assistant)
    conversation, _ = await turns.start()
    await asyncio.gather(*(turns.say(conversation, str(number), None) for number in range(10)))
    assert assistant.most_running == 1
    assert assistant.received[1:] == [str(number) for number in range(10)]


async def test_conversations_do_not_wait_for_each_other(sqlite: Engine) -> None:
    """Messages of different conversations are answered at the same time."""
    assistant = SlowAssistant()
    turns = engine_with(sqlite, assistant)
    started = [(await turns.start())[0] for _ in range(5)]
    await asyncio.gather(*(turns.say(conversation, "x", None) for conversation in started))
    assert assistant.most_running == 5


async def test_an_assistant_that_hangs_is_given_up(sqlite: Engine) -> None:
    """A turn that takes too long raises NotReady, and the conversation goes on."""
    assistant = SlowAssistant(0.5)
    turns = engine_with(sqlite, assistant, turn_seconds=0.1)
    conversation, _ = await turns.start()
    with pytest.raises(NotReady):
        await turns.say(conversation, "x", "id")
    assistant.seconds = 0
    assert (await turns.say(conversation, "x", "id")).topics == ("cookies",)


async def test_a_turn_survives_its_caller(sqlite: Engine) -> None:
    """A turn is finished after its caller is gone; a repetition gets it without a second answer."""
    assistant = SlowAssistant(0.1)
    turns = engine_with(sqlite, assistant)
    conversation, _ = await turns.start()
    caller = asyncio.create_task(turns.say(conversation, "x", "id"))
    await asyncio.sleep(0.02)
    caller.cancel()
    turn = await turns.say(conversation, "x", "id")
    assert turn.messages[0].text == "You said x"
    assert assistant.received == ["/greeting", "x"]


async def test_waiting_ends_with_a_new_message(sqlite: Engine) -> None:
    """A call that waits for messages returns as soon as one arrives."""
    turns = engine_with(sqlite, SlowAssistant())
    conversation, greeting = await turns.start()
    waiting = asyncio.create_task(turns.since(conversation, greeting.messages[-1].id, 20))
    await asyncio.sleep(0.02)  # time for the call to begin waiting
    await turns.say(conversation, "x", None)
    messages = await asyncio.wait_for(waiting, 2)
    assert [message.sender for message in messages] == ["visitor", "bot"]


async def test_a_deletion_waits_for_the_running_turn(sqlite: Engine) -> None:
    """A deletion during a turn returns after the turn, and no trace of the turn is left."""
    turns = engine_with(sqlite, SlowAssistant())
    conversation, _ = await turns.start()
    talking = asyncio.create_task(turns.say(conversation, "secret", None))
    await asyncio.sleep(0.01)
    await turns.forget(conversation)
    await asyncio.gather(talking, return_exceptions=True)
    with pytest.raises(ConversationOver):
        turns.state(conversation)


def test_wiping_fails_while_another_connection_reads(sqlite: Engine) -> None:
    """SQLite's log cannot be wiped while another connection reads; wiping then returns False."""
    store = ConversationStore(sqlite)
    store.start("a" * 32)
    reader = sqlite3.connect(str(sqlite.url.database))
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM conversations").fetchall()
    store.forget("a" * 32)
    with sqlite.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    assert not wipe_deleted(sqlite)
    reader.close()
    assert wipe_deleted(sqlite)


async def test_the_shopper_sees_values_and_the_assistant_placeholders(sqlite: Engine) -> None:
    """The assistant and the store get placeholders; the shopper sees the values."""
    assistant = SlowAssistant(0)
    turns = engine_with(sqlite, assistant)
    conversation, _ = await turns.start()
    turn = await turns.say(conversation, "mail jo@example.com", "id")
    assert assistant.received[-1] == "mail [email-1]"
    assert turn.messages[0].text == "You said mail jo@example.com"
    assert (await turns.say(conversation, "mail jo@example.com", "id")).messages == turn.messages
    assert [message.text for message in turns.messages(conversation)][-2:] == [
        "mail jo@example.com",
        "You said mail jo@example.com",
    ]
    assert "jo@example" not in str(ConversationStore(sqlite).since(conversation, 0))


async def test_the_stored_first_half_of_a_card_number_is_masked_later(sqlite: Engine) -> None:
    """The second half of a card number also removes the first half from the stored messages."""
    assistant = SlowAssistant(0)
    turns = engine_with(sqlite, assistant)
    conversation, _ = await turns.start()
    await turns.say(conversation, "it is 4111 1111", None)
    turn = await turns.say(conversation, "1111 1111", "id")
    assert "not kept it" in turn.messages[0].text
    stored = [
        message.text
        for message in ConversationStore(sqlite).since(conversation, 0)
        if message.sender == "visitor"
    ]
    assert stored == ["it is [card-1]", "[card-1]"]
    assert (await turns.say(conversation, "1111 1111", "id")).messages == turn.messages


async def test_a_child_ends_the_conversation(sqlite: Engine) -> None:
    """A child's message closes and deletes the conversation, which then accepts no message."""
    assistant = SlowAssistant(0)
    turns = engine_with(sqlite, assistant)
    conversation, _ = await turns.start()
    await turns.say(conversation, "my mail is kid@example.com", None)
    turn = await turns.say(conversation, "im 11", None)
    assert (turn.state, turn.outcome, turn.topics) == ("closed", "done", ("children",))
    assert "im 11" not in assistant.received
    with pytest.raises(ConversationOver):
        await turns.say(conversation, "hello", None)
    with sqlite.connect() as db:
        for table in ("conversations", "messages", "choices", "vault"):
            assert db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


async def test_a_deletion_does_not_wait_for_a_hanging_assistant(sqlite: Engine) -> None:
    """A conversation is gone while its turn still hangs, and the turn leaves no trace."""
    turns = engine_with(sqlite, SlowAssistant(0.3))
    conversation, _ = await turns.start()
    talking = asyncio.create_task(turns.say(conversation, "my mail is jo@example.com", None))
    await asyncio.sleep(0.05)
    deleting = asyncio.create_task(turns.forget(conversation))
    await asyncio.sleep(0.05)
    assert not talking.done()
    with pytest.raises(ConversationOver):
        turns.messages(conversation)
    await asyncio.gather(talking, deleting, return_exceptions=True)
    with sqlite.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM vault").scalar() == 0


async def test_a_turn_leaves_no_trace_after_a_deletion_by_another_process(sqlite: Engine) -> None:
    """A turn deletes its own values if another process deletes its conversation meanwhile."""
    turns = engine_with(sqlite, SlowAssistant(0.1))
    conversation, _ = await turns.start()
    talking = asyncio.create_task(turns.say(conversation, "my mail is jo@example.com", None))
    await asyncio.sleep(0.02)
    ConversationStore(sqlite).forget(conversation)
    with pytest.raises(ConversationOver):
        await talking
    with sqlite.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM vault").scalar() == 0
