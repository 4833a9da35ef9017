"""Tests of the Global Privacy Control, over a real ledger."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.application.errors import ConversationOver
from bot.application.gpc import honour_signal
from bot.application.services import Services
from bot.assistant.tracker_store import TrackerEraser
from bot.conversations.model import Message, Recorded
from bot.database import connect
from bot.optouts.model import Action, Channel, OptOutKind, Request, Subject
from bot.settings import Settings

CONVERSATION = "c" * 32
ADS = frozenset({OptOutKind.TARGETED_ADVERTISING, OptOutKind.SHARING})


def services_over(engine: Engine, writable: bool = True) -> Services:
    """Return services over a database; if it is not writable, nothing can be recorded."""
    durable = connect(str(engine.url), durable=True)
    if not writable:
        sa.event.listen(
            durable, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON")
        )
    return Services(Settings(), engine, durable, TrackerEraser(lambda: None))


@pytest.fixture
def services(sqlite: Engine) -> Services:
    """Services with one conversation that has just begun."""
    services = services_over(sqlite)
    services.store.start(CONVERSATION)
    return services


def said(services: Services) -> list[Message]:
    """Return the messages of the conversation."""
    return services.store.since(CONVERSATION, 0)


async def test_a_signal_is_recorded_and_shown(services: Services) -> None:
    """The signal is an opt-out of ads and sharing for the browser, and a message says so."""
    assert await honour_signal(services, CONVERSATION)
    (record,) = services.optouts.ledger.records()
    assert (record.subject, record.channel) == (Subject("browser", CONVERSATION), Channel.GPC)
    (message,) = said(services)
    kinds = ("targeted_advertising", "sharing")
    assert message.recorded == Recorded(record.reference, "opt_out", kinds, "browser")
    assert "Opt-out request honored" in message.text
    assert "on this site, in this browser, until its data is cleared" in message.text


async def test_a_signal_is_recorded_once(services: Services) -> None:
    """A later signal of the conversation changes nothing, also if it comes at the same time."""
    signals = await asyncio.gather(*(honour_signal(services, CONVERSATION) for _ in range(5)))
    assert any(signals)
    assert not await honour_signal(services, CONVERSATION)
    assert len(said(services)) == len(list(services.optouts.ledger.records())) == 1


async def test_a_signal_does_not_undo_what_the_shopper_decided_later(services: Services) -> None:
    """Who has come back in after the signal stays in, though the browser goes on sending it."""
    await honour_signal(services, CONVERSATION)
    subject = Subject("browser", CONVERSATION)
    await services.optouts.record(Request(Action.OPT_IN, ADS, subject, Channel.CHAT, "again"))
    assert not await honour_signal(services, CONVERSATION)
    actions = sorted(str(record.action) for record in services.optouts.ledger.records())
    assert actions == ["opt_in", "opt_out"]


async def test_a_signal_that_could_not_be_recorded_is_recorded_later(
    services: Services, tmp_path: Path
) -> None:
    """A failure is told once, without a record; the next signal is recorded."""
    broken = services_over(services.engine, writable=False)
    for _ in range(2):
        await honour_signal(broken, CONVERSATION)
    (message,) = said(services)
    assert "could not record" in message.text and message.recorded is None
    assert await honour_signal(services, CONVERSATION)
    assert said(services)[-1].recorded


async def test_a_signal_of_a_deleted_conversation_is_not_recorded(services: Services) -> None:
    """Nothing is recorded for a conversation that is over."""
    services.store.forget(CONVERSATION)
    with pytest.raises(ConversationOver):
        await honour_signal(services, CONVERSATION)
    assert list(services.optouts.ledger.records()) == []
