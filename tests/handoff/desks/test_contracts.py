"""What every desk keeps to, over real servers: what is passed on fits its reference, and each way to fail is understood."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.handoff import desks
from bot.handoff.case import Case
from bot.handoff.desks import Desk
from bot.handoff.desks.chatwoot import Chatwoot
from bot.handoff.desks.webhook import Webhook
from bot.handoff.desks.zendesk import Zendesk
from bot.outgoing import NotDelivered, signature
from tests.handoff.desk_servers import BOT, SECRET, USER, ChatwootServer, DeskServer, Fault, WebhookServer, ZendeskServer

KINDS: dict[str, tuple[type[DeskServer], Callable[[str], Desk]]] = {
    "chatwoot": (ChatwootServer, lambda url: Chatwoot(url, 1, 2, BOT, USER, SECRET)),
    "zendesk": (ZendeskServer, lambda url: Zendesk(url, "bot@example.com", "zendesk-token")),
    "webhook": (WebhookServer, lambda url: Webhook(f"{url}/hook", SECRET)),
}


@pytest.fixture(params=KINDS)
def told(request: pytest.FixtureRequest) -> Iterator[tuple[DeskServer, Desk]]:
    """A desk and its server."""
    make, desk = KINDS[request.param]
    server = make()
    yield server, desk(server.url)
    server.close()


@pytest.fixture
def chatwoot() -> Iterator[tuple[ChatwootServer, Chatwoot]]:
    """Chatwoot and its server."""
    server = ChatwootServer()
    yield server, Chatwoot(server.url, 1, 2, BOT, USER, SECRET)
    server.close()


@pytest.fixture
def zendesk() -> Iterator[tuple[ZendeskServer, Zendesk]]:
    """Zendesk and its server."""
    server = ZendeskServer()
    yield server, Zendesk(server.url, "bot@example.com", "zendesk-token")
    server.close()


def ignore(_: str) -> None:
    """Keep nothing."""


def test_what_is_passed_on_fits_the_reference(told: tuple[DeskServer, Desk], case: Case) -> None:
    """The case, and what is added to it, are taken; the reason, the topics and the conversation are in it."""
    server, desk = told
    remote = desk.open(case, None, ignore)
    desk.add(replace(case, note="It came broken.", contact="jo@example.com"), remote)
    assert server.problems == []
    everything = "".join(str(sent.body) for sent in server.got)
    for part in ("K7M-4QXT", "Sale of data", "a person please", "[email-1]", "It came broken.", "jo@example.com", "2026-11-24"):
        assert part in everything


@pytest.mark.parametrize(
    ("status", "for_good"),
    [(401, True), (403, True), (404, True), (422, True), (409, False), (429, False), (500, False), (502, False), (503, False)],
)
def test_a_refusal_is_for_good_or_passing(told: tuple[DeskServer, Desk], case: Case, status: int, for_good: bool) -> None:
    """What will never succeed is told apart from what may."""
    server, desk = told
    server.fail = lambda _: Fault(status)
    with pytest.raises(NotDelivered) as problem:
        desk.open(case, None, ignore)
    assert (problem.value.for_good, problem.value.status) == (for_good, status)


def test_a_desk_says_when_to_come_again(told: tuple[DeskServer, Desk], case: Case) -> None:
    """Retry-After is heard."""
    server, desk = told
    server.fail = lambda _: Fault(429, {"Retry-After": "17"})
    with pytest.raises(NotDelivered) as problem:
        desk.open(case, None, ignore)
    assert problem.value.retry_after == timedelta(seconds=17)


@pytest.mark.parametrize("fault", [Fault(hang_up="before"), Fault(hang_up="after"), Fault(hang_up="within")])
def test_a_connection_that_is_cut_is_passing(told: tuple[DeskServer, Desk], case: Case, fault: Fault) -> None:
    """Before the request was done, after it, or in the middle of the answer."""
    server, desk = told
    server.fail = lambda _: fault
    with pytest.raises(NotDelivered) as problem:
        desk.open(case, None, ignore)
    assert not problem.value.for_good


def test_a_desk_that_keeps_silent_is_passing(told: tuple[DeskServer, Desk], case: Case, monkeypatch: Any) -> None:
    """It is not waited for longer than a few seconds."""
    server, desk = told
    for name in KINDS:
        monkeypatch.setattr(f"bot.handoff.desks.{name}.SECONDS", 0.3)
    server.fail = lambda _: Fault(seconds=2)
    with pytest.raises(NotDelivered, match="Timeout") as problem:
        desk.open(case, None, ignore)
    assert not problem.value.for_good
    assert desks.SECONDS < 10


def test_nobody_there_is_passing(case: Case) -> None:
    """A server that is down is tried again."""
    for _, make in KINDS.values():
        with pytest.raises(NotDelivered) as problem:
            make("http://127.0.0.1:9").open(case, None, ignore)
        assert not problem.value.for_good


def test_the_webhook_is_signed(case: Case) -> None:
    """Over time and body, with an id that is the same when it comes again."""
    server = WebhookServer()
    try:
        for _ in range(2):
            Webhook(f"{server.url}/hook", SECRET).open(case, None, ignore)
    finally:
        server.close()
    for sent in server.got:
        assert sent.headers["x-signature"] == signature(SECRET, sent.headers["x-timestamp"], sent.raw)
        assert abs(time.time() - int(sent.headers["x-timestamp"])) < 60
    assert len({sent.headers["idempotency-key"] for sent in server.got}) == 1


def test_opening_the_conversation_is_the_handoff(chatwoot: tuple[ChatwootServer, Chatwoot], case: Case) -> None:
    """It begins as pending; the case is a private note; opening it is the last thing."""
    server, desk = chatwoot
    kept: list[str] = []
    remote = desk.open(case, None, kept.append)
    assert kept == [remote]
    assert [sent.path.rpartition("/")[2] for sent in server.got] == ["contacts", "conversations", "messages", "toggle_status"]
    (conversation,) = server.conversations.values()
    assert server.got[1].body["status"] == "pending" and conversation["status"] == "open"
    (note,) = conversation["messages"]
    assert note["private"] and "a person please" in note["content"]
    assert conversation["custom_attributes"]["reference"] == "K7M-4QXT"


def test_an_attempt_goes_on_where_one_was_cut_off(chatwoot: tuple[ChatwootServer, Chatwoot], case: Case) -> None:
    """A conversation that was begun is not begun again."""
    server, desk = chatwoot
    kept: list[str] = []
    server.fail = lambda sent: Fault(503) if "toggle" in sent.path else None
    with pytest.raises(NotDelivered):
        desk.open(case, None, kept.append)
    server.fail = lambda _: None
    assert desk.open(case, kept[0], kept.append) == kept[0]
    assert len(server.conversations) == 1


def test_a_shopper_writes_as_the_contact_and_leaves_quietly(chatwoot: tuple[ChatwootServer, Chatwoot], case: Case) -> None:
    """With an id of each message; at the end the conversation is resolved, and nothing is said."""
    server, desk = chatwoot
    remote = desk.open(case, None, ignore)
    desk.say(remote, "id-4", "hello?")
    desk.close(remote)
    conversation = server.conversations[int(remote)]
    assert conversation["status"] == "resolved"
    said = conversation["messages"][1:]
    assert [(one["message_type"], one["private"], one["content"]) for one in said] == [("incoming", False, "hello?")]
    assert said[0]["content_attributes"] == {"external_id": "id-4"}
    assert server.problems == []


def test_what_agents_said_is_read(chatwoot: tuple[ChatwootServer, Chatwoot], case: Case) -> None:
    """All of it, in order, over more than one page, without notes and the shopper's own words; and that they have ended it."""
    server, desk = chatwoot
    remote = desk.open(case, None, ignore)
    desk.say(remote, "id-4", "hello?")
    for each in range(150):
        server.agent_says(int(remote), f"answer {each}")
    heard = desk.heard(remote)
    assert [(one.remote, one.name, one.text) for one in heard] == [(remote, "Alex", f"answer {each}") for each in range(150)]
    assert len({one.identifier for one in heard}) == 150
    server.conversations[int(remote)]["status"] = "resolved"
    last = desk.heard(remote)[-1]
    assert (last.name, last.ended) == ("Alex", True)
    assert server.problems == []


def test_a_message_is_known_by_one_id_however_it_comes(chatwoot: tuple[ChatwootServer, Chatwoot], case: Case) -> None:
    """The event of it and the reading of it tell the same."""
    server, desk = chatwoot
    remote = desk.open(case, None, ignore)
    body = json.dumps(server.agent_says(int(remote), "Hi!")).encode()
    at = str(int(time.time()))
    told = desk.read({"x-chatwoot-timestamp": at, "x-chatwoot-signature": signature(SECRET, at, body)}, body)
    assert desk.heard(remote) == [told]


@pytest.mark.parametrize("answer", [{}, {"payload": [{}]}, {"payload": [{"id": 5}]}, {"payload": [{"id": -1}]}, []])
def test_what_cannot_be_read_is_passing(chatwoot: tuple[ChatwootServer, Chatwoot], answer: Any, monkeypatch: Any) -> None:
    """It is no crash, and no reading without an end."""
    server, desk = chatwoot
    monkeypatch.setattr(server, "do", lambda *_: (200, answer, {}))
    with pytest.raises(NotDelivered):
        desk.heard("7")


@pytest.mark.parametrize("answer", [{}, {"payload": {"contact": {"id": 1}}}, {"payload": []}, []])
def test_an_answer_that_makes_no_sense_is_passing(
    chatwoot: tuple[ChatwootServer, Chatwoot], case: Case, answer: Any, monkeypatch: Any
) -> None:
    """It is no crash, and nothing is begun with it."""
    server, desk = chatwoot
    monkeypatch.setattr(server, "do", lambda *_: (200, answer, {}))
    with pytest.raises(NotDelivered) as problem:
        desk.open(case, None, ignore)
    assert not problem.value.for_good


def test_a_ticket_is_made_once(zendesk: tuple[ZendeskServer, Zendesk], case: Case) -> None:
    """Its transcript is private; an attempt whose answer was lost, and one with another text after it, find the same ticket."""
    server, desk = zendesk
    server.faults = [Fault(hang_up="after")]
    with pytest.raises(NotDelivered):
        desk.open(case, None, ignore)
    first = desk.open(case, None, ignore)
    assert desk.open(replace(case, contact="jo@example.com"), None, ignore) == first
    (ticket,) = server.tickets.values()
    assert (str(ticket["id"]), ticket["external_id"], ticket["priority"]) == (first, case.id, "high")
    assert ticket["comment"]["public"] is False
    assert ticket["requester"]["email"] == "jo@example.com"  # what the repetition had to say is not lost
    assert server.problems == []


def test_a_ticket_knows_whom_to_answer(zendesk: tuple[ZendeskServer, Zendesk], case: Case) -> None:
    """An address is the requester's, then and later; a number is in the text."""
    server, desk = zendesk
    remote = desk.open(replace(case, contact="612-555-0199"), None, ignore)
    desk.add(replace(case, contact="jo@example.com"), remote)
    (ticket,) = server.tickets.values()
    assert "Answer to: 612-555-0199" in ticket["comment"]["body"]
    assert ticket["requester"]["email"] == "jo@example.com"
    assert server.got[-1].body["ticket"]["updated_stamp"] == "2026-11-24T12:00:00Z"


def test_an_agents_change_is_not_overwritten(zendesk: tuple[ZendeskServer, Zendesk], case: Case, monkeypatch: Any) -> None:
    """A ticket that changed meanwhile is a conflict, which passes."""
    server, desk = zendesk
    remote = desk.open(case, None, ignore)
    do = server.do

    def changing(sent: Any, *groups: str) -> Any:
        """Let an agent change the ticket after it was read."""
        answer = do(sent, *groups)
        if sent.method == "GET":
            server.tickets[int(remote)] = {**server.tickets[int(remote)], "updated_at": "2026-11-24T12:00:01Z"}
        return answer

    monkeypatch.setattr(server, "do", changing)
    with pytest.raises(NotDelivered) as problem:
        desk.add(replace(case, contact="jo@example.com"), remote)
    assert (problem.value.status, problem.value.for_good) == (409, False)
