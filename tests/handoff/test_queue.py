"""Tests of the queue, on both kinds of database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import Engine

from bot.database import connect
from bot.handoff.agents import Agents
from bot.handoff.model import EMBEDDED, Agent, HandoffError, Kind, NotStored, NotTaken, Reason, State
from bot.handoff.queue import Queue
from bot.handoff.records import Records
from bot.handoff.work import Work
from bot.keys import Keyring
from bot.memory import Memory
from bot.tracker import TrackerMemory
from bot.turns import Reply
from bot.web.store import Arriving, ConversationStore
from tests.handoff.conftest import KEYS, C

SAM, ANN = Agent("1" * 32, "Sam"), Agent("2" * 32, "Ann")


def test_who_asks_is_in_the_queue_once(queue: Queue, store: ConversationStore) -> None:
    """Asking again changes nothing; the conversation waits."""
    first = queue.wait(C, (Reason.ASKED, ("cookies",)))
    assert queue.wait(C, (Reason.ASKED, ())).id == first.id
    assert store.state(C) == "waiting_for_agent"
    assert (first.state, first.topics, queue.place(first)) == (State.REQUESTED, ("cookies",), 1)


def test_the_queue_has_an_order(queue: Queue, work: Work, store: ConversationStore) -> None:
    """Who came later waits longer, and moves up."""
    store.start("d" * 32)
    first = queue.wait(C, (Reason.ASKED, ()))
    second = queue.wait("d" * 32, (Reason.ASKED, ()))
    assert queue.place(second) == 2
    work.claim(first.id, SAM)
    assert queue.place(second) == 1


def test_of_many_agents_at_once_one_gets_it(queue: Queue, work: Work, store: ConversationStore) -> None:
    """The others are told that it is taken."""
    handoff = queue.wait(C, (Reason.ASKED, ()))

    def claim(number: int) -> bool:
        """Return whether one of many gets it."""
        try:
            work.claim(handoff.id, Agent(f"{number:032}", f"Agent {number}"))
        except NotTaken:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(claim, range(20))) == 1
    assert store.state(C) == "with_agent"


def test_an_ended_chat_is_the_bots_again(queue: Queue, work: Work, store: ConversationStore) -> None:
    """The handoff is kept with its times, and cannot be ended twice."""
    handoff = queue.wait(C, (Reason.ASKED, ()))
    work.claim(handoff.id, SAM)
    work.say(handoff, "Hello!", None, "Sam", SAM)
    ended = work.resolve(handoff.id, SAM)
    assert store.state(C) == "bot"
    assert ended.state is State.COMPLETED
    assert ended.requested_at <= (ended.accepted_at or ended.requested_at) <= (ended.ended_at or ended.requested_at)
    assert ended.replied_at is not None
    with pytest.raises(NotTaken):
        work.resolve(handoff.id)
    assert work.listed() == []


def test_a_follow_up_stays_listed_until_it_is_done(queue: Queue, work: Work) -> None:
    """What is marked for later is not forgotten."""
    handoff = queue.wait(C, (Reason.ASKED, ()))
    work.claim(handoff.id, SAM)
    work.resolve(handoff.id, follow_up=True)
    assert [(one.id, one.follow_up) for one in work.listed()] == [(handoff.id, True)]
    work.resolve(handoff.id)
    assert work.listed() == []


def test_a_wait_that_is_too_long_is_found(queue: Queue, work: Work) -> None:
    """And one that somebody has taken is not."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=4)):
        handoff = queue.wait(C, (Reason.ASKED, ()))
    assert [late.id for late in queue.overdue(timedelta(minutes=3))] == [handoff.id]
    work.claim(handoff.id, SAM)
    assert queue.overdue(timedelta(minutes=3)) == []
    assert queue.end(C, only=State.REQUESTED) is None


def test_how_to_reach_somebody_is_kept_encrypted(queue: Queue, work: Work, engine: Engine) -> None:
    """The database alone does not show it."""
    draft = queue.draft(C, (Reason.ASKED, ()))
    queue.send(queue.write(draft, "call me", None), "jo@example.com")
    with engine.begin() as db:
        assert "jo@example.com" not in str(db.execute(sa.text("SELECT * FROM handoffs")).all())
    assert [handoff.contact for handoff in work.listed()] == ["jo@example.com"]
    assert queue.conversations_of("Jo@example.com") == [C]
    assert queue.conversations_of("al@example.com") == []


def test_how_to_reach_somebody_is_added_to_what_people_have(records: Records, queue: Queue, work: Work) -> None:
    """Until an agent is done with it: after that it is a message of its own, which somebody will look at."""
    with records.writing() as db:
        told = records.add(db, C, Kind.MESSAGE, State.REQUESTED, (Reason.ASKED, ()), EMBEDDED)
    assert queue.send(queue.draft(C, (Reason.ASKED, ())), "jo@example.com").id == told.id
    with records.writing() as db:
        other = records.add(db, C, Kind.MESSAGE, State.REQUESTED, (Reason.ASKED, ()), EMBEDDED)
    for done in (told, other):
        work.claim(done.id, SAM)
        work.resolve(done.id, SAM)
    sent = queue.send(queue.draft(C, (Reason.ASKED, ())), "al@example.com")
    assert [one.id for one in work.listed()] == [sent.id]


def test_what_is_still_written_is_nobodys_business(queue: Queue, work: Work) -> None:
    """A draft is in no list; a second one takes its place, and a dropped one is gone."""
    queue.draft(C, (Reason.ASKED, ()))
    draft = queue.draft(C, (Reason.ASKED, ()))
    assert work.listed() == work.latest(9) == []
    queue.drop(draft)
    assert queue.draft_of(C) is None
    with pytest.raises(NotStored):
        queue.write(draft, "x", None)


def test_a_forgotten_conversation_has_no_handoff(queue: Queue, work: Work, store: ConversationStore) -> None:
    """With the conversation goes all that people were told of it."""
    handoff = queue.wait(C, (Reason.ASKED, ()))
    store.forget(C)
    assert work.find(handoff.id) is None


def test_all_may_write_at_once(store: ConversationStore, engine: Engine) -> None:
    """Shopper, bot and agent, as if from three processes: no message is lost, doubled or refused."""
    stores = [store, ConversationStore(connect(str(engine.url.render_as_string(hide_password=False))))]

    def write(number: int) -> None:
        """Write as one of the three."""
        this = stores[number % 2]
        if number % 3 == 0:
            this.receive(C, Arriving(f"visitor {number}"))
        elif number % 3 == 1:
            this.add_replies(C, None, [Reply(f"bot {number}"), Reply(f"more {number}")])
        else:
            assert this.say(C, "agent", [Reply(f"agent {number}")], f"name {number}")
            assert this.say(C, "agent", [Reply("again")], f"name {number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))
    said = store.since(C, 0)
    assert [message.id for message in said] == list(range(1, 81))
    assert len({message.text for message in said}) == 80


def test_a_conversation_that_people_still_have_does_not_expire(
    queue: Queue, work: Work, store: ConversationStore, engine: Engine
) -> None:
    """A message that nobody has answered yet is not deleted by age."""
    memory = Memory(
        engine, Keyring(KEYS, "vault"), timedelta(minutes=30), TrackerMemory(lambda: InMemoryTrackerStore(Domain.empty()))
    )
    handoff = queue.send(queue.draft(C, (Reason.ASKED, ())), "jo@example.com")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=40)):
        assert memory.expire_conversations(timedelta(days=30)) == 0
        work.resolve(handoff.id)
        assert memory.expire_conversations(timedelta(days=30)) == 1
    assert work.find(handoff.id) is None


def test_a_restart_loses_nobody(queue: Queue, database: str) -> None:
    """Another process finds who waits."""
    handoff = queue.wait(C, (Reason.ASKED, ()))
    other = Work(Records(connect(database), connect(database, durable=True), Keyring(KEYS, "handoff")))
    assert [one.id for one in other.listed()] == [handoff.id]
    assert other.find(handoff.reference) == handoff


def test_a_database_that_cannot_be_written_asks_nobody(queue: Queue, durable: Engine) -> None:
    """It is an error that says so."""
    with durable.begin() as db:
        db.execute(sa.text("DROP TABLE handoffs"))
    with pytest.raises(NotStored):
        queue.draft(C, (Reason.ASKED, ()))


def test_an_agent_has_a_token_of_their_own(agents: Agents, engine: Engine) -> None:
    """Who shows it is recognised, and there; it is not kept, and ends with the agent."""
    token = agents.add("Sam")
    assert not agents.is_somebody_there()
    sam = agents.recognise(token)
    assert sam is not None and sam.name == "Sam"
    assert agents.is_somebody_there()
    assert agents.recognise("x") is None
    with engine.begin() as db:
        assert token not in str(db.execute(sa.text("SELECT * FROM agents")).all())
    with pytest.raises(HandoffError, match="already"):
        agents.add(" Sam ")
    with pytest.raises(HandoffError, match="name"):
        agents.add("  ")
    agents.remove("Sam")
    assert agents.recognise(token) is None
    with pytest.raises(HandoffError, match="no agent"):
        agents.remove("Sam")


def test_who_has_not_asked_for_a_while_is_not_there(agents: Agents) -> None:
    """A closed desk is noticed."""
    token = agents.add("Sam")
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=2)):
        agents.recognise(token)
    assert not agents.is_somebody_there()
