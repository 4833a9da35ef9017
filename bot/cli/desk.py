"""``privacy-bot desk`` and ``privacy-bot handoffs``: who may answer shoppers, and what became of those who asked."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.errors import CommandError

if TYPE_CHECKING:
    from bot.handoff.model import Handoff
    from bot.handoff.service import People

desk = typer.Typer(no_args_is_help=True, help="Agents who may answer shoppers at /desk.")
handoffs = typer.Typer(no_args_is_help=True, help="Shoppers who asked for a person.")
Name = Annotated[str, typer.Argument(help="The name that shoppers see.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, a line each.")]


@desk.command()
def add(name: Name) -> None:
    """Let somebody answer at the desk; prints their token, once."""
    print(_people().agents.add(name))


@desk.command()
def remove(name: Name) -> None:
    """Let somebody answer no more."""
    _people().agents.remove(name)
    print(f"{name} cannot answer any more.")


@desk.command("list")
def list_agents() -> None:
    """List who may answer, and when they were last there."""
    for name, seen in _people().agents.listed():
        print(f"{name}: {f'last there {seen:%Y-%m-%d %H:%M} UTC' if seen else 'never there'}")


@handoffs.command("list")
def list_handoffs(limit: Annotated[int, typer.Option(min=1, help="The latest so many.")] = 100, as_json: Json = False) -> None:
    """List who asked for a person, the latest first."""
    from bot.handoff.work import Work

    for handoff in Work(_people().records).latest(limit):
        told = _told(handoff)
        print(json.dumps(told, ensure_ascii=False) if as_json else "  ".join(str(told[name]) for name in _COLUMNS))


@handoffs.command()
def show(reference: Annotated[str, typer.Argument(help="As the shopper has it: K7M-4QXT.")], as_json: Json = False) -> None:
    """Show one, with the message and how to reach whoever left it."""
    from bot.handoff.work import Work

    handoff = Work(_people().records).find(reference)
    if handoff is None:
        raise CommandError(f"There is no handoff {reference!r}. See privacy-bot handoffs list.")
    told = {**_told(handoff), "note": handoff.note, "contact": handoff.contact}
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        print(f"{name:<14}{', '.join(value) if isinstance(value, list) else value}")


@handoffs.command()
def retry() -> None:
    """Let messages that reached nobody go to the first desk for messages again."""
    from bot.handoff.transit import Transit

    desk = _people().chain.for_message()
    if desk is None:
        raise CommandError("Nobody takes messages: add an agent, or name a desk in PRIVACY_BOT_HANDOFF_DESKS.")
    count = Transit(_people().records).retry(desk)
    print(f"{count} {'message goes' if count == 1 else 'messages go'} to {desk} again.")


_COLUMNS = ("reference", "kind", "state", "reason", "desk", "requested_at", "agent")


def _told(handoff: Handoff) -> dict[str, Any]:
    times = {name: getattr(handoff, name) for name in ("requested_at", "accepted_at", "replied_at", "ended_at")}
    return {
        "reference": handoff.reference,
        "kind": str(handoff.kind),
        "state": str(handoff.state),
        "reason": str(handoff.reason),
        "topics": list(handoff.topics),
        **{name: time.isoformat(timespec="seconds") if time else None for name, time in times.items()},
        "agent": handoff.agent_name,
        "follow_up": handoff.follow_up,
        "desk": handoff.desk,
        "remote": handoff.remote,
        "error": handoff.error,
    }


@cache
def _people() -> People:
    from bot.database import migrate
    from bot.handoff.service import People
    from bot.settings import settings

    migrate(settings().database)
    return People.of(settings())
