"""Tests of every help desk against an HTTP server that checks requests by its reference."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.handoff import helpdesks
from bot.handoff.case import Case
from bot.handoff.helpdesks import HelpDesk
from bot.handoff.helpdesks.chatwoot import Chatwoot, Refused
from bot.handoff.helpdesks.webhook import WebhookDesk
from bot.handoff.helpdesks.zendesk import Zendesk
from bot.outgoing import NotDelivered, signature
from tests.handoff.desk_servers import (
    BOT,
    SECRET,
    USER,
    ChatwootServer,
    DeskServer,
    Fault,
    WebhookServer,
    ZendeskServer,
)

KINDS: dict[str, tuple[type[DeskServer], Callable[[str], HelpDesk]]] = {
    "chatwoot": (ChatwootServer, lambda url: Chatwoot(url, 1, 2, BOT, USER, SECRET)),
    "zendesk": (ZendeskServer, lambda url: Zendesk(url, "bot@example.com", "zendesk-token")),
    "webhook": (WebhookServer, lambda url: WebhookDesk(f"{url}/hook", SECRET)),
}


@pytest.fixture(params=KINDS)
def server_and_desk(request: pytest.FixtureRequest) -> Iterator[tuple[DeskServer, HelpDesk]]:
    """Server of each kind, and the help desk that calls it."""
    make, desk = KINDS[request.param]
    server = make()
    yield server, desk(server.url)
    server.close()


@pytest.fixture
def chatwoot() -> Iterator[tuple[ChatwootServer, Chatwoot]]:
    """Chatwoot server, and the help desk that calls it."""
    server = ChatwootServer()
    yield server, Chatwoot(server.url, 1, 2, BOT, USER, SECRET)
    server.close()


@pytest.fixture
def zendesk() -> Iterator[tuple[ZendeskServer, Zendesk]]:
    """Zendesk server, and the help desk that calls it."""
    server = ZendeskServer()
    yield server, Zendesk(server.url, "bot@example.com", "zendesk-token")
    server.close()


def ignore(_: str) -> None:
    """Ignore the id of a case."""


def test_requests_fit_the_reference(
    server_and_desk: tuple[DeskServer, HelpDesk], case: Case
) -> None:
    """The server accepts a case with topics and conversation, and an addition to it."""
    server, desk = server_and_desk
    remote = desk.open(case, None, ignore)
    desk.add(replace(case, note="It came broken.", contact="jo@example.com"), remote)
    assert server.problems == []
    everything = "".join(str(sent.body) for sent in server.got)
    for part in (
        "K7M4-QXT9-RWDF",
        "Sale of data",
        "a person please",
        "[email-1]",
        "It came broken.",
        "jo@example.com",
        "2026-11-24",
    ):
        assert part in everything


@pytest.mark.parametrize(
    ("status", "for_good"),
    [
        (401, True),
        (403, True),
        (404, True),
        (422, True),
        (409, False),
        (429, False),
        (500, False),
        (502, False),
        (503, False),
    ],
)
def test_a_refusal_is_for_good_or_temporary(
    server_and_desk: tuple[DeskServer, HelpDesk], case: Case, status: int, for_good: bool
) -> None:
    """Each HTTP status counts as an error for good or as a temporary one."""
    server, desk = server_and_desk
    server.fail = lambda _: Fault(status)
    with pytest.raises(NotDelivered) as problem:
        desk.open(case, None, ignore)
    assert (problem.value.for_good, problem.value.status) == (for_good, status)


def test_retry_after_is_passed_on(server_and_desk: tuple[DeskServer, HelpDesk], case: Case) -> None:
    """The wait in a Retry-After header is part of the error."""
    server, desk = server_and_desk
    server.fail = lambda _: Fault(429, {"Retry-After": "17"})
    with pytest.raises(NotDelivered) as problem:
        desk.open(case, None, ignore)
    assert problem.value.retry_after == timedelta(seconds=17)


@pytest.mark.parametrize(
    "fault", [Fault(hang_up="before"), Fault(hang_up="after"), Fault(hang_up="within")]
)
def test_a_cut_connection_is_temporary(
    server_and_desk: tuple[DeskServer, HelpDesk], case: Case, fault: Fault
) -> None:
    """A connection that is cut before or after the request, or in the answer, is tried again."""
    server, desk = server_and_desk
    server.fail = lambda _: fault
    with pytest.raises(NotDelivered) as problem:
        desk.open(case, None, ignore)
    assert not problem.value.for_good


def test_a_timeout_is_temporary(
    server_and_desk: tuple[DeskServer, HelpDesk], case: Case, monkeypatch: Any
) -> None:
    """A help desk that does not answer is given up after a few seconds, and tried again."""
    server, desk = server_and_desk
    for name in KINDS:
        monkeypatch.setattr(f"bot.handoff.helpdesks.{name}.SECONDS", 0.3)
    server.fail = lambda _: Fault(seconds=2)
    with pytest.raises(NotDelivered, match="Timeout") as problem:
        desk.open(case, None, ignore)
    assert not problem.value.for_good
    assert helpdesks.SECONDS < 10


def test_a_server_that_is_down_is_temporary(case: Case) -> None:
    """A server that accepts no connection is tried again."""
    for _, make in KINDS.values():
        with pytest.raises(NotDelivered) as problem:
            make("http://127.0.0.1:9").open(case, None, ignore)
        assert not problem.value.for_good


def test_the_webhook_is_signed(case: Case) -> None:
    """The signature covers time and body, and a repetition has the same id."""
    server = WebhookServer()
    try:
        for _ in range(2):
            WebhookDesk(f"{server.url}/hook", SECRET).open(case, None, ignore)
    finally:
        server.close()
    for sent in server.got:
        assert sent.headers["x-signature"] == signature(
            SECRET, sent.headers["x-timestamp"], sent.raw
        )
        assert abs(time.time() - int(sent.headers["x-timestamp"])) < 60
    assert len({sent.headers["idempotency-key"] for sent in server.got}) == 1


def test_opening_the_conversation_is_the_handoff(
    chatwoot: tuple[ChatwootServer, Chatwoot], case: Case
) -> None:
    """A conversation begins as pending, gets the case as a private note, and is then opened."""
    server, desk = chatwoot
    kept: list[str] = []
    remote = desk.open(case, None, kept.append)
    assert kept == [remote]
    assert [sent.path.rpartition("/")[2] for sent in server.got] == [
        "contacts",
        "conversations",
        "messages",
        "toggle_status",
    ]
    (conversation,) = server.conversations.values()
    assert server.got[1].body["status"] == "pending" and conversation["status"] == "open"
    (note,) = conversation["messages"]
    assert note["private"] and "a person please" in note["content"]
    assert conversation["custom_attributes"]["reference"] == "K7M4-QXT9-RWDF"


def test_a_second_attempt_continues_the_first(
    chatwoot: tuple[ChatwootServer, Chatwoot], case: Case
) -> None:
    """A conversation that an earlier attempt has begun is not begun again."""
    server, desk = chatwoot
    kept: list[str] = []
    server.fail = lambda sent: Fault(503) if "toggle" in sent.path else None
    with pytest.raises(NotDelivered):
        desk.open(case, None, kept.append)
    server.fail = lambda _: None
    assert desk.open(case, kept[0], kept.append) == kept[0]
    assert len(server.conversations) == 1


def test_a_shopper_writes_as_the_contact(
    chatwoot: tuple[ChatwootServer, Chatwoot], case: Case
) -> None:
    """Messages have ids; at the end the conversation is resolved without another message."""
    server, desk = chatwoot
    remote = desk.open(case, None, ignore)
    desk.say(remote, "id-4", "hello?")
    desk.close(remote)
    conversation = server.conversations[int(remote)]
    assert conversation["status"] == "resolved"
    said = conversation["messages"][1:]
    assert [(one["message_type"], one["private"], one["content"]) for one in said] == [
        ("incoming", False, "hello?")
    ]
    assert said[0]["content_attributes"] == {"external_id": "id-4"}
    assert server.problems == []


def test_messages_of_agents_are_read(chatwoot: tuple[ChatwootServer, Chatwoot], case: Case) -> None:
    """All messages of agents are read in order over several pages, and the end of the chat."""
    server, desk = chatwoot
    remote = desk.open(case, None, ignore)
    desk.say(remote, "id-4", "hello?")
    for each in range(150):
        server.agent_says(int(remote), f"answer {each}")
    events = desk.events(remote)
    assert [(one.remote, one.name, one.text) for one in events] == [
        (remote, "Alex", f"answer {each}") for each in range(150)
    ]
    assert len({one.identifier for one in events}) == 150
    server.conversations[int(remote)]["status"] = "resolved"
    last = desk.events(remote)[-1]
    assert (last.name, last.ended) == ("Alex", True)
    assert server.problems == []


def test_webhook_and_reading_give_the_same_event(
    chatwoot: tuple[ChatwootServer, Chatwoot], case: Case
) -> None:
    """A message that comes by webhook and by reading is the same event, with the same id."""
    server, desk = chatwoot
    remote = desk.open(case, None, ignore)
    body = json.dumps(server.agent_says(int(remote), "Hi!")).encode()
    at = str(int(time.time()))
    event = desk.parse_event(
        {"x-chatwoot-timestamp": at, "x-chatwoot-signature": signature(SECRET, at, body)}, body
    )
    assert desk.events(remote) == [event]


@pytest.mark.parametrize(
    "event", [{"sender": "Sam"}, {"meta": [1], "event": "conversation_resolved"}, {"sender": 7}]
)
def test_a_signed_event_of_unknown_form_is_refused(
    chatwoot: tuple[ChatwootServer, Chatwoot], event: dict[str, Any]
) -> None:
    """A webhook that is signed and not as the reference has it gets 400."""
    _, desk = chatwoot
    known = {
        "event": "message_created",
        "id": 1,
        "conversation": {"id": 1},
        "message_type": "outgoing",
        "private": False,
        "content": "Hi!",
    }
    body, at = json.dumps({**known, **event}).encode(), str(int(time.time()))
    headers = {"x-chatwoot-timestamp": at, "x-chatwoot-signature": signature(SECRET, at, body)}
    with pytest.raises(Refused) as caught:
        desk.parse_event(headers, body)
    assert caught.value.status == 400


def test_an_endless_timestamp_is_refused(chatwoot: tuple[ChatwootServer, Chatwoot]) -> None:
    """A timestamp of thousands of digits is a wrong one, not a fault of the server."""
    _, desk = chatwoot
    with pytest.raises(Refused) as caught:
        desk.parse_event({"x-chatwoot-timestamp": "9" * 5000}, b"{}")
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "answer", [{}, {"payload": [{}]}, {"payload": [{"id": 5}]}, {"payload": [{"id": -1}]}, []]
)
def test_an_unreadable_answer_is_not_delivered(
    chatwoot: tuple[ChatwootServer, Chatwoot], answer: Any, monkeypatch: Any
) -> None:
    """Reading an answer of an unknown form raises NotDelivered, and does not go on for ever."""
    server, desk = chatwoot
    monkeypatch.setattr(server, "do", lambda *_: (200, answer, {}))
    with pytest.raises(NotDelivered):
        desk.events("7")


@pytest.mark.parametrize("answer", [{}, {"payload": {"contact": {"id": 1}}}, {"payload": []}, []])
def test_an_answer_of_unknown_form_is_temporary(
    chatwoot: tuple[ChatwootServer, Chatwoot], case: Case, answer: Any, monkeypatch: Any
) -> None:
    """Opening a case with an answer of an unknown form raises NotDelivered, and is tried again."""
    server, desk = chatwoot
    monkeypatch.setattr(server, "do", lambda *_: (200, answer, {}))
    with pytest.raises(NotDelivered) as problem:
        desk.open(case, None, ignore)
    assert not problem.value.for_good


def test_a_ticket_is_made_once(zendesk: tuple[ZendeskServer, Zendesk], case: Case) -> None:
    """The conversation is private, and an attempt after a lost answer finds the same ticket."""
    server, desk = zendesk
    server.faults = [Fault(hang_up="after")]
    with pytest.raises(NotDelivered):
        desk.open(case, None, ignore)
    first = desk.open(case, None, ignore)
    assert desk.open(replace(case, contact="jo@example.com"), None, ignore) == first
    (ticket,) = server.tickets.values()
    assert (str(ticket["id"]), ticket["external_id"], ticket["priority"]) == (
        first,
        case.id,
        "high",
    )
    assert ticket["comment"]["public"] is False
    # the new contact in the repetition is not lost
    assert ticket["requester"]["email"] == "jo@example.com"
    assert server.problems == []


def test_a_ticket_has_the_contact(zendesk: tuple[ZendeskServer, Zendesk], case: Case) -> None:
    """An e-mail address makes the requester, also if it is added; a number is in the text."""
    server, desk = zendesk
    remote = desk.open(replace(case, contact="612-555-0199"), None, ignore)
    desk.add(replace(case, contact="jo@example.com"), remote)
    (ticket,) = server.tickets.values()
    assert "Answer to: 612-555-0199" in ticket["comment"]["body"]
    assert ticket["requester"]["email"] == "jo@example.com"
    assert server.got[-1].body["ticket"]["updated_stamp"] == "2026-11-24T12:00:00Z"


def test_an_agents_change_is_not_overwritten(
    zendesk: tuple[ZendeskServer, Zendesk], case: Case, monkeypatch: Any
) -> None:
    """An addition to a ticket that changed meanwhile is refused, and tried again."""
    server, desk = zendesk
    remote = desk.open(case, None, ignore)
    original = server.do

    def changing(sent: Any, *groups: str) -> Any:
        """Let an agent change the ticket after it was read."""
        answer = original(sent, *groups)
        if sent.method == "GET":
            server.tickets[int(remote)] = {
                **server.tickets[int(remote)],
                "updated_at": "2026-11-24T12:00:01Z",
            }
        return answer

    monkeypatch.setattr(server, "do", changing)
    with pytest.raises(NotDelivered) as problem:
        desk.add(replace(case, contact="jo@example.com"), remote)
    assert (problem.value.status, problem.value.for_good) == (409, False)
