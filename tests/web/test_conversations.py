"""Tests of what may be said to a conversation, with an assistant that is slow, hangs or is interrupted."""

import asyncio
import sqlite3
from datetime import timedelta

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import Engine

from bot.database import connect, wipe_deleted
from bot.handoff.agents import Agents
from bot.handoff.chain import Chain
from bot.handoff.model import EMBEDDED
from bot.handoff.reception import Reception
from bot.handoff.records import Records
from bot.keys import Keyring
from bot.memory import Memory
from bot.tracker import TrackerMemory
from bot.turns import Reply
from bot.web.conversations import Conversations
from bot.web.errors import ApiError
from bot.web.store import ConversationStore


class SlowAssistant:
    """Answers after a while, and knows how many messages of it were under way at once."""

    def __init__(self, seconds: float = 0.05) -> None:
        self.seconds, self.heard, self.running, self.most = seconds, [], 0, 0

    async def __call__(self, conversation: str, said: str) -> list[Reply]:
        """Answer, after a while."""
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0 if said == "/greeting" else self.seconds)
        self.running -= 1
        self.heard.append(said)
        return [Reply(f"You said {said}", "cookies", "answered")]


def conversations(engine: Engine, assistant: SlowAssistant, turn_seconds: float = 5) -> Conversations:
    """Return conversations with this assistant and an empty database."""
    trackers = InMemoryTrackerStore(Domain.empty())
    memory = Memory(engine, Keyring(["k" * 32], "vault"), timedelta(minutes=30), TrackerMemory(lambda: trackers))
    keyring = Keyring(["k" * 32], "handoff")
    records, agents = Records(engine, connect(str(engine.url), durable=True), keyring), Agents(engine, keyring)
    chain = Chain([EMBEDDED], {}, agents)
    reception = Reception(records, agents, chain, memory.store, memory.vault)
    return Conversations(memory, reception, assistant, turn_seconds)


async def test_messages_of_a_conversation_are_answered_one_at_a_time(sqlite: Engine) -> None:
    """However many come at once, the assistant has one of a conversation at a time, in order."""
    assistant = SlowAssistant(0.01)
    spoken = conversations(sqlite, assistant)
    conversation, _ = await spoken.start()
    await asyncio.gather(*(spoken.say(conversation, str(number), None) for number in range(10)))
    assert assistant.most == 1
    assert assistant.heard[1:] == [str(number) for number in range(10)]


async def test_conversations_do_not_wait_for_each_other(sqlite: Engine) -> None:
    """Messages of different conversations are under way at the same time."""
    assistant = SlowAssistant()
    spoken = conversations(sqlite, assistant)
    started = [(await spoken.start())[0] for _ in range(5)]
    await asyncio.gather(*(spoken.say(conversation, "x", None) for conversation in started))
    assert assistant.most == 5


async def test_an_assistant_that_hangs_is_given_up(sqlite: Engine) -> None:
    """After its time a turn ends with 503, and the conversation goes on."""
    assistant = SlowAssistant(0.5)
    spoken = conversations(sqlite, assistant, turn_seconds=0.1)
    conversation, _ = await spoken.start()
    with pytest.raises(ApiError) as caught:
        await spoken.say(conversation, "x", "id")
    assert caught.value.status == 503
    assistant.seconds = 0
    assert (await spoken.say(conversation, "x", "id")).topics == ("cookies",)


async def test_a_visitor_who_hangs_up_loses_nothing(sqlite: Engine) -> None:
    """A turn whose caller is gone is finished, and a repetition gets it without asking again."""
    assistant = SlowAssistant(0.1)
    spoken = conversations(sqlite, assistant)
    conversation, _ = await spoken.start()
    caller = asyncio.create_task(spoken.say(conversation, "x", "id"))
    await asyncio.sleep(0.02)
    caller.cancel()
    turn = await spoken.say(conversation, "x", "id")
    assert turn.messages[0].text == "You said x"
    assert assistant.heard == ["/greeting", "x"]


async def test_waiting_ends_with_the_news(sqlite: Engine) -> None:
    """Who waits for messages gets them when they come, long before the end of the wait."""
    spoken = conversations(sqlite, SlowAssistant())
    conversation, greeting = await spoken.start()
    waiting = asyncio.create_task(spoken.since(conversation, greeting.messages[-1].id, 20))
    await asyncio.sleep(0.02)  # it is surely waiting
    await spoken.say(conversation, "x", None)
    heard = await asyncio.wait_for(waiting, 2)
    assert [message.sender for message in heard] == ["visitor", "bot"]


async def test_forgetting_waits_for_the_message_under_way(sqlite: Engine) -> None:
    """A deletion during a turn ends after it, and nothing of the turn is left."""
    spoken = conversations(sqlite, SlowAssistant())
    conversation, _ = await spoken.start()
    talking = asyncio.create_task(spoken.say(conversation, "secret", None))
    await asyncio.sleep(0.01)
    await spoken.forget(conversation)
    await asyncio.gather(talking, return_exceptions=True)
    with pytest.raises(ApiError) as caught:
        spoken.state(conversation)
    assert caught.value.status == 410


def test_a_reader_in_the_way_of_wiping_is_noticed(sqlite: Engine) -> None:
    """While someone else reads, the log cannot be wiped, and that is not taken for success."""
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
    """What is said to the assistant is masked, and what it says back is shown with the values."""
    assistant = SlowAssistant(0)
    spoken = conversations(sqlite, assistant)
    conversation, _ = await spoken.start()
    turn = await spoken.say(conversation, "mail jo@example.com", "id")
    assert assistant.heard[-1] == "mail [email-1]"
    assert turn.messages[0].text == "You said mail jo@example.com"
    assert (await spoken.say(conversation, "mail jo@example.com", "id")).messages == turn.messages
    assert [message.text for message in spoken.heard(conversation)][-2:] == [
        "mail jo@example.com",
        "You said mail jo@example.com",
    ]
    assert "jo@example" not in str(ConversationStore(sqlite).since(conversation, 0))


async def test_a_beginning_that_was_stored_is_mended(sqlite: Engine) -> None:
    """When the second half of a card number comes, the first is taken out of what is stored."""
    assistant = SlowAssistant(0)
    spoken = conversations(sqlite, assistant)
    conversation, _ = await spoken.start()
    await spoken.say(conversation, "it is 4111 1111", None)
    turn = await spoken.say(conversation, "1111 1111", "id")
    assert "not kept it" in turn.messages[0].text
    stored = [message.text for message in ConversationStore(sqlite).since(conversation, 0) if message.sender == "visitor"]
    assert stored == ["it is [card-1]", "[card-1]"]
    assert (await spoken.say(conversation, "1111 1111", "id")).messages == turn.messages


async def test_a_child_ends_the_conversation(sqlite: Engine) -> None:
    """The turn says why, nothing stays, and nothing more is taken in."""
    assistant = SlowAssistant(0)
    spoken = conversations(sqlite, assistant)
    conversation, _ = await spoken.start()
    await spoken.say(conversation, "my mail is kid@example.com", None)
    turn = await spoken.say(conversation, "im 11", None)
    assert (turn.state, turn.outcome, turn.topics) == ("closed", "done", ("children",))
    assert "im 11" not in assistant.heard
    with pytest.raises(ApiError) as caught:
        await spoken.say(conversation, "hello", None)
    assert caught.value.status == 410
    with sqlite.connect() as db:
        for table in ("conversations", "messages", "choices", "vault"):
            assert db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


async def test_deletion_is_at_once_even_if_the_assistant_hangs(sqlite: Engine) -> None:
    """While a turn hangs its conversation is gone already; when it ends, it leaves nothing."""
    spoken = conversations(sqlite, SlowAssistant(0.3))
    conversation, _ = await spoken.start()
    talking = asyncio.create_task(spoken.say(conversation, "my mail is jo@example.com", None))
    await asyncio.sleep(0.05)
    deleting = asyncio.create_task(spoken.forget(conversation))
    await asyncio.sleep(0.05)
    assert not talking.done()
    with pytest.raises(ApiError):
        spoken.heard(conversation)
    await asyncio.gather(talking, deleting, return_exceptions=True)
    with sqlite.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM vault").scalar() == 0


async def test_after_a_deletion_from_elsewhere_a_turn_leaves_nothing(sqlite: Engine) -> None:
    """If another process deletes the conversation during a turn, what the turn has noted goes too."""
    spoken = conversations(sqlite, SlowAssistant(0.1))
    conversation, _ = await spoken.start()
    talking = asyncio.create_task(spoken.say(conversation, "my mail is jo@example.com", None))
    await asyncio.sleep(0.02)
    ConversationStore(sqlite).forget(conversation)
    with pytest.raises(ApiError) as caught:
        await talking
    assert caught.value.status == 410
    with sqlite.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM vault").scalar() == 0
