"""Tests of the desk over HTTP, together with a shopper in the chat."""

import re
import subprocess
import sys
import time

import httpx
import pytest

from bot.paths import ROOT
from tests.conftest import Server, Shopper
from tests.handoff.conftest import staffed

__all__ = ["staffed"]


def command(server: Server, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on the server's database."""
    environment = {"PRIVACY_BOT_DATA_DIR": str(server.data_dir), "PATH": "/usr/bin:/bin", **more}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


class Desk:
    """An agent at the desk."""

    def __init__(self, server: Server, name: str) -> None:
        command(server, "accounts", "remove", name)
        self.token = command(server, "accounts", "add", name).stdout.strip()
        self.client = httpx.Client(
            base_url=f"{server.url}/desk", headers={"Origin": server.url}, timeout=30
        )
        assert self.client.post("/session", json={"token": self.token}).status_code == 200
        self.queue()

    def queue(self) -> list[dict]:
        """Return the open handoffs."""
        answer = self.client.get("/queue")
        assert answer.status_code == 200, answer.text
        return answer.json()["handoffs"]

    def post(self, handoff: dict, action: str, **body: object) -> httpx.Response:
        """Send an action on a handoff and return the raw answer."""
        return self.client.post(f"/handoffs/{handoff['id']}/{action}", json=body)


@pytest.fixture
def sam(staffed: Server) -> Desk:
    """An agent."""
    return Desk(staffed, "Sam")


@pytest.fixture
def visitor(staffed: Server) -> Shopper:
    """A shopper at the same server."""
    return Shopper(staffed.client())


def waiting(desk: Desk, shopper: Shopper) -> dict:
    """Let a shopper ask for a person, and return the handoff as the desk shows it."""
    turn = shopper.say("I want to talk to a person")
    assert (turn["outcome"], turn["state"]) == ("handoff", "waiting_for_agent")
    return desk.queue()[-1]


def heard(shopper: Shopper) -> list[tuple[str, str]]:
    """Return the sender and the text of each message that the shopper has seen."""
    return [
        (message["from"], message["text"])
        for message in shopper.get("/transcript").json()["messages"]
    ]


def test_a_chat_from_beginning_to_end(sam: Desk, visitor: Shopper) -> None:
    """A shopper asks, waits and talks to an agent; after the end the bot answers again."""
    visitor.say("do you use cookies?")
    handoff = waiting(sam, visitor)
    assert (handoff["reason"], handoff["topics"]) == ("asked", ["Cookies"])
    assert "will see your question" in visitor.say("are you there?")["messages"][0]["text"]
    joined = sam.post(handoff, "claim").json()
    assert [message["text"] for message in joined["messages"] if message["from"] == "visitor"][
        -1
    ] == "are you there?"
    assert visitor.get("/messages", after=0).json()["state"] == "with_agent"
    assert sam.post(handoff, "messages", text="Hello, how can I help?").status_code == 200
    assert ("agent", "Hello, how can I help?") in heard(visitor)
    assert ("system", "Sam has joined. The assistant keeps out of it now.") in heard(visitor)
    assert visitor.say("/restart")["messages"] == []
    assert sam.post(handoff, "resolve").json()["state"] == "completed"
    assert visitor.say("do you use cookies?")["topics"] == ["cookies"]


def test_a_shopper_leaves_the_queue_by_words(sam: Desk, visitor: Shopper) -> None:
    """A waiting shopper is told that words are passed on, and leaves with "stop waiting"."""
    handoff = waiting(sam, visitor)
    noted = visitor.say("my lamp is broken")["messages"][0]
    assert "the colleague who comes will see it" in noted["text"]
    assert [choice["title"] for choice in noted["choices"]] == ["Stop waiting"]
    stopped = visitor.say("stop waiting")
    assert (stopped["state"], stopped["messages"][0]["choices"][0]["title"]) == (
        "bot",
        "Leave a message",
    )
    assert handoff["id"] not in [one["id"] for one in sam.queue()]


def test_a_choice_of_the_assistant_does_nothing_while_waiting(sam: Desk, visitor: Shopper) -> None:
    """An older choice gets the way out as its answer, while waiting and with an agent."""
    cookies = next(
        choice["id"]
        for choice in visitor.opened["messages"][0]["choices"]
        if choice["title"] == "Cookies"
    )
    handoff = waiting(sam, visitor)
    assert "stop waiting first" in visitor.choose(cookies)["messages"][0]["text"]
    sam.post(handoff, "claim")
    answer = visitor.choose(cookies)["messages"][0]
    assert "end the chat first" in answer["text"]
    assert visitor.choose(answer["choices"][0]["id"])["state"] == "bot"


def test_an_answer_is_there_within_two_seconds(sam: Desk, visitor: Shopper) -> None:
    """A held call for new messages ends when the agent answers, and tells when the agent types."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    last = visitor.get("/messages", after=0).json()["messages"][-1]["id"]
    assert sam.post(handoff, "typing").status_code == 204
    assert visitor.get("/messages", after=last).headers["X-Typing"] == "1"
    sam.post(handoff, "messages", text="Here I am.")
    began = time.monotonic()
    (message,) = visitor.get("/messages", after=last, wait=20).json()["messages"]
    assert message["text"] == "Here I am."
    assert time.monotonic() - began < 10  # the answer ended the wait before its 20 seconds
    assert "X-Typing" not in visitor.get("/messages", after=last).headers


def test_only_one_of_two_agents_gets_the_chat(staffed: Server, sam: Desk, visitor: Shopper) -> None:
    """The second agent gets 409, and can neither answer nor end the chat."""
    ann = Desk(staffed, "Ann")
    handoff = waiting(sam, visitor)
    assert ann.post(handoff, "claim").status_code == 200
    for what in ("claim", "messages", "resolve", "typing"):
        assert sam.post(handoff, what, text="x").status_code == 409


def test_an_agent_sees_only_the_personal_data_of_the_chat(sam: Desk, visitor: Shopper) -> None:
    """An agent sees an e-mail address that was typed to the agent, and never a card number.

    Personal data that was typed to the bot stays masked at the desk.
    """
    visitor.say("my mail is before@example.com")
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    time.sleep(1.1)  # times are stored to the second
    visitor.say("write to after@example.com, my card is 4539 1488 0343 6467")
    sam.post(handoff, "messages", text="Shall I use after@example.com?")
    told = str(sam.client.get(f"/handoffs/{handoff['id']}").json())
    assert "before@example.com" not in told
    assert "after@example.com" in told
    assert "4539" not in told
    assert ("agent", "Shall I use after@example.com?") in heard(visitor)


def test_personal_data_outside_the_chat_stays_masked(
    staffed: Server, sam: Desk, visitor: Shopper
) -> None:
    """Placeholders stay placeholders when the chat is over.

    They also stay placeholders for agents who never had the chat.
    """
    ann = Desk(staffed, "Ann")
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    time.sleep(1.1)
    visitor.say("mine is during@example.com")
    assert "during@example.com" in sam.client.get(f"/handoffs/{handoff['id']}").text
    assert "during@example.com" not in ann.client.get(f"/handoffs/{handoff['id']}").text
    sam.post(handoff, "resolve")
    time.sleep(1.1)
    visitor.say("unsubscribe later@example.com")
    told = sam.client.get(f"/handoffs/{handoff['id']}").text
    assert "later@example.com" not in told and "[email-2]" in told


def test_an_answer_that_is_sent_twice_is_stored_once(sam: Desk, visitor: Shopper) -> None:
    """An answer that the desk sends twice with one client id is stored once."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    for _ in range(2):
        assert sam.post(handoff, "messages", text="Here I am.", client_id="one").status_code == 200
    assert heard(visitor).count(("agent", "Here I am.")) == 1


def test_a_message_reaches_the_desk(sam: Desk, visitor: Shopper, staffed: Server) -> None:
    """A left message is at the desk and on the command line.

    The contact is shown only to the agent who has claimed the message.
    """
    handoff = waiting(sam, visitor)
    visitor.choose(
        visitor.get("/transcript").json()["messages"][-1]["choices"][0]["id"]
    )  # stop waiting
    for line in command(staffed, "accounts", "list").stdout.splitlines():
        command(staffed, "accounts", "remove", line.partition(":")[0])
    command(staffed, "accounts", "add", "Absent")
    offered = visitor.say("talk to a human")["messages"][0]
    assert offered["choices"][0]["title"] == "Leave a message"
    visitor.choose(offered["choices"][0]["id"])
    visitor.say("My lamp flickers. Write to lamp@example.com")
    sent = visitor.say("yes")
    reference = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", sent["messages"][0]["text"])
    assert sent["outcome"] == "done" and reference
    ann = Desk(staffed, "Ann")
    (left,) = [one for one in ann.queue() if one["reference"] == reference[0]]
    assert (left["kind"], left["contact"]) == ("message", None)
    assert ann.post(left, "claim").json()["contact"] == "lamp@example.com"
    assert "lamp@example.com" in command(staffed, "handoffs", "show", reference[0]).stdout
    assert reference[0] in command(staffed, "handoffs", "list").stdout
    assert handoff["reference"] in command(staffed, "handoffs", "list", "--json").stdout
    assert ann.post(left, "resolve", follow_up=True).json()["follow_up"] is True
    assert ann.post(left, "resolve").json()["follow_up"] is False


def test_a_deleted_conversation_is_gone_from_the_desk(sam: Desk, visitor: Shopper) -> None:
    """After the shopper has deleted the conversation, the agent gets 404 for its handoff."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    visitor.client.delete("/webhooks/storefront/session", headers=visitor.headers)
    assert sam.post(handoff, "messages", text="x").status_code == 404
    assert handoff["id"] not in [one["id"] for one in sam.queue()]


@pytest.mark.parametrize("cookie", ["", "x", "é", "staff"])
def test_the_desk_needs_a_session(staffed: Server, cookie: str) -> None:
    """Only who is signed in can read handoffs; the page itself contains no data."""
    with staffed.client() as client:
        headers = {"Cookie": f"staff={cookie}".encode()} if cookie else {}
        for path in ("/desk/queue", f"/desk/handoffs/{'a' * 32}"):
            assert client.get(path, headers=headers).status_code == 401
        assert client.get("/desk").status_code == 200


@pytest.mark.parametrize("identifier", ["x", "a" * 32, "' OR 1=1", "../queue"])
def test_a_handoff_that_is_not_there_is_not_found(sam: Desk, identifier: str) -> None:
    """An unknown or malformed handoff id opens no handoff."""
    assert sam.client.get(f"/handoffs/{identifier}").status_code in (200, 404)
    assert sam.client.post(f"/handoffs/{identifier}/claim").status_code in (404, 405)


def test_an_empty_or_endless_answer_is_refused(sam: Desk, visitor: Shopper) -> None:
    """An empty, malformed or too long answer is refused, and the chat goes on."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    assert sam.post(handoff, "messages", text="  ").status_code == 400
    assert sam.post(handoff, "messages", text=7).status_code == 400
    assert sam.post(handoff, "messages").status_code == 400
    assert sam.post(handoff, "messages", text="x" * 4001).status_code == 413
    assert sam.post(handoff, "messages", text="ok").status_code == 200


def test_a_threat_gets_the_offer_of_a_person(sam: Desk, visitor: Shopper) -> None:
    """A complaint is answered with the offer to talk to a person."""
    turn = visitor.say("you will hear from my lawyer")
    assert turn["state"] == "bot"
    (offer,) = turn["messages"][0]["choices"]
    assert offer["title"] == "Talk to a person"
    assert visitor.choose(offer["id"])["state"] == "waiting_for_agent"
    assert sam.queue()[-1]["reason"] == "complaint"
