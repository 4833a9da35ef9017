"""Tests of an external help desk over HTTP: a shopper in the chat, and a stand-in for Chatwoot."""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bot.outgoing import signature
from tests.conftest import BASE, Server, Shopper, new_postgres_database, serving, start_server
from tests.handoff.desk_servers import BOT, SECRET, USER, ChatwootServer, Fault

HASTY = [sys.executable, str(Path(__file__).parents[1] / "handoff" / "hasty_server.py")]


def settings(chatwoot: ChatwootServer, **more: str) -> dict[str, str]:
    """Return the variables of a server that hands shoppers over to a Chatwoot."""
    named = {
        "URL": chatwoot.url,
        "ACCOUNT": "1",
        "INBOX": "2",
        "BOT_TOKEN": BOT,
        "USER_TOKEN": USER,
        "WEBHOOK_SECRET": SECRET,
    }
    return {
        "PRIVACY_BOT_HANDOFF_DESKS": '["chatwoot"]',
        **{f"PRIVACY_BOT_CHATWOOT_{key}": named[key] for key in named},
        **more,
    }


def post(
    url: str, event: dict, secret: str = SECRET, timestamp: int | None = None, delivery: str = "d"
) -> httpx.Response:
    """Post an event to the server as Chatwoot does."""
    body = json.dumps(event).encode()
    at = str(timestamp or int(time.time()))
    headers = {
        "X-Chatwoot-Timestamp": at,
        "X-Chatwoot-Signature": signature(secret, at, body),
        "X-Chatwoot-Delivery": delivery,
    }
    return httpx.post(f"{url}/desks/chatwoot", content=body, headers=headers, timeout=10)


def message(conversation: int, number: int, text: str, **changed: object) -> dict:
    """Return the event of an agent's message."""
    return {
        "event": "message_created",
        "id": number,
        "content": text,
        "message_type": "outgoing",
        "private": False,
        "content_type": "text",
        "sender": {"id": 7, "name": "Alex", "type": "user"},
        "conversation": {"id": conversation, "status": "open"},
        **changed,
    }


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until a condition is true; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not come to be so."
        time.sleep(0.05)


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[ChatwootServer]:
    """A stand-in for a Chatwoot server."""
    server = ChatwootServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def served(
    chatwoot: ChatwootServer, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that hands shoppers over to that Chatwoot."""
    with serving(tmp_path_factory.mktemp("chatwoot"), HASTY, **settings(chatwoot)) as running:
        yield running


@pytest.fixture
def chat(served: Server, chatwoot: ChatwootServer) -> Iterator[tuple[Shopper, int]]:
    """A shopper waiting for a person, and the number of the conversation at Chatwoot."""
    before = set(chatwoot.conversations)
    with served.client() as client:
        shopper = Shopper(client)
        turn = shopper.say("I want to talk to a person")
        assert (turn["outcome"], turn["state"]) == ("handoff", "waiting_for_agent")
        until(
            lambda: any(
                chatwoot.conversations[one]["status"] == "open"
                for one in set(chatwoot.conversations) - before
            )
        )
        (number,) = set(chatwoot.conversations) - before
        yield shopper, number


def said_by(shopper: Shopper, *senders: str) -> list[str]:
    """Return the texts of a conversation that came from these senders."""
    return [
        one["text"]
        for one in shopper.get("/transcript").json()["messages"]
        if one["from"] in senders
    ]


def test_a_chat_with_chatwoot(
    served: Server, chatwoot: ChatwootServer, chat: tuple[Shopper, int]
) -> None:
    """Messages go both ways between shopper and agent, each once.

    They are at Chatwoot within two seconds. Chatwoot sends its events twice.
    """
    shopper, number = chat
    (noted,) = shopper.say("my mail is jo@example.com")["messages"]
    assert "will see it" in noted["text"]
    messages = chatwoot.conversations[number]["messages"]
    until(lambda: len(messages) == 2, 2)
    # masked, because no agent has joined yet
    assert messages[1]["content"] == "my mail is [email-1]"
    for _ in range(2):
        assert post(served.url, message(number, 1, "Hi, how can I help?")).status_code == 200
    assert said_by(shopper, "system", "agent") == [
        "Alex has joined. The assistant keeps out of it now.",
        "Hi, how can I help?",
    ]
    shopper.say("write to jo@example.com")
    until(lambda: len(messages) == 3, 2)
    assert messages[2]["content"] == "write to jo@example.com"
    assert (
        post(
            served.url, {"event": "conversation_resolved", "id": number, "status": "resolved"}
        ).status_code
        == 200
    )
    assert said_by(shopper, "system")[-1] == "Alex has ended the chat. The assistant answers again."
    assert shopper.say("do you use cookies?")["state"] == "bot"
    assert chatwoot.problems == []


def test_a_deleted_conversation_is_closed_at_chatwoot(
    chatwoot: ChatwootServer, chat: tuple[Shopper, int]
) -> None:
    """A conversation that the shopper deletes is closed at Chatwoot too."""
    shopper, number = chat
    assert shopper.client.delete(f"{BASE}/session", headers=shopper.headers).status_code == 204
    until(lambda: chatwoot.conversations[number]["status"] == "resolved")


def test_messages_without_an_event_are_fetched(
    chatwoot: ChatwootServer, chat: tuple[Shopper, int]
) -> None:
    """Messages of an agent without an event reach the shopper, once."""
    shopper, number = chat
    for text in ("Hi!", "How can I help?"):
        chatwoot.agent_says(number, text)
    until(lambda: said_by(shopper, "agent") == ["Hi!", "How can I help?"])
    chatwoot.conversations[number]["status"] = "resolved"
    until(
        lambda: (
            said_by(shopper, "system")[-1]
            == "Alex has ended the chat. The assistant answers again."
        )
    )
    assert said_by(shopper, "agent") == ["Hi!", "How can I help?"]


def test_other_events_are_not_shown_to_the_shopper(
    served: Server, chat: tuple[Shopper, int]
) -> None:
    """The shopper sees no event but the messages of agents.

    Private notes, the shopper's own messages, changes, and messages of bots are left out.
    """
    shopper, number = chat
    for event in (
        message(number, 11, "a note", private=True),
        message(number, 12, "an echo", message_type="incoming"),
        message(number, 13, "changed", event="message_updated"),
        message(number, 14, "a bot", sender={"name": "Bot", "type": "agent_bot"}),
        message(number, 15, "assigned", message_type="activity"),
        {"event": "conversation_opened", "id": number},
        {"event": "webwidget_triggered", "id": number},
        message(987_654, 16, "to somebody else"),
    ):
        assert post(served.url, event).status_code == 200
    assert said_by(shopper, "system", "agent") == []


def test_only_signed_events_are_accepted(served: Server, chat: tuple[Shopper, int]) -> None:
    """An event with a wrong, missing or old signature is refused.

    So is a body that is no event, or that is too large.
    """
    shopper, number = chat
    event = message(number, 21, "I am not Alex")
    assert post(served.url, event, secret="x" * 40).status_code == 401
    assert post(served.url, event, timestamp=int(time.time()) - 400).status_code == 401
    assert httpx.post(f"{served.url}/desks/chatwoot", json=event).status_code == 401
    assert post(served.url, {"event": "message_created"}).status_code == 400
    assert post(served.url, message(number, 22, "x" * 1_100_000)).status_code == 413
    assert said_by(shopper, "agent") == []


def test_a_large_event_is_accepted(served: Server, chat: tuple[Shopper, int]) -> None:
    """An event quotes its conversation, and may be larger than a request of a shopper."""
    shopper, number = chat
    assert (
        post(
            served.url, message(number, 31, "Hello!", content_attributes={"quoted": "x" * 60_000})
        ).status_code
        == 200
    )
    assert said_by(shopper, "agent") == ["Hello!"]


def test_two_processes_share_a_chat(
    chatwoot: ChatwootServer, model: Path, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An event at one server reaches the shopper at the other within two seconds.

    Both servers use one PostgreSQL database.
    """
    shared = settings(chatwoot, DATABASE_URL=new_postgres_database(postgres))
    before = set(chatwoot.conversations)
    with (
        serving(tmp_path_factory.mktemp("one"), HASTY, **shared) as one,
        serving(tmp_path_factory.mktemp("two"), HASTY, **shared) as two,
        one.client() as client,
    ):
        shopper = Shopper(client)
        shopper.say("I want to talk to a person")
        until(
            lambda: any(
                chatwoot.conversations[each]["status"] == "open"
                for each in set(chatwoot.conversations) - before
            )
        )
        (number,) = set(chatwoot.conversations) - before
        shopper.say("hello?")
        last = shopper.get("/transcript").json()["messages"][-1]["id"]
        threading.Timer(0.5, post, (two.url, message(number, 41, "Hi!"))).start()
        began = time.monotonic()
        heard = shopper.get("/messages", after=last, wait=20).json()["messages"]
        assert [message["from"] for message in heard] == ["system", "agent"]
        assert time.monotonic() - began < 0.5 + 2
        until(lambda: len(chatwoot.conversations[number]["messages"]) == 2)
    assert [one["content"] for one in chatwoot.conversations[number]["messages"][1:]] == ["hello?"]


def insist(attempt: Callable[[], httpx.Response], times: int = 300) -> bool:
    """Repeat a request until it is accepted, as the widget does.

    Return whether it was accepted within ``times`` tries; Chatwoot gives up after three.
    """
    for _ in range(times):
        try:
            if attempt().status_code == 200:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    return False


class Talk:
    """A shopper and an agent writing at the same time, even while the server is away."""

    def __init__(self, url: str, shopper: Shopper, desk: ChatwootServer, number: int) -> None:
        self.url, self.shopper, self.desk, self.number = url, shopper, desk, number
        self.lost = 0  # events that Chatwoot gave up
        self.questions = [f"question {each}" for each in range(20)]
        self.answers = [f"answer {each}" for each in range(20)]
        self.pace = random.Random(12)
        self.threads = [threading.Thread(target=self.ask), threading.Thread(target=self.answer)]
        for thread in self.threads:
            thread.start()

    def ask(self) -> None:
        """Send all messages of the shopper."""
        with httpx.Client(base_url=self.url, timeout=10) as client:
            for each, text in enumerate(self.questions):
                body = {"text": text, "client_id": f"q{each}"}
                assert insist(
                    lambda body=body: client.post(
                        f"{BASE}/messages", json=body, headers=self.shopper.headers
                    )
                )
                time.sleep(self.pace.uniform(0.1, 0.5))

    def answer(self) -> None:
        """Send all messages of the agent, each of them twice, even if the first was accepted."""
        for text in self.answers:
            event = self.desk.agent_says(self.number, text)
            for _ in range(2):
                self.lost += not insist(lambda event=event: post(self.url, event), times=3)
                time.sleep(self.pace.uniform(0.05, 0.25))


def test_nothing_is_lost_or_doubled(model: Path, tmp_path: Path) -> None:
    """Every message arrives once at the shopper and at the help desk, despite random faults.

    The help desk fails at random, and the server is killed at random. The help desk may get a
    message again, under the same id. Events that the help desk gives up while the server is away
    are fetched later, possibly after newer ones.
    """
    chance, desk = random.Random(11), ChatwootServer()
    faults = [
        Fault(503),
        Fault(429, {"Retry-After": "1"}),
        Fault(hang_up="before"),
        Fault(hang_up="after"),
    ]
    running = start_server(tmp_path, HASTY, **settings(desk))
    port = running.url.rpartition(":")[2]
    shopper = Shopper(running.client())
    shopper.say("I want to talk to a person")
    until(lambda: any(one["status"] == "open" for one in desk.conversations.values()))
    (number,) = desk.conversations
    desk.fail = lambda _: chance.choice(faults) if chance.random() < 0.3 else None
    talk = Talk(running.url, shopper, desk, number)
    for _ in range(3):
        time.sleep(chance.uniform(0.1, 0.6))
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        running = start_server(tmp_path, HASTY, **settings(desk), PRIVACY_BOT_PORT=port)

    def at_the_desk() -> list[tuple[str, str]]:
        """Return the shopper's messages at the help desk, each with its id."""
        there = desk.from_shopper(number)
        return [(one["content"], one["content_attributes"]["external_id"]) for one in there]

    try:
        for thread in talk.threads:
            thread.join(120)
        desk.fail = lambda _: None
        until(lambda: {text for text, _ in at_the_desk()} >= set(talk.questions), 60)
        shopper.client = running.client()
        assert talk.lost > 0
        until(lambda: len(said_by(shopper, "agent")) >= len(talk.answers), 60)
        assert sorted(said_by(shopper, "agent")) == sorted(talk.answers)
        assert said_by(shopper, "visitor")[1:] == talk.questions
        # each under one id, in order
        assert [text for text, _ in dict.fromkeys(at_the_desk())] == talk.questions
        assert len({identifier for _, identifier in at_the_desk()}) == len(talk.questions)
        assert desk.problems == []
    finally:
        running.process.terminate()
        running.process.wait(timeout=20)
        desk.close()
