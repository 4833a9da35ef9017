"""Tests of what may be said to a conversation, with an assistant that is slow, hangs or is interrupted."""

import asyncio
from pathlib import Path

import pytest

from bot.database import connect, wipe_deleted
from bot.turns import Reply
from bot.web.conversations import Conversations
from bot.web.errors import ApiError
from bot.web.store import ConversationStore


class SlowAssistant:
    """Answers after a while, and knows how many messages of it were under way at once."""

    def __init__(self, seconds: float = 0.05) -> None:
        self.seconds, self.heard, self.running, self.most = seconds, [], 0, 0

    async def __call__(self, conversation: str, said: str) -> list[Reply]:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0 if said == "/greeting" else self.seconds)
        self.running -= 1
        self.heard.append(said)
        return [Reply(f"You said {said}", "cookies", "answered")]


def conversations(tmp_path: Path, assistant: SlowAssistant, turn_seconds: float = 5) -> Conversations:
    """Return conversations with this assistant and an empty database."""
    return Conversations(ConversationStore(connect(f"sqlite:///{tmp_path / 'c.db'}")), assistant, turn_seconds)


async def test_messages_of_a_conversation_are_answered_one_at_a_time(tmp_path: Path) -> None:
    """However many come at once, the assistant has one of a conversation at a time, in order."""
    assistant = SlowAssistant(0.01)
    spoken = conversations(tmp_path, assistant)
    conversation, _ = await spoken.start()
    await asyncio.gather(*(spoken.say(conversation, str(number), None) for number in range(10)))
    assert assistant.most == 1
    assert assistant.heard[1:] == [str(number) for number in range(10)]


async def test_conversations_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Messages of different conversations are under way at the same time."""
    assistant = SlowAssistant()
    spoken = conversations(tmp_path, assistant)
    started = [(await spoken.start())[0] for _ in range(5)]
    await asyncio.gather(*(spoken.say(conversation, "x", None) for conversation in started))
    assert assistant.most == 5


async def test_an_assistant_that_hangs_is_given_up(tmp_path: Path) -> None:
    """After its time a turn ends with 503, and the conversation goes on."""
    assistant = SlowAssistant(0.5)
    spoken = conversations(tmp_path, assistant, turn_seconds=0.1)
    conversation, _ = await spoken.start()
    with pytest.raises(ApiError) as caught:
        await spoken.say(conversation, "x", "id")
    assert caught.value.status == 503
    assistant.seconds = 0
    assert (await spoken.say(conversation, "x", "id")).topics == ("cookies",)


async def test_a_visitor_who_hangs_up_loses_nothing(tmp_path: Path) -> None:
    """A turn whose caller is gone is finished, and a repetition gets it without asking again."""
    assistant = SlowAssistant(0.1)
    spoken = conversations(tmp_path, assistant)
    conversation, _ = await spoken.start()
    caller = asyncio.create_task(spoken.say(conversation, "x", "id"))
    await asyncio.sleep(0.02)
    caller.cancel()
    turn = await spoken.say(conversation, "x", "id")
    assert turn.messages[0].text == "You said x"
    assert assistant.heard == ["/greeting", "x"]


async def test_waiting_ends_with_the_news(tmp_path: Path) -> None:
    """Who waits for messages gets them when they come, long before the end of the wait."""
    spoken = conversations(tmp_path, SlowAssistant())
    conversation, greeting = await spoken.start()
    waiting = asyncio.create_task(spoken.since(conversation, greeting.messages[-1].id, 20))
    await asyncio.sleep(0.02)  # it is surely waiting
    await spoken.say(conversation, "x", None)
    heard = await asyncio.wait_for(waiting, 2)
    assert [message.sender for message in heard] == ["visitor", "bot"]


async def test_forgetting_waits_for_the_message_under_way(tmp_path: Path) -> None:
    """A deletion during a turn ends after it, and nothing of the turn is left."""
    spoken = conversations(tmp_path, SlowAssistant())
    conversation, _ = await spoken.start()
    talking = asyncio.create_task(spoken.say(conversation, "secret", None))
    await asyncio.sleep(0.01)
    await spoken.forget(conversation, lambda _: None)
    await asyncio.gather(talking, return_exceptions=True)
    with pytest.raises(ApiError) as caught:
        spoken.state(conversation)
    assert caught.value.status == 410


def test_a_reader_in_the_way_of_wiping_is_noticed(tmp_path: Path) -> None:
    """While someone else reads, the log cannot be wiped, and that is not taken for success."""
    import sqlite3

    path = tmp_path / "c.db"
    engine = connect(f"sqlite:///{path}")
    store = ConversationStore(engine)
    store.start("a" * 32)
    reader = sqlite3.connect(path)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM conversations").fetchall()
    store.forget("a" * 32)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    assert not wipe_deleted(engine)
    reader.close()
    assert wipe_deleted(engine)
