"""Tests of opt-outs by an agent for the shopper in the chat: one ledger, and the shopper's word."""

import httpx
import pytest

from tests.conftest import Server, Shopper
from tests.handoff.conftest import staffed
from tests.web.test_agent_desk import Desk, command, sam, visitor, waiting

__all__ = ["sam", "staffed", "visitor"]


@pytest.fixture
def chat(sam: Desk, visitor: Shopper) -> dict:
    """A chat that Sam has."""
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    return handoff


def optouts(desk: Desk, chat: dict, what: str, **body: object) -> httpx.Response:
    """Call the desk about opt-outs."""
    return desk.post(chat, f"optouts/{what}", **body)


def last(shopper: Shopper) -> dict:
    """Return the last message of the conversation."""
    return shopper.get("/transcript").json()["messages"][-1]


def status(server: Server, reference: str) -> str:
    """Return what the ledger says of a reference."""
    return command(server, "optouts", "show", reference).stdout


def test_an_agent_records_and_the_shopper_objects(
    sam: Desk, visitor: Shopper, chat: dict, staffed: Server
) -> None:
    """The shopper is told of the record, and one press undoes it while the agent has the chat."""
    done = optouts(sam, chat, "record", kinds=["marketing_email"], address="jo@example.com")
    reference = done.json()["reference"]
    assert "agent" in status(staffed, reference)
    told = last(visitor)
    assert told["from"] == "system" and reference in told["text"]
    assert "Sam has recorded for jo@example.com: no more marketing e-mail" in told["text"]
    turn = visitor.choose(told["choices"][0]["id"])
    assert turn["state"] == "with_agent" and reference in turn["messages"][0]["text"]
    (record,) = optouts(sam, chat, "lookup", query=reference).json()["records"]
    assert record["status"] == "revoked" and record["channel"] == "agent"
    assert "could not" not in str(visitor.choose(told["choices"][0]["id"])["messages"])


def test_the_same_again_is_one_record(sam: Desk, visitor: Shopper, chat: dict) -> None:
    """The same opt-out twice is one, of which the shopper is told once."""
    for known in ("open", "known"):
        done = optouts(sam, chat, "record", kinds=["sharing"], address="twice@example.com")
        assert done.json()["status"] == known
    said = [one["text"] for one in visitor.get("/transcript").json()["messages"]]
    assert sum("twice@example.com" in text for text in said) == 1
    assert visitor.say("thanks")["messages"] == []


def test_an_address_that_was_typed_before_can_be_used(sam: Desk, visitor: Shopper) -> None:
    """The address behind a placeholder is used, and the agent never sees it."""
    visitor.say("my mail is before@example.com")
    handoff = waiting(sam, visitor)
    sam.post(handoff, "claim")
    assert (
        optouts(sam, handoff, "record", kinds=["marketing_email"], address="[email-1]").status_code
        == 200
    )
    assert "before@example.com" in last(visitor)["text"]
    assert "before@example.com" not in sam.client.get(f"/handoffs/{handoff['id']}").text
    (record,) = optouts(sam, handoff, "lookup", query="before@example.com").json()["records"]
    assert record["kinds"] == ["marketing_email"]


def test_the_browser_of_the_shopper(sam: Desk, visitor: Shopper, chat: dict) -> None:
    """Ads can be stopped for the browser, whose page is told so; e-mail cannot."""
    assert optouts(sam, chat, "record", kinds=["marketing_email"]).status_code == 400
    optouts(sam, chat, "record", kinds=["targeted_advertising"])
    assert last(visitor)["recorded"]["scope"] == "browser"
    assert len(optouts(sam, chat, "lookup").json()["records"]) == 1


def test_an_agent_undoes_what_was_recorded_here(
    sam: Desk, visitor: Shopper, chat: dict, staffed: Server
) -> None:
    """What this chat recorded is undone at once; the shopper is told, and nothing is left over."""
    done = optouts(sam, chat, "record", kinds=["sharing"], address="undo@example.com").json()
    undone = optouts(sam, chat, "undo", reference=done["reference"])
    assert undone.json()["status"] == "revoked"
    assert f"Sam has undone {done['reference']}" in last(visitor)["text"]
    sam.post(chat, "resolve")
    assert done["reference"] not in str(visitor.say("do you use cookies?")["messages"])


def test_what_others_recorded_needs_the_owner_of_the_address(
    staffed: Server, sam: Desk, visitor: Shopper, chat: dict
) -> None:
    """An agent undoes nothing of another conversation: an opt-in waits for its confirmation."""
    other = Shopper(staffed.client())
    second = waiting(sam, other)
    sam.post(second, "claim")
    theirs = optouts(sam, second, "record", kinds=["sharing"], address="own@example.com").json()
    asked = optouts(sam, chat, "undo", reference=theirs["reference"]).json()
    assert asked["status"] == "unconfirmed" and "until the owner" in last(visitor)["text"]
    (record,) = optouts(sam, chat, "lookup", query=theirs["reference"]).json()["records"]
    assert record["status"] == "open"


@pytest.mark.parametrize(
    "body", [{"kinds": []}, {"kinds": ["x"]}, {"kinds": ["sharing"], "address": "nobody"}, {}]
)
def test_what_makes_no_sense_is_refused(sam: Desk, chat: dict, body: dict) -> None:
    """A request without kinds, or with no address where one is meant, records nothing."""
    assert optouts(sam, chat, "record", **body).status_code == 400


def test_only_the_agent_of_the_chat_records(staffed: Server, chat: dict) -> None:
    """Another agent can neither look up, nor record, nor undo for this shopper."""
    ann = Desk(staffed, "Ann")
    for what, body in (
        ("lookup", {"query": ""}),
        ("record", {"kinds": ["sharing"]}),
        ("undo", {"reference": "K7M4-QXT9-RWDF"}),
    ):
        assert optouts(ann, chat, what, **body).status_code == 409
