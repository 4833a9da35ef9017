"""A ledger with many requests of all kinds, for the tests of the office."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from bot.accounts.model import Role
from bot.application.services import Services
from bot.optouts.model import Action, Channel, OptOutKind, Request, Status, Subject
from bot.optouts.tables import outbox
from bot.settings import Settings

KINDS = list(OptOutKind)
CHANNELS = [Channel.CHAT, Channel.WEB_FORM, Channel.ONE_CLICK, Channel.GPC]
EVERY_HOURS = 17  # between two requests, so that they spread over months
TOPICS = ["cookies", "selling", "use"]
FORMULA = "=cmd@example.com"


def fill(folder: Path, count: int) -> None:
    """Record so many requests, the last one now; most are decided, the way that their number says.

    Of each five, the first four by their age are fulfilled; one in eleven is denied; one in nine
    is an undo. One message could not be delivered, and one address looks like a formula.
    """
    services = Services.open(Settings(data_dir=folder))
    ledger, now = services.optouts.ledger, datetime.now(UTC)
    ledger._receivers = ("webhook",)
    for number in range(count):
        at = now - timedelta(hours=EVERY_HOURS * (count - 1 - number))
        with time_machine.travel(at, tick=False):
            receipt = ledger.record(_request(number))
            outcome, topic = "answered" if number % 6 else "clarify", TOPICS[number % 3]
            services.questions.add(outcome, [topic])
        if number % 11 == 7:
            _later(at, now, 3, lambda of=receipt.reference: ledger.deny(of, "made by a script"))
        elif number % 5 != 4 and number % 9 != 8:
            _later(at, now, 1 + number % 7, lambda of=receipt.reference: ledger.fulfil(of, "ok"))
    services.questions.flush()
    with services.durable.begin() as db:
        db.execute(outbox.update().values(next_at=None, delivered_at=now))
        open_one = next(services.optouts.ledger.records([Status.OPEN])).id
        given_up = {"delivered_at": None, "given_up_at": now, "attempts": 18, "error": "HTTP 503"}
        db.execute(outbox.update().where(outbox.c.optout == open_one).values(**given_up))
    services.engine.dispose()
    services.durable.dispose()


def officer(folder: Path, name: str = "Olga") -> str:
    """Make an account of an officer and return its token."""
    return Services.open(Settings(data_dir=folder)).staff.add(name, {Role.OFFICER})


def _request(number: int) -> Request:
    undo = number % 9 == 8
    address = FORMULA if number == 0 else f"shopper{number - 1 if undo else number}@example.com"
    kinds = {KINDS[number % 4], KINDS[(number // 4) % 4]}
    gpc = not undo and number % 4 == 3
    return Request(
        Action.OPT_IN if undo else Action.OPT_OUT,
        frozenset({OptOutKind.SHARING, OptOutKind.TARGETED_ADVERTISING} if gpc else kinds),
        Subject("browser", f"{number:032x}") if gpc else Subject("email", address),
        Channel.GPC if gpc else CHANNELS[number % 3],
        "What was shown before.",
        holder=f"{number:032x}",
    )


def _later(at: datetime, now: datetime, days: int, decide: Callable[[], object]) -> None:
    moment = at + timedelta(days=days)
    if moment < now:
        with time_machine.travel(moment, tick=False):
            decide()
