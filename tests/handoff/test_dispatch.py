"""Tests of telling desks of others, by fake desks over both kinds of database: what is retried, what takes the next way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.engine import Engine

from bot.handoff import words
from bot.handoff.agents import Agents
from bot.handoff.case import Case, Heard
from bot.handoff.chain import Chain
from bot.handoff.closings import leave
from bot.handoff.dispatch import Dispatcher
from bot.handoff.listening import Listener
from bot.handoff.model import Kind, NotTaken, Reason, State
from bot.handoff.queue import Queue
from bot.handoff.reception import Reception
from bot.handoff.records import LEASE, Records
from bot.handoff.transit import Transit
from bot.handoff.work import Work
from bot.keys import Keyring
from bot.outgoing import NotDelivered
from bot.privacy.vault import Vault
from bot.web.store import Arriving, ConversationStore
from tests.handoff.conftest import KEYS, C

WHY = (Reason.ASKED, ("cookies",))


@dataclass
class Tickets:
    """A desk that takes messages, unless it fails."""

    problem: NotDelivered | None = None
    opened: list[Case] = field(default_factory=list)
    added: list[Case] = field(default_factory=list)

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Take a case."""
        self.fail()
        self.opened.append(case)
        return f"ticket-{len(self.opened)}"

    def add(self, case: Case, remote: str) -> None:
        """Take what is added."""
        self.fail()
        self.added.append(case)

    def fail(self) -> None:
        """Fail, if that is the plan."""
        if self.problem:
            raise self.problem


@dataclass
class Chats(Tickets):
    """A desk that answers in the chat."""

    said: list[tuple[str, str, str]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    told: list[Heard] = field(default_factory=list)

    def say(self, remote: str, identifier: str, text: str) -> None:
        """Take what a shopper says."""
        self.fail()
        self.said.append((remote, identifier, text))

    def close(self, remote: str) -> None:
        """Close a case."""
        self.fail()
        self.closed.append(remote)

    def heard(self, remote: str) -> list[Heard]:
        """Tell what people there have said in a case."""
        self.fail()
        return [heard for heard in self.told if heard.remote == remote]


@dataclass
class Support:
    """All of it, with a chain of a live desk, tickets and mail."""

    chats: Chats
    tickets: Tickets
    mail: Tickets
    queue: Queue
    work: Work
    transit: Transit
    store: ConversationStore
    reception: Reception
    dispatcher: Dispatcher
    listener: Listener

    def run(self) -> None:
        """Tell every desk all there is now."""
        for desk in ("chats", "tickets", "mail"):
            self.dispatcher.run(desk)

    def say(self, text: str) -> None:
        """Let the shopper say something."""
        self.store.receive(C, Arriving(text))

    def told(self) -> str:
        """Return the last note to the shopper."""
        return [message.text for message in self.store.since(C, 0) if message.sender == "system"][-1]

    def leave(self, contact: str = "jo@example.com") -> str:
        """Leave a message, and return its reference."""
        draft = self.queue.draft(C, WHY)
        desk = self.reception._chain.for_message()
        assert desk
        return self.queue.send(self.queue.write(draft, "It came broken.", None), contact, desk).reference


@pytest.fixture
def support(records: Records, queue: Queue, work: Work, agents: Agents, store: ConversationStore, engine: Engine) -> Support:
    """Nobody asks yet."""
    chats, tickets, mail = Chats(), Tickets(), Tickets()
    chain = Chain(["chats", "tickets", "mail"], {"chats": chats, "tickets": tickets, "mail": mail}, agents)
    vault = Vault(engine, Keyring(KEYS, "vault"), timedelta(minutes=30))
    reception = Reception(records, agents, chain, store, vault)
    dispatcher = Dispatcher(records, chain, store, reception.revealed)
    listener = Listener(chain, work, reception)
    return Support(chats, tickets, mail, queue, work, Transit(records), store, reception, dispatcher, listener)


def test_a_chat_goes_both_ways(support: Support) -> None:
    """The desk has the case, then each message once and in order; who answers has joined, and what they say comes once."""
    support.say("a person please")
    handoff = support.queue.wait(C, WHY, "chats")
    for text in ("hello?", "are you there?"):
        support.say(text)
    support.run()
    support.run()
    assert [case.said[-1].text for case in support.chats.opened] == ["a person please"]
    assert [text for _, _, text in support.chats.said] == ["hello?", "are you there?"]
    assert len({identifier for _, identifier, _ in support.chats.said}) == 2
    for _ in range(2):
        support.reception.heard("chats", Heard("ticket-1", "m1", "Alex", "Hi! Call me at 612-555-0199"))
    said = [(message.sender, message.text) for message in support.store.since(C, 0)][3:]
    assert said == [("system", words.joined("Alex").text), ("agent", "Hi! Call me at [phone-1]")]
    found = support.work.find(handoff.id)
    assert found and (found.state, found.agent_name) == (State.ACCEPTED, "Alex") and found.replied_at
    assert support.store.state(C) == "with_agent"


def test_either_side_ends_it(support: Support) -> None:
    """The desk that ends it is not told so again; what a person still says afterwards is not lost."""
    support.queue.wait(C, WHY, "chats")
    support.run()
    support.reception.heard("chats", Heard("ticket-1", "m1", "Alex", "Hi!"))
    support.queue.end(C)
    support.run()
    assert support.chats.closed == ["ticket-1"]
    support.reception.heard("chats", Heard("ticket-1", "m2", "Alex", "Bye!"))
    assert support.store.since(C, 0)[-1].text == "Bye!"
    support.queue.wait(C, WHY, "chats")
    support.run()
    support.reception.heard("chats", Heard("ticket-2", "m3", "Alex", "Hi again!"))
    support.reception.heard("chats", Heard("ticket-2", ended=True))
    assert support.told() == words.left("Alex").text
    assert support.store.state(C) == "bot"


def test_nobody_else_is_heard(support: Support) -> None:
    """A conversation of the desk that is none of ours changes nothing."""
    assert support.reception.heard("chats", Heard("77", "m1", "Alex", "Hi!")) is None


def test_a_passing_failure_is_tried_again(support: Support) -> None:
    """After a while; the shopper waits on."""
    support.chats.problem = NotDelivered("HTTP 503")
    support.queue.wait(C, WHY, "chats")
    support.run()
    support.chats.problem = None
    support.run()
    assert support.chats.opened == []
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=5)):
        support.run()
    assert len(support.chats.opened) == 1
    assert support.store.state(C) == "waiting_for_agent"


@pytest.mark.parametrize("problem", [NotDelivered("HTTP 401", True), NotDelivered("HTTP 429", False, timedelta(minutes=9))])
def test_a_desk_that_is_down_gives_way_to_a_ticket(support: Support, problem: NotDelivered) -> None:
    """The shopper is told the truth, with the reference of the ticket; how to reach them is added to it when they say so."""
    support.say("a person please")
    support.chats.problem = problem
    chat = support.queue.wait(C, WHY, "chats")
    support.run()
    (case,) = support.tickets.opened
    assert case.said[-1].text == "a person please" and case.contact is None
    assert f"Its reference is {case.reference}" in support.told() and "cannot reach" in support.told()
    assert support.store.state(C) == "bot"
    found = support.work.find(chat.id)
    assert found and found.state is State.FAILED and found.ended_at
    assert support.leave() == case.reference
    support.run()
    assert [(one.id, one.note, one.contact) for one in support.tickets.added] == [
        (case.id, "It came broken.", "jo@example.com")
    ]


def test_an_address_that_comes_between_two_attempts_is_told(support: Support) -> None:
    """A desk that took the first, and whose answer was lost, drops the second: so the address comes by itself."""
    support.chats.problem = NotDelivered("HTTP 401", True)
    support.tickets.problem = NotDelivered("the answer was lost")
    support.queue.wait(C, WHY, "chats")
    support.run()
    reference = support.leave()
    support.tickets.problem = None
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=10)):
        support.run()
        support.run()
    assert [(case.reference, case.contact) for case in support.tickets.opened] == [(reference, None)]
    assert [(case.note, case.contact) for case in support.tickets.added] == [("It came broken.", "jo@example.com")]


def test_what_cannot_be_added_to_a_ticket_is_told_elsewhere(support: Support) -> None:
    """All of it, with how to reach them, under the same reference."""
    support.chats.problem = NotDelivered("HTTP 401", True)
    support.queue.wait(C, WHY, "chats")
    support.run()
    support.tickets.problem = NotDelivered("HTTP 404", True)
    reference = support.leave()
    support.run()
    assert [(case.reference, case.contact) for case in support.mail.opened] == [(reference, "jo@example.com")]


def test_a_desk_that_fails_for_a_minute_gives_way(support: Support) -> None:
    """It is not waited for as long as there is another way."""
    support.chats.problem = NotDelivered("HTTP 503")
    support.queue.wait(C, WHY, "chats")
    for minute in range(7):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minute)):
            support.run()
    assert len(support.tickets.opened) == 1


def test_a_wait_that_is_too_long_becomes_a_ticket(support: Support) -> None:
    """And the desk that did not answer is told that nobody waits there any more."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=4)):
        support.queue.wait(C, WHY, "chats")
        support.run()
    assert support.reception.give_up(timedelta(minutes=3)) == [C]
    support.run()
    assert "nobody was free" in support.told()
    assert (len(support.tickets.opened), support.chats.closed) == (1, ["ticket-1"])


def test_a_message_takes_the_next_way(support: Support) -> None:
    """From tickets to mail, under the same reference."""
    support.tickets.problem = NotDelivered("HTTP 422", True)
    reference = support.leave()
    support.run()
    assert [case.reference for case in support.mail.opened] == [reference]
    found = support.work.find(reference)
    assert found and (found.state, found.desk, found.kind) == (State.COMPLETED, "mail", Kind.MESSAGE)


def test_a_message_that_nobody_takes_is_not_hidden(support: Support) -> None:
    """The shopper is told, with its reference and the phone number; it is kept, and can be sent again."""
    for desk in (support.tickets, support.mail, support.chats):
        desk.problem = NotDelivered("HTTP 401", True)
    reference = support.leave()
    for _ in range(3):
        support.run()
    assert reference in support.told() and "1-877-723-5522" in support.told()
    found = support.work.find(reference)
    assert found and (found.state, found.error) == (State.FAILED, "HTTP 401")
    support.tickets.problem = None
    assert support.transit.retry("tickets") == 1
    support.run()
    assert [case.reference for case in support.tickets.opened] == [reference]


def test_a_killed_process_leaves_it_to_the_next(support: Support) -> None:
    """What was taken and not finished is taken by another one after the lease, and by nobody before."""
    support.leave()
    assert support.transit.take("tickets")
    assert support.transit.take("tickets") is None
    with time_machine.travel(datetime.now(UTC) + LEASE + timedelta(seconds=1)):
        support.run()
    assert len(support.tickets.opened) == 1


def test_a_desk_that_is_no_way_any_more_gives_way(support: Support) -> None:
    """What waits there when the settings change is told elsewhere."""
    draft = support.queue.draft(C, WHY)
    support.queue.send(draft, "jo@example.com", "gone")
    support.dispatcher.leave_strangers()
    support.run()
    assert len(support.tickets.opened) == 1


def test_a_chat_goes_on_at_the_next_live_desk(support: Support, records: Records, agents: Agents) -> None:
    """The first one is told that it is over, so that nobody there takes a shopper whom somebody else has."""
    first, second = Chats(), Chats()
    chain = Chain(["first", "second"], {"first": first, "second": second}, agents)
    dispatcher = Dispatcher(records, chain, support.store, support.reception.revealed)
    support.queue.wait(C, WHY, "first")
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
    assert support.store.state(C) == "waiting_for_agent"


def test_a_chat_that_both_have_left_ends(support: Support) -> None:
    """After some hours of silence the bot answers again, the desk is told, and the conversation can expire."""
    support.queue.wait(C, WHY, "chats")
    support.run()
    support.reception.heard("chats", Heard("ticket-1", "m1", "Alex", "Hi!"))
    assert support.reception.end_idle() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=3)):
        assert support.reception.end_idle() == [C]
        assert support.reception.end_idle() == []
        support.run()
    assert "Nobody has written" in support.told()
    assert (support.store.state(C), support.chats.closed) == ("bot", ["ticket-1"])


def test_what_no_event_told_is_read(support: Support) -> None:
    """What people said while nobody listened, and that they have ended it; each once, whichever way it came."""
    support.queue.wait(C, WHY, "chats")
    support.run()
    said = [Heard("ticket-1", f"m{each}", "Alex", f"answer {each}") for each in range(3)]
    support.reception.heard("chats", said[0])
    support.chats.told = said
    assert support.listener.listen("chats") == [C]
    assert support.listener.listen("chats") == []
    assert [one.text for one in support.store.since(C, 0) if one.sender == "agent"] == ["answer 0", "answer 1", "answer 2"]
    support.chats.told = [*said, Heard("ticket-1", name="Alex", ended=True)]
    assert support.listener.listen("chats") == [C]
    assert support.told() == words.left("Alex").text
    assert support.listener.listen("chats") == []


def test_a_desk_that_cannot_be_read_is_read_later(support: Support) -> None:
    """Nothing is lost by that."""
    support.queue.wait(C, WHY, "chats")
    support.run()
    support.chats.told = [Heard("ticket-1", "m1", "Alex", "Hi!")]
    support.chats.problem = NotDelivered("HTTP 503")
    assert support.listener.listen("chats") == []
    support.chats.problem = None
    assert support.listener.listen("chats") == [C]


def test_a_deleted_chat_is_closed_at_the_desk(support: Support, engine: Engine) -> None:
    """Once, though the desk fails at first; one that the desk refuses for good is not told again."""
    support.queue.wait(C, WHY, "chats")
    support.run()
    with engine.begin() as db:
        leave(db, C)
        leave(db, C)
    support.store.forget(C)
    support.chats.problem = NotDelivered("HTTP 503")
    support.run()
    support.chats.problem = None
    for minutes in range(3):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            support.run()
    assert support.chats.closed == ["ticket-1"]


def test_a_chat_deleted_while_it_is_told_is_closed(support: Support) -> None:
    """The desk made it before the conversation was gone."""
    handoff = support.queue.wait(C, WHY, "chats")
    support.store.forget(C)
    support.transit.keep(handoff, "ticket-9")
    support.run()
    assert support.chats.closed == ["ticket-9"]


def test_a_conversation_that_is_gone_is_told_to_nobody(support: Support) -> None:
    """What was forgotten before it was told is not told; a person who answers is told that nobody reads it."""
    handoff = support.queue.wait(C, WHY, "chats")
    support.store.forget(C)
    support.run()
    assert support.chats.opened == []
    with pytest.raises(NotTaken):
        support.work.say(handoff, "Hi!", "mark", "Alex")
