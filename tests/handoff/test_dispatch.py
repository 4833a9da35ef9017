"""Tests of delivery to external help desks, with retries and the next desk, on both databases."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.engine import Engine

from bot.accounts.accounts import Accounts
from bot.accounts.model import Role
from bot.conversations.store import ConversationStore, NewMessage
from bot.handoff import replies
from bot.handoff.agents import Agents
from bot.handoff.case import Case, InboundEvent
from bot.handoff.dispatch import Dispatcher
from bot.handoff.inbox import AgentInbox
from bot.handoff.model import HandoffKind, NotTaken, Reason, State
from bot.handoff.outbox import HandoffOutbox, schedule_closings
from bot.handoff.polling import Poller
from bot.handoff.queue import Queue
from bot.handoff.records import LEASE, Records
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService
from bot.keys import Keyring
from bot.outgoing import NotDelivered
from bot.privacy.vault import Vault
from tests.handoff.conftest import CONVERSATION, KEYS

WHY = (Reason.ASKED, ("cookies",))


@dataclass
class MessageDesk:
    """Stand-in for a help desk that takes messages; with a ``problem`` every call fails."""

    problem: NotDelivered | None = None
    opened: list[Case] = field(default_factory=list)
    added: list[Case] = field(default_factory=list)

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Take a case."""
        self.fail()
        self.opened.append(case)
        return f"ticket-{len(self.opened)}"

    def add(self, case: Case, remote: str) -> None:
        """Take an addition."""
        self.fail()
        self.added.append(case)

    def fail(self) -> None:
        """Raise the problem, if there is one."""
        if self.problem:
            raise self.problem


@dataclass
class LiveDesk(MessageDesk):
    """Stand-in for a help desk with live chat."""

    said: list[tuple[str, str, str]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    agent_events: list[InboundEvent] = field(default_factory=list)

    def say(self, remote: str, identifier: str, text: str) -> None:
        """Take a message of a shopper."""
        self.fail()
        self.said.append((remote, identifier, text))

    def close(self, remote: str) -> None:
        """Close a case."""
        self.fail()
        self.closed.append(remote)

    def events(self, remote: str) -> list[InboundEvent]:
        """Return the agents' events in a case."""
        self.fail()
        return [event for event in self.agent_events if event.remote == remote]


@dataclass
class Support:
    """All parts of handoffs, with three external help desks: a live one, tickets and mail."""

    chats: LiveDesk
    tickets: MessageDesk
    mail: MessageDesk
    queue: Queue
    inbox: AgentInbox
    outbox: HandoffOutbox
    store: ConversationStore
    handoffs: HandoffService
    dispatcher: Dispatcher
    poller: Poller

    def run(self) -> None:
        """Deliver all news to every help desk."""
        for desk in ("chats", "tickets", "mail"):
            self.dispatcher.run(desk)

    def say(self, text: str) -> None:
        """Store a message of the shopper."""
        self.store.receive(CONVERSATION, NewMessage(text))

    def last_notice(self) -> str:
        """Return the last notice to the shopper."""
        return [
            message.text
            for message in self.store.since(CONVERSATION, 0)
            if message.sender == "system"
        ][-1]

    def leave(self, contact: str = "jo@example.com") -> str:
        """Send a message to support, and return its reference."""
        draft = self.queue.draft(CONVERSATION, WHY)
        desk = self.handoffs._router.for_message()
        assert desk
        return self.queue.send(
            self.queue.write(draft, "It came broken.", None), contact, desk
        ).reference


@pytest.fixture
def support(
    records: Records,
    queue: Queue,
    inbox: AgentInbox,
    agents: Agents,
    store: ConversationStore,
    engine: Engine,
) -> Support:
    """All parts of handoffs, without a handoff yet."""
    chats, tickets, mail = LiveDesk(), MessageDesk(), MessageDesk()
    router = Router(
        ["chats", "tickets", "mail"], {"chats": chats, "tickets": tickets, "mail": mail}, agents
    )
    vault = Vault(engine, Keyring(KEYS, "vault"), timedelta(minutes=30))
    handoffs = HandoffService(records, agents, router, store, vault)
    dispatcher = Dispatcher(records, router, store, handoffs.revealed)
    poller = Poller(router, inbox, handoffs)
    return Support(
        chats,
        tickets,
        mail,
        queue,
        inbox,
        HandoffOutbox(records),
        store,
        handoffs,
        dispatcher,
        poller,
    )


def test_a_chat_goes_both_ways(support: Support) -> None:
    """The help desk gets the case and each message once; its agent's messages arrive once."""
    support.say("a person please")
    handoff = support.queue.wait(CONVERSATION, WHY, "chats")
    for text in ("hello?", "are you there?"):
        support.say(text)
    support.run()
    support.run()
    assert [case.said[-1].text for case in support.chats.opened] == ["a person please"]
    assert [text for _, _, text in support.chats.said] == ["hello?", "are you there?"]
    assert len({identifier for _, identifier, _ in support.chats.said}) == 2
    for _ in range(2):
        support.handoffs.on_event(
            "chats", InboundEvent("ticket-1", "m1", "Alex", "Hi! Call me at 612-555-0199")
        )
    stored = [(message.sender, message.text) for message in support.store.since(CONVERSATION, 0)][
        3:
    ]
    assert stored == [
        ("system", replies.joined("Alex").text),
        ("agent", "Hi! Call me at [phone-1]"),
    ]
    found = support.inbox.find(handoff.id)
    assert (
        found and (found.state, found.agent_name) == (State.ACCEPTED, "Alex") and found.replied_at
    )
    assert support.store.state(CONVERSATION) == "with_agent"


def test_shopper_and_agent_can_both_end_a_chat(support: Support) -> None:
    """The help desk is told of the shopper's end, and a later message of its agent is not lost."""
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    support.handoffs.on_event("chats", InboundEvent("ticket-1", "m1", "Alex", "Hi!"))
    support.queue.end(CONVERSATION)
    support.run()
    assert support.chats.closed == ["ticket-1"]
    support.handoffs.on_event("chats", InboundEvent("ticket-1", "m2", "Alex", "Bye!"))
    assert support.store.since(CONVERSATION, 0)[-1].text == "Bye!"
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    support.handoffs.on_event("chats", InboundEvent("ticket-2", "m3", "Alex", "Hi again!"))
    support.handoffs.on_event("chats", InboundEvent("ticket-2", ended=True))
    assert support.last_notice() == replies.left("Alex").text
    assert support.store.state(CONVERSATION) == "bot"


def test_events_of_other_conversations_are_ignored(support: Support) -> None:
    """An event of a conversation that the bot did not hand over changes nothing."""
    assert support.handoffs.on_event("chats", InboundEvent("77", "m1", "Alex", "Hi!")) is None


def test_a_passing_failure_is_tried_again(support: Support) -> None:
    """After a temporary failure the delivery is repeated later, and the shopper waits on."""
    support.chats.problem = NotDelivered("HTTP 503")
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    support.chats.problem = None
    support.run()
    assert support.chats.opened == []
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=5)):
        support.run()
    assert len(support.chats.opened) == 1
    assert support.store.state(CONVERSATION) == "waiting_for_agent"


@pytest.mark.parametrize(
    "problem",
    [NotDelivered("HTTP 401", True), NotDelivered("HTTP 429", False, timedelta(minutes=9))],
)
def test_a_chat_at_a_desk_that_is_down_becomes_a_ticket(
    support: Support, problem: NotDelivered
) -> None:
    """The shopper gets the reference of the ticket, and later contact data is added to it."""
    support.say("a person please")
    support.chats.problem = problem
    chat = support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    (case,) = support.tickets.opened
    assert case.said[-1].text == "a person please" and case.contact is None
    assert (
        f"Its reference is {case.reference}" in support.last_notice()
        and "cannot reach" in support.last_notice()
    )
    assert support.store.state(CONVERSATION) == "bot"
    failed = support.inbox.find(chat.id)
    assert failed and failed.state is State.FAILED and failed.ended_at
    assert support.leave() == case.reference
    support.run()
    assert [(one.id, one.note, one.contact) for one in support.tickets.added] == [
        (case.id, "It came broken.", "jo@example.com")
    ]


def test_an_address_between_two_attempts_is_delivered(support: Support) -> None:
    """Contact data comes as a separate addition, so a help desk may ignore a repeated case."""
    support.chats.problem = NotDelivered("HTTP 401", True)
    support.tickets.problem = NotDelivered("the answer was lost")
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    reference = support.leave()
    support.tickets.problem = None
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=10)):
        support.run()
        support.run()
    assert [(case.reference, case.contact) for case in support.tickets.opened] == [
        (reference, None)
    ]
    assert [(case.note, case.contact) for case in support.tickets.added] == [
        ("It came broken.", "jo@example.com")
    ]


def test_an_addition_that_a_ticket_refuses_goes_to_the_next_desk(support: Support) -> None:
    """The next desk gets the whole case with the contact, under the same reference."""
    support.chats.problem = NotDelivered("HTTP 401", True)
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    support.tickets.problem = NotDelivered("HTTP 404", True)
    reference = support.leave()
    support.run()
    assert [(case.reference, case.contact) for case in support.mail.opened] == [
        (reference, "jo@example.com")
    ]


def test_an_addition_that_a_ticket_refuses_comes_to_our_own_desk(
    support: Support, records: Records, agents: Agents, accounts: Accounts
) -> None:
    """Agents see a completed message again when its addition could not be delivered."""
    accounts.add("Sam", {Role.AGENT})
    ways = {"chats": support.chats, "tickets": support.tickets}
    router = Router(["chats", "tickets", "desk"], ways, agents)
    dispatcher = Dispatcher(records, router, support.store, support.handoffs.revealed)
    support.chats.problem = NotDelivered("HTTP 401", True)
    support.queue.wait(CONVERSATION, WHY, "chats")
    for desk in ("chats", "tickets"):
        dispatcher.run(desk)
    support.tickets.problem = NotDelivered("HTTP 404", True)
    reference = support.leave()
    dispatcher.run("tickets")
    assert [(one.reference, one.contact) for one in support.inbox.listed()] == [
        (reference, "jo@example.com")
    ]


def test_after_a_minute_of_failures_the_next_desk_is_tried(support: Support) -> None:
    """A help desk that fails for a minute loses the handoff if there is another desk."""
    support.chats.problem = NotDelivered("HTTP 503")
    support.queue.wait(CONVERSATION, WHY, "chats")
    for minute in range(7):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minute)):
            support.run()
    assert len(support.tickets.opened) == 1


def test_a_wait_that_is_too_long_becomes_a_ticket(support: Support) -> None:
    """After too long a wait the request becomes a ticket, and the chat is closed."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=4)):
        support.queue.wait(CONVERSATION, WHY, "chats")
        support.run()
    assert support.handoffs.upkeep.give_up(timedelta(minutes=3)) == [CONVERSATION]
    support.run()
    assert "nobody was free" in support.last_notice()
    assert (len(support.tickets.opened), support.chats.closed) == (1, ["ticket-1"])


def test_a_refused_message_goes_to_the_next_desk(support: Support) -> None:
    """A message that the first help desk refuses goes to the next, under the same reference."""
    support.tickets.problem = NotDelivered("HTTP 422", True)
    reference = support.leave()
    support.run()
    assert [case.reference for case in support.mail.opened] == [reference]
    found = support.inbox.find(reference)
    assert found and (found.state, found.desk, found.kind) == (
        State.COMPLETED,
        "mail",
        HandoffKind.MESSAGE,
    )


def test_an_undelivered_message_is_admitted(support: Support) -> None:
    """The shopper gets the reference and the phone number; the message can be sent again."""
    for desk in (support.tickets, support.mail, support.chats):
        desk.problem = NotDelivered("HTTP 401", True)
    reference = support.leave()
    for _ in range(3):
        support.run()
    assert reference in support.last_notice() and "1-877-723-5522" in support.last_notice()
    found = support.inbox.find(reference)
    assert found and (found.state, found.error) == (State.FAILED, "HTTP 401")
    support.tickets.problem = None
    assert support.outbox.retry("tickets") == 1
    support.run()
    assert [case.reference for case in support.tickets.opened] == [reference]


def test_a_delivery_cut_off_by_a_crash_is_repeated(support: Support) -> None:
    """A handoff that was taken and not delivered is taken again after its lease, not before."""
    support.leave()
    assert support.outbox.take("tickets")
    assert support.outbox.take("tickets") is None
    with time_machine.travel(datetime.now(UTC) + LEASE + timedelta(seconds=1)):
        support.run()
    assert len(support.tickets.opened) == 1


def test_handoffs_at_an_unconfigured_desk_go_to_the_next(support: Support) -> None:
    """Handoffs at a help desk that is not in the settings any more go to the next desk."""
    draft = support.queue.draft(CONVERSATION, WHY)
    support.queue.send(draft, "jo@example.com", "gone")
    support.dispatcher.pass_on_unconfigured()
    support.run()
    assert len(support.tickets.opened) == 1


def test_a_chat_goes_on_at_the_next_live_desk(
    support: Support, records: Records, agents: Agents
) -> None:
    """The first help desk is told of the end, so that no second agent takes the shopper."""
    first, second = LiveDesk(), LiveDesk()
    router = Router(["first", "second"], {"first": first, "second": second}, agents)
    dispatcher = Dispatcher(records, router, support.store, support.handoffs.revealed)
    support.queue.wait(CONVERSATION, WHY, "first")
    dispatcher.run("first")
    support.say("hello?")
    first.problem = NotDelivered("HTTP 429", False, timedelta(minutes=9))
    dispatcher.run("first")
    dispatcher.run("second")
    first.problem = None
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        dispatcher.run("first")
    assert (len(second.opened), first.closed) == (1, ["ticket-1"])
    assert second.opened[0].said[-1].text == "hello?"
    assert support.store.state(CONVERSATION) == "waiting_for_agent"


def test_an_idle_chat_is_ended(support: Support) -> None:
    """After hours of silence the bot answers again, and the chat at the help desk is closed."""
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    support.handoffs.on_event("chats", InboundEvent("ticket-1", "m1", "Alex", "Hi!"))
    assert support.handoffs.upkeep.end_idle() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=3)):
        assert support.handoffs.upkeep.end_idle() == [CONVERSATION]
        assert support.handoffs.upkeep.end_idle() == []
        support.run()
    assert "Nobody has written" in support.last_notice()
    assert (support.store.state(CONVERSATION), support.chats.closed) == ("bot", ["ticket-1"])


def test_lost_events_are_polled(support: Support) -> None:
    """Lost messages of agents and the lost end of a chat are read, each once."""
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    events = [InboundEvent("ticket-1", f"m{each}", "Alex", f"answer {each}") for each in range(3)]
    support.handoffs.on_event("chats", events[0])
    support.chats.agent_events = events
    assert support.poller.poll("chats") == [CONVERSATION]
    assert support.poller.poll("chats") == []
    assert [one.text for one in support.store.since(CONVERSATION, 0) if one.sender == "agent"] == [
        "answer 0",
        "answer 1",
        "answer 2",
    ]
    support.chats.agent_events = [*events, InboundEvent("ticket-1", name="Alex", ended=True)]
    assert support.poller.poll("chats") == [CONVERSATION]
    assert support.last_notice() == replies.left("Alex").text
    assert support.poller.poll("chats") == []


def test_a_failed_poll_is_repeated(support: Support) -> None:
    """Messages of agents that could not be read are read by the next poll."""
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    support.chats.agent_events = [InboundEvent("ticket-1", "m1", "Alex", "Hi!")]
    support.chats.problem = NotDelivered("HTTP 503")
    assert support.poller.poll("chats") == []
    support.chats.problem = None
    assert support.poller.poll("chats") == [CONVERSATION]


def test_a_deleted_chat_is_closed_at_the_desk(support: Support, engine: Engine) -> None:
    """The chat of a deleted conversation is closed once, also after a failed attempt."""
    support.queue.wait(CONVERSATION, WHY, "chats")
    support.run()
    with engine.begin() as db:
        schedule_closings(db, CONVERSATION)
        schedule_closings(db, CONVERSATION)
    support.store.forget(CONVERSATION)
    support.chats.problem = NotDelivered("HTTP 503")
    support.run()
    support.chats.problem = None
    for minutes in range(3):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            support.run()
    assert support.chats.closed == ["ticket-1"]


def test_a_chat_deleted_during_delivery_is_closed(support: Support) -> None:
    """A chat that the help desk began for a conversation deleted meanwhile is closed."""
    handoff = support.queue.wait(CONVERSATION, WHY, "chats")
    support.store.forget(CONVERSATION)
    support.outbox.keep(handoff, "ticket-9")
    support.run()
    assert support.chats.closed == ["ticket-9"]


def test_a_deleted_conversation_is_not_delivered(support: Support) -> None:
    """A deleted conversation is not passed on, and an agent's message to it is refused."""
    handoff = support.queue.wait(CONVERSATION, WHY, "chats")
    support.store.forget(CONVERSATION)
    support.run()
    assert support.chats.opened == []
    with pytest.raises(NotTaken):
        support.inbox.post(handoff, "Hi!", "mark", "Alex")
