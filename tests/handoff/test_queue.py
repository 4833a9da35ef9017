"""Tests of the queue, the inbox and the agents, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import Engine

from bot.accounts.accounts import Accounts
from bot.accounts.model import Role
from bot.application.erasure import Erasure
from bot.assistant.tracker_store import TrackerEraser
from bot.conversations.model import Reply
from bot.conversations.store import (
    ConversationStore,
    NewMessage,
    add_messages_in,
    lock_conversation,
)
from bot.database import connect
from bot.handoff.agents import Agents
from bot.handoff.inbox import AgentInbox
from bot.handoff.model import (
    EMBEDDED,
    Agent,
    HandoffKind,
    NotStored,
    NotTaken,
    Reason,
    State,
)
from bot.handoff.queue import Queue
from bot.handoff.records import Records
from bot.keys import Keyring
from bot.privacy.vault import Vault
from tests.handoff.conftest import CONVERSATION, KEYS

SAM, ANN = Agent("1" * 32, "Sam"), Agent("2" * 32, "Ann")


def test_a_shopper_is_in_the_queue_once(queue: Queue, store: ConversationStore) -> None:
    """A second request for an agent changes nothing, and the conversation waits."""
    first = queue.wait(CONVERSATION, (Reason.ASKED, ("cookies",)))
    assert queue.wait(CONVERSATION, (Reason.ASKED, ())).id == first.id
    assert store.state(CONVERSATION) == "waiting_for_agent"
    assert (first.state, first.topics, queue.place(first)) == (State.REQUESTED, ("cookies",), 1)


def test_the_queue_has_an_order(queue: Queue, inbox: AgentInbox, store: ConversationStore) -> None:
    """A later shopper waits behind an earlier one, and moves up."""
    store.start("d" * 32)
    first = queue.wait(CONVERSATION, (Reason.ASKED, ()))
    second = queue.wait("d" * 32, (Reason.ASKED, ()))
    assert queue.place(second) == 2
    inbox.claim(first.id, SAM)
    assert queue.place(second) == 1


def test_one_of_many_agents_gets_a_handoff(
    queue: Queue, inbox: AgentInbox, store: ConversationStore
) -> None:
    """If many agents claim a handoff at once, one gets it and the others are refused."""
    handoff = queue.wait(CONVERSATION, (Reason.ASKED, ()))

    def claim(number: int) -> bool:
        """Return whether the agent of this number gets the handoff."""
        try:
            inbox.claim(handoff.id, Agent(f"{number:032}", f"Agent {number}"))
        except NotTaken:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(claim, range(20))) == 1
    assert store.state(CONVERSATION) == "with_agent"


def test_the_bot_answers_again_after_a_chat(
    queue: Queue, inbox: AgentInbox, store: ConversationStore
) -> None:
    """An ended handoff is stored with its times, and cannot be ended twice."""
    handoff = queue.wait(CONVERSATION, (Reason.ASKED, ()))
    inbox.claim(handoff.id, SAM)
    inbox.post(handoff, "Hello!", None, "Sam", SAM)
    ended = inbox.resolve(handoff.id, SAM)
    assert store.state(CONVERSATION) == "bot"
    assert ended.state is State.COMPLETED
    assert (
        ended.requested_at
        <= (ended.accepted_at or ended.requested_at)
        <= (ended.ended_at or ended.requested_at)
    )
    assert ended.replied_at is not None
    with pytest.raises(NotTaken):
        inbox.resolve(handoff.id)
    assert inbox.listed() == []


def test_a_follow_up_stays_listed_until_it_is_done(queue: Queue, inbox: AgentInbox) -> None:
    """A handoff that is marked for later stays in the list until it is ended again."""
    handoff = queue.wait(CONVERSATION, (Reason.ASKED, ()))
    inbox.claim(handoff.id, SAM)
    inbox.resolve(handoff.id, follow_up=True)
    assert [(one.id, one.follow_up) for one in inbox.listed()] == [(handoff.id, True)]
    inbox.resolve(handoff.id)
    assert inbox.listed() == []


def test_a_wait_that_is_too_long_is_found(queue: Queue, inbox: AgentInbox) -> None:
    """A handoff that has waited too long is overdue, until an agent takes it."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=4)):
        handoff = queue.wait(CONVERSATION, (Reason.ASKED, ()))
    assert [late.id for late in queue.overdue(timedelta(minutes=3))] == [handoff.id]
    inbox.claim(handoff.id, SAM)
    assert queue.overdue(timedelta(minutes=3)) == []
    assert queue.end(CONVERSATION, only=State.REQUESTED) is None


def test_contact_data_is_stored_encrypted(queue: Queue, inbox: AgentInbox, engine: Engine) -> None:
    """Contact data is not readable in the database, and is found by its digest."""
    draft = queue.draft(CONVERSATION, (Reason.ASKED, ()))
    queue.send(queue.write(draft, "call me", None), "jo@example.com")
    with engine.begin() as db:
        assert "jo@example.com" not in str(db.execute(sa.text("SELECT * FROM handoffs")).all())
    assert [handoff.contact for handoff in inbox.listed()] == ["jo@example.com"]
    assert queue.conversations_of("Jo@example.com") == [CONVERSATION]
    assert queue.conversations_of("al@example.com") == []


def test_contact_data_is_added_to_an_open_message(
    records: Records, queue: Queue, inbox: AgentInbox
) -> None:
    """Contact data is added to an open message; after its end it becomes a new message."""
    with records.writing() as db:
        first = records.add(
            db, CONVERSATION, HandoffKind.MESSAGE, State.REQUESTED, (Reason.ASKED, ()), EMBEDDED
        )
    assert (
        queue.send(queue.draft(CONVERSATION, (Reason.ASKED, ())), "jo@example.com").id == first.id
    )
    with records.writing() as db:
        second = records.add(
            db, CONVERSATION, HandoffKind.MESSAGE, State.REQUESTED, (Reason.ASKED, ()), EMBEDDED
        )
    for done in (first, second):
        inbox.claim(done.id, SAM)
        inbox.resolve(done.id, SAM)
    sent = queue.send(queue.draft(CONVERSATION, (Reason.ASKED, ())), "al@example.com")
    assert [one.id for one in inbox.listed()] == [sent.id]


def test_agents_do_not_see_drafts(queue: Queue, inbox: AgentInbox) -> None:
    """A draft is in no list; a second one replaces it, and a dropped one is deleted."""
    queue.draft(CONVERSATION, (Reason.ASKED, ()))
    draft = queue.draft(CONVERSATION, (Reason.ASKED, ()))
    assert inbox.listed() == inbox.latest(9) == []
    queue.drop(draft)
    assert queue.draft_of(CONVERSATION) is None
    with pytest.raises(NotStored):
        queue.write(draft, "x", None)


def test_a_deleted_conversation_has_no_handoff(
    queue: Queue, inbox: AgentInbox, store: ConversationStore
) -> None:
    """The handoffs of a conversation are deleted with it."""
    handoff = queue.wait(CONVERSATION, (Reason.ASKED, ()))
    store.forget(CONVERSATION)
    assert inbox.find(handoff.id) is None


def test_all_may_write_at_once(store: ConversationStore, engine: Engine) -> None:
    """If shopper, bot and agent write at once, no message is lost, doubled or refused."""
    stores = [
        store,
        ConversationStore(connect(str(engine.url.render_as_string(hide_password=False)))),
    ]

    def write(number: int) -> None:
        """Write as the shopper, the bot or an agent, by the number."""
        this = stores[number % 2]
        if number % 3 == 0:
            this.receive(CONVERSATION, NewMessage(f"visitor {number}"))
        elif number % 3 == 1:
            this.add_replies(CONVERSATION, None, [Reply(f"bot {number}"), Reply(f"more {number}")])
        else:
            for text in (f"agent {number}", "again"):
                with this._engine.begin() as db:
                    lock_conversation(db, CONVERSATION)
                    add_messages_in(db, CONVERSATION, "agent", [Reply(text)], f"name {number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))
    said = store.since(CONVERSATION, 0)
    assert [message.id for message in said] == list(range(1, 81))
    assert len({message.text for message in said}) == 80


def test_a_conversation_with_an_open_handoff_does_not_expire(
    queue: Queue, inbox: AgentInbox, store: ConversationStore, engine: Engine
) -> None:
    """A conversation with an open message to support is not deleted by age."""
    vault = Vault(engine, Keyring(KEYS, "vault"), timedelta(minutes=30))
    trackers = TrackerEraser(lambda: InMemoryTrackerStore(Domain.empty()))
    erasure = Erasure(engine, store, vault, trackers)
    handoff = queue.send(queue.draft(CONVERSATION, (Reason.ASKED, ())), "jo@example.com")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=40)):
        assert erasure.expire(timedelta(days=30)) == 0
        inbox.resolve(handoff.id)
        assert erasure.expire(timedelta(days=30)) == 1
    assert inbox.find(handoff.id) is None


def test_a_restart_loses_no_waiting_shopper(queue: Queue, database: str) -> None:
    """Another process finds the handoff of a waiting shopper."""
    handoff = queue.wait(CONVERSATION, (Reason.ASKED, ()))
    other = AgentInbox(
        Records(connect(database), connect(database, durable=True), Keyring(KEYS, "handoff"))
    )
    assert [one.id for one in other.listed()] == [handoff.id]
    assert other.find(handoff.reference) == handoff


def test_a_database_that_cannot_be_written_is_an_error(queue: Queue, durable: Engine) -> None:
    """A handoff that cannot be stored raises NotStored."""
    with durable.begin() as db:
        for table in ("handoff_notes", "handoff_mails", "handoffs"):
            db.execute(sa.text(f"DROP TABLE {table}"))
    with pytest.raises(NotStored):
        queue.draft(CONVERSATION, (Reason.ASKED, ()))


def test_an_agent_without_recent_requests_is_absent(agents: Agents, accounts: Accounts) -> None:
    """An agent counts as absent half a minute after the last request of the page, or if away."""
    account, _ = accounts.add("Sam", {Role.AGENT})
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=31)):
        agents.note_presence(account.id)
        assert agents.is_somebody_there()
    assert not agents.is_somebody_there()
    agents.set_available(account.id, False)
    assert not agents.is_somebody_there() and agents.is_somebody_there(available=False)
    agents.leave(account.id)
    assert not agents.is_somebody_there(available=False)
