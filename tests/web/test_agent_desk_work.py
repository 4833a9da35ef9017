"""Tests of the work at the desk over HTTP: marks, colleagues, notes, own answers, the history."""

import time

import pytest

from tests.conftest import Server, Shopper
from tests.handoff.conftest import staffed
from tests.web.test_agent_desk import Desk, sam, visitor, waiting

__all__ = ["sam", "staffed", "visitor"]


@pytest.fixture
def ann(staffed: Server) -> Desk:
    """Another agent."""
    return Desk(staffed, "Ann")


def card(desk: Desk, handoff: dict) -> dict:
    """Return the card of a handoff as an agent sees it now."""
    return next(one for one in desk.queue() if one["id"] == handoff["id"])


def told(desk: Desk) -> dict:
    """Return all that the desk tells its page."""
    return desk.client.get("/queue").json()


def listening(shopper: Shopper, **more: object) -> None:
    """Ask for news, as the widget does."""
    shopper.get("/messages", after=0, **more)


def test_a_card_tells_what_the_shopper_said_and_since_when(sam: Desk, visitor: Shopper) -> None:
    """A card has the last words with placeholders, and since when they wait for an answer."""
    handoff = waiting(sam, visitor)
    assert card(sam, handoff)["waiting_since"] == handoff["requested_at"]
    visitor.say("write to jo@example.com")
    assert card(sam, handoff)["last_words"] == "write to [email-1]"
    sam.post(handoff, "claim")
    sam.post(handoff, "messages", text="I will.")
    assert card(sam, handoff)["waiting_since"] is None
    visitor.say("when?")
    after = card(sam, handoff)
    assert after["last_words"] == "when?" and after["waiting_since"] is not None


def test_words_are_unread_until_the_agent_has_seen_them(sam: Desk, visitor: Shopper) -> None:
    """New words of a shopper are counted until the page of the agent has shown them."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    sam.post(handoff, "messages", text="Hello")
    assert card(sam, handoff)["unread"] == 0
    visitor.say("one")
    visitor.say("two")
    assert card(sam, handoff)["unread"] == 2
    last = visitor.get("/messages", after=0).json()["messages"][-1]["id"]
    assert sam.post(handoff, "seen", message=last).status_code == 204
    assert card(sam, handoff)["unread"] == 0
    visitor.say("three")
    assert card(sam, handoff)["unread"] == 1


def test_an_agent_sees_whether_the_shopper_is_there(sam: Desk, visitor: Shopper) -> None:
    """An agent sees that the shopper's page asks for news, types, and was loaded again."""
    handoff = waiting(sam, visitor)
    assert not card(sam, handoff)["here"]
    listening(visitor)
    seen = card(sam, handoff)
    assert seen["here"] and not seen["typing"] and seen["loaded_at"] is None
    listening(visitor, typing=1)
    assert card(sam, handoff)["typing"]
    resumed = {"resume": visitor.opened["token"]}
    assert visitor.client.post("/webhooks/storefront/session", json=resumed).status_code == 200
    assert card(sam, handoff)["loaded_at"] is not None


def test_a_chat_is_passed_on_to_a_colleague(sam: Desk, ann: Desk, visitor: Shopper) -> None:
    """The colleague gets the chat with its unread words and notes; the shopper is told."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    visitor.say("my lamp flickers")
    to = next(one["id"] for one in told(sam)["colleagues"] if one["name"] == "Ann")
    sam.post(handoff, "notes", text="I promised a new lamp.")
    assert sam.post(handoff, "pass-on", to=to).json()["agent"] == "Ann"
    got = card(ann, handoff)
    assert got["mine"] and got["unread"] >= 1
    read = ann.client.get(f"/handoffs/{handoff['id']}").json()
    assert [note["text"] for note in read["notes"]] == ["I promised a new lamp."]
    assert sam.post(handoff, "messages", text="x").status_code == 409
    said = [one["text"] for one in visitor.get("/transcript").json()["messages"]]
    assert "Sam has passed you on to Ann, who can read this chat." in said
    assert not any("I promised" in text for text in said)
    assert "I promised" not in visitor.get("/messages", after=0).text


def test_a_chat_is_passed_back_to_the_queue(sam: Desk, visitor: Shopper) -> None:
    """A chat that goes back to the queue waits for any agent."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    assert sam.post(handoff, "pass-on").json()["state"] == "requested"
    assert visitor.get("/messages", after=0).json()["state"] == "waiting_for_agent"
    assert sam.post(handoff, "claim").status_code == 200


def test_nobody_passes_a_chat_to_somebody_away(sam: Desk, ann: Desk, visitor: Shopper) -> None:
    """A colleague who takes no chats, or is not here, gets none; nobody available: no new chats."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    to = next(one["id"] for one in told(sam)["colleagues"] if one["name"] == "Ann")
    assert ann.client.post("/presence", json={"available": False}).status_code == 204
    assert told(ann)["available"] is False
    assert sam.post(handoff, "pass-on", to=to).status_code == 409
    sam.client.post("/presence", json={"available": False})
    late = Shopper(visitor.client).say("I want to talk to a person")
    assert late["state"] == "bot" and "cannot reach a colleague" in late["messages"][0]["text"]


def test_a_chat_of_an_agent_who_leaves_goes_to_a_colleague(
    sam: Desk, ann: Desk, visitor: Shopper
) -> None:
    """The shopper of an agent who leaves the desk is told within seconds, and waits for another."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    ann.queue()
    assert sam.client.delete("/presence").status_code == 204
    for _ in range(200):
        ann.queue()
        if visitor.get("/messages", after=0).json()["state"] == "waiting_for_agent":
            break
        time.sleep(0.1)
    assert "another colleague is here" in visitor.get("/transcript").text


def test_own_answers_are_beside_those_of_the_policy(sam: Desk, ann: Desk) -> None:
    """An agent keeps, replaces and deletes own answers; others have theirs, and all the policy."""
    policy = len(ann.client.get("/answers").json()["answers"])
    assert policy > 20
    for text in ("Hello, how can I help?", "Hello!"):
        kept = sam.client.post("/answers", json={"title": "Hello", "text": text}).json()["answers"]
    assert [one["text"] for one in kept if one["id"]] == ["Hello!"] and len(kept) == policy + 1
    assert len(ann.client.get("/answers").json()["answers"]) == policy
    mine = kept[0]["id"]
    assert len(ann.client.delete(f"/answers/{mine}").json()["answers"]) == policy
    assert len(sam.client.get("/answers").json()["answers"]) == policy + 1
    assert len(sam.client.delete(f"/answers/{mine}").json()["answers"]) == policy


def test_what_is_over_is_found_again(sam: Desk, ann: Desk, visitor: Shopper) -> None:
    """A chat that is over is found by its reference, words, topic and day, and can be read."""
    visitor.say("do you use cookies?")
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    visitor.say("my zygomorphic lamp is 100% broken")

    def found(**search: str) -> list[str]:
        """Return the references that a search finds."""
        answer = ann.client.get("/history", params=search)
        assert answer.status_code == 200, answer.text
        return [one["reference"] for one in answer.json()["handoffs"]]

    assert found(words="zygomorphic") == []  # it is not over yet
    sam.post(handoff, "resolve")
    reference = handoff["reference"]
    assert found(words=reference.lower()) == found(words="LAMP zygomorphic") == [reference]
    assert found(words="100%") == [reference] and found(words="zygo%phic") == []
    assert reference in found(topic="cookies") and reference not in found(topic="selling")
    assert reference in found(day=time.strftime("%Y-%m-%d")) or reference in found()
    assert reference not in found(day="2020-01-01")
    read = ann.client.get(f"/handoffs/{handoff['id']}").json()
    assert any("zygomorphic" in one["text"] for one in read["messages"])
    assert ann.client.get("/history", params={"day": "today"}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/history", "/answers", f"/handoffs/{'a' * 32}/notes", "/presence"]
)
def test_all_of_it_needs_a_session(staffed: Server, path: str) -> None:
    """Without a session nothing of the desk can be called."""
    with staffed.client() as client:
        method = "GET" if path in ("/history", "/answers") else "POST"
        answer = client.request(method, f"/desk{path}", json={}, headers={"Origin": staffed.url})
        assert answer.status_code == 401
