"""Tests of turns whose database breaks, at each of their steps, on SQLite and PostgreSQL.

A turn runs through the whole application, with the trained model. Its statements are counted, and
the connection is cut before each of them, before each commit and after each commit. Whatever the
shopper is told then must be what the database holds, and the same message again must tell it all.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from bot.accounts.model import Role
from bot.assistant import trained_model
from bot.assistant.action_endpoint import action_endpoint
from bot.assistant.tracker_store import ForgettingTrackerStore
from bot.dialogue.responses import PolicyResponses
from bot.optouts.model import Subject
from bot.policy.hours import WeeklyHours
from bot.references import find_reference
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.context import WebContext
from tests.conftest import BASE, new_postgres_database

_cut: ContextVar["Cut | None"] = ContextVar("cut", default=None)
_DENIALS = re.compile(
    r"(?:nothing|not|n't) (?:was |is |been |have )?(?:recorded|changed|stored|passed)|"
    r"could not|nothing to take back|nobody knows|nothing has",
    re.IGNORECASE,
)
AGENTS: list[str] = []  # of the agents, the present application's last


@dataclass
class Cut:
    """Cut of the connection at one step of a turn; step 0 is none. It counts the steps."""

    at: int
    steps: int = 0
    done: bool = field(default=False)

    def is_now(self) -> bool:
        """Count a step; return whether the connection is cut at it."""
        self.steps += 1
        self.done = self.done or self.steps == self.at
        return self.steps == self.at


@contextmanager
def cutting(at: int) -> Iterator[Cut]:
    """Cut the connection at a step of what runs inside."""
    cut = Cut(at)
    token = _cut.set(cut)
    try:
        yield cut
    finally:
        _cut.reset(token)


def break_off(connection: Any) -> None:
    """End a connection: PostgreSQL's server does it, SQLite reports a failing disk."""
    raw = getattr(connection, "dbapi_connection", connection)
    if not hasattr(raw, "get_backend_pid"):
        raise sa.exc.OperationalError("(a statement)", {}, OSError("disk I/O error"))
    other = psycopg2.connect(raw.dsn)
    other.autocommit = True
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (raw.get_backend_pid(),))
    other.close()


@pytest.fixture(scope="module", autouse=True)
def _cuts() -> Iterator[None]:
    """Make the steps of all turns of this module breakable."""
    commit = DefaultDialect.do_commit

    def before(connection: Any, *_: Any) -> None:
        """Cut before a statement."""
        cut = _cut.get()
        if cut and cut.is_now():
            break_off(connection.connection)

    def do_commit(self: DefaultDialect, connection: Any) -> None:
        """Cut before a commit, or after it, when its success is not reported any more."""
        cut = _cut.get()
        if cut and cut.is_now():
            break_off(connection)
        commit(self, connection)
        if cut and cut.is_now():
            break_off(connection)
            raise self.dbapi.OperationalError("the connection was lost")

    sa.event.listen(Engine, "before_cursor_execute", before)
    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
    yield
    DefaultDialect.do_commit = commit  # type: ignore[method-assign]
    sa.event.remove(Engine, "before_cursor_execute", before)


@pytest.fixture(scope="module", autouse=True)
def _open_support() -> Iterator[None]:
    """Keep support open, at any time of day."""
    is_open = WeeklyHours.is_open
    WeeklyHours.is_open = lambda self, at: True  # type: ignore[method-assign]
    yield
    WeeklyHours.is_open = is_open  # type: ignore[method-assign]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def web(
    request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> WebContext:
    """A loaded application without its background work: once on SQLite, once on PostgreSQL."""
    database = f"sqlite:///{tmp_path_factory.mktemp('broken') / 'bot.db'}"
    if request.param == "postgresql":
        database = new_postgres_database(request.getfixturevalue("postgres"))
    unlimited = dict.fromkeys(
        ("limit_messages", "limit_starts", "limit_requests", "limit_unknown"), ""
    )
    settings = Settings(DATABASE_URL=database, **unlimited)
    web = WebContext.of(settings)
    store = ForgettingTrackerStore(host=settings.database, deferred=True)
    web.agent = trained_model.load(action_endpoint(web.services), store)
    AGENTS.append(web.services.staff.accounts.add("Ada", {Role.AGENT})[0].id)
    return web


@pytest.fixture
async def client(web: WebContext) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application."""
    transport = httpx.ASGITransport(create_app(web.settings, web), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        yield client


class Chat:
    """A conversation with the application."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    async def open(cls, client: httpx.AsyncClient, *texts: str) -> "Chat":
        """Return a new conversation in which texts were said."""
        opened = await client.post(f"{BASE}/session")
        chat = cls(client, opened.json()["token"])
        for number, text in enumerate(texts):
            status, said = await chat.say(text, f"before-{number}")
            assert status == 200, said
        return chat

    async def say(self, text: str, client_id: str) -> tuple[int, str]:
        """Say a text; return the status and all that was said to it, also by an error."""
        body = {"text": text, "client_id": client_id}
        answer = await self._client.post(f"{BASE}/messages", json=body, headers=self._headers)
        said = answer.json()
        if answer.status_code != 200:
            return answer.status_code, said["error"]["message"]
        return 200, "\n".join(message["text"] for message in said["messages"])

    async def transcript(self) -> str:
        """Return the whole conversation."""
        headers = {**self._headers, "Accept": "text/plain"}
        return (await self._client.get(f"{BASE}/transcript", headers=headers)).text


def references(web: WebContext, address: str) -> list[str]:
    """Return the references of the opt-outs on record for an address, also those undone."""
    records = web.services.optouts.ledger.of(Subject("email", address))
    return [record.reference for record in records if record.action == "opt_out"]


def standing(web: WebContext, address: str) -> list[str]:
    """Return the references of the opt-outs that stand for an address."""
    ledger = web.services.optouts.ledger
    return [
        reference
        for reference in references(web, address)
        if ledger.receipt(reference).status in ("open", "in_progress", "fulfilled")
    ]


def handoffs(web: WebContext, kind: str) -> list[Any]:
    """Return the handoffs of a kind with support, the latest first."""
    latest = web.services.handoffs.inbox.latest(1000)
    return [handoff for handoff in latest if handoff.kind == kind]


async def at_each_step(run: Callable[[int, str], Any], fewest: int) -> None:
    """Run something with the connection cut at each step, until it has no more steps."""
    step = 1
    while True:
        if not await run(step, f"jo{step}@example.com"):
            break
        step += 1
    assert step > fewest, "the statements of the turn were not counted"


async def test_an_opt_out_is_told_as_it_is_recorded(
    web: WebContext, client: httpx.AsyncClient
) -> None:
    """Wherever a turn breaks off, nothing denies the opt-out, and the same again tells it."""

    async def run(step: int, address: str) -> bool:
        """Break the yes of an opt-out."""
        chat = await Chat.open(client, "stop the marketing emails", address)
        with cutting(step) as cut:
            status, said = await chat.say("yes", "yes")
        on_record = references(web, address)
        where = f"step {step}: {said}"
        if _DENIALS.search(said) and not re.search("could not be finished", said):
            assert on_record == [], where
        if (told := find_reference(said)) is not None:
            assert on_record == [told], where
        assert (status == 200) <= (bool(on_record) == bool(told)), where
        again, repeated = await chat.say("yes", "yes")
        assert again == 200, where
        if status == 200:
            assert repeated == said, where
        else:
            (reference,) = references(web, address)
            assert reference in repeated, where
            assert (await chat.transcript()).count("Your reference is") == 1, where
        assert web.services.optouts.unanswered.references(_id(web, chat)) == []
        return cut.done

    await at_each_step(run, fewest=30)


async def test_an_answer_that_cannot_be_put_into_words_is_told_later(
    web: WebContext, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the words of an answer fail after an opt-out, nothing denies it, and it is told later."""
    chat = await Chat.open(client, "stop the marketing emails", "words@example.com")
    generate = PolicyResponses.generate

    async def fail(self: Any, name: str, *rest: Any, **more: Any) -> Any:
        """Fail to say what was recorded."""
        if name == "utter_opt_out_recorded":
            raise RuntimeError("no words")
        return await generate(self, name, *rest, **more)

    monkeypatch.setattr(PolicyResponses, "generate", fail)
    status, said = await chat.say("yes", "yes")
    monkeypatch.undo()
    (reference,) = standing(web, "words@example.com")
    assert status == 500
    assert not _DENIALS.search(said)
    status, said = await chat.say("do you use cookies?", "other")
    assert status == 200
    assert reference in said  # the answer that was due comes first
    assert reference in (await chat.say("yes", "yes"))[1]


async def test_an_undoing_follows_what_is_recorded(
    web: WebContext, client: httpx.AsyncClient
) -> None:
    """After a yes that broke off, "undo" takes back what was recorded, and denies nothing."""

    async def run(step: int, address: str) -> bool:
        """Break the yes of an opt-out, and undo it."""
        address = f"undo-{address}"
        chat = await Chat.open(client, "stop the marketing emails", address)
        with cutting(step) as cut:
            await chat.say("yes", "yes")
        was = references(web, address)
        status, said = await chat.say("undo", "undo")
        assert status == 200
        if was:
            assert "Taken back" in said, f"step {step}: {said}"
            assert was[0] in said
            assert was[0] in (await chat.transcript()).split("Taken back")[0]
        assert standing(web, address) == []
        return cut.done

    await at_each_step(run, fewest=30)


async def test_an_undoing_is_told_as_it_is_recorded(
    web: WebContext, client: httpx.AsyncClient
) -> None:
    """Wherever an undoing breaks off, nothing denies it, and the same again tells it."""

    async def run(step: int, address: str) -> bool:
        """Break the undoing of an opt-out."""
        address = f"back-{address}"
        chat = await Chat.open(client, "stop the marketing emails", address, "yes")
        (reference,) = standing(web, address)
        with cutting(step) as cut:
            status, said = await chat.say("undo that", "undo")
        stands, where = bool(standing(web, address)), f"step {step}: {said}"
        if "Taken back" in said:
            assert not stands, where
        if _DENIALS.search(said) and not re.search("could not be finished", said):
            assert stands, where
        again, repeated = await chat.say("undo that", "undo")
        assert again == 200, where
        if status == 200:
            assert repeated == said, where
        else:
            assert standing(web, address) == [], where
            assert "Taken back" in repeated, where
            assert reference in repeated, where
        return cut.done

    await at_each_step(run, fewest=30)


async def test_a_handoff_is_told_as_it_is_stored(
    web: WebContext, client: httpx.AsyncClient
) -> None:
    """Wherever a wish for a person breaks off, the shopper waits if and only if they are told."""

    async def run(step: int, address: str) -> bool:
        """Break the turn that asks for a person."""
        web.services.handoffs.agents.note_presence(AGENTS[-1])  # she is at the desk
        chat = await Chat.open(client, "do you sell my data?")
        before = len(handoffs(web, "live"))
        with cutting(step) as cut:
            status, said = await chat.say("let me talk to a person", "person")
        waits, where = len(handoffs(web, "live")) - before, f"step {step}: {said}"
        if status == 200:
            assert ("I am passing you to a colleague" in said) == (waits == 1), where
        else:
            assert "send it again" in said or "try again" in said, where
        again, repeated = await chat.say("let me talk to a person", "person")
        assert again == 200, where
        assert "I am passing you to a colleague" in repeated, where
        assert len(handoffs(web, "live")) - before == 1, where
        return cut.done

    await at_each_step(run, fewest=20)


async def test_a_message_for_support_is_told_as_it_is_stored(
    web: WebContext, client: httpx.AsyncClient
) -> None:
    """Wherever a message for support breaks off, it is sent once, and its reference is told."""

    async def run(step: int, address: str) -> bool:
        """Break the yes to a message."""
        chat = await Chat.open(
            client, "i want to leave a message", "my parcel came open and half empty", address
        )
        before = len(handoffs(web, "message"))
        with cutting(step) as cut:
            status, said = await chat.say("yes", "yes")
        sent, where = len(handoffs(web, "message")) - before, f"step {step}: {said}"
        if status == 200:
            assert ("Its reference is" in said) == (sent == 1), where
        again, repeated = await chat.say("yes", "yes")
        assert again == 200, where
        assert len(handoffs(web, "message")) - before == 1, where
        assert handoffs(web, "message")[0].reference in repeated, where
        return cut.done

    await at_each_step(run, fewest=10)


def _id(web: WebContext, chat: Chat) -> str:
    return web.tokens.read(chat._headers["Authorization"].split()[1])
