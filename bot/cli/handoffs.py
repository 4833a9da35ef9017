"""``privacy-bot handoffs``: handoffs to support agents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.errors import CommandError

if TYPE_CHECKING:
    from bot.handoff.model import Handoff
    from bot.handoff.service import HandoffService

app = typer.Typer(
    no_args_is_help=True, help="Handoffs to support agents: list, show and retry them."
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line.")]


@app.command("list")
def list_handoffs(
    limit: Annotated[int, typer.Option(min=1, help="Largest number of handoffs to list.")] = 100,
    as_json: Json = False,
) -> None:
    """List handoffs, the latest first."""
    for handoff in _handoffs().inbox.latest(limit):
        fields = _fields(handoff)
        print(
            json.dumps(fields, ensure_ascii=False)
            if as_json
            else "  ".join(str(fields[name]) for name in _COLUMNS)
        )


@app.command()
def show(
    reference: Annotated[
        str, typer.Argument(help="Reference that the shopper got, such as K7M4-QXT9-RWDF.")
    ],
    as_json: Json = False,
) -> None:
    """Show one handoff, with the shopper's message and contact address or number."""
    handoff = _handoffs().inbox.find(reference)
    if handoff is None:
        raise CommandError(f"There is no handoff {reference!r}. See privacy-bot handoffs list.")
    fields = {**_fields(handoff), "note": handoff.note, "contact": handoff.contact}
    if as_json:
        print(json.dumps(fields, ensure_ascii=False))
        return
    for name, value in fields.items():
        print(f"{name:<14}{', '.join(value) if isinstance(value, list) else value}")


@app.command()
def retry() -> None:
    """Send undelivered messages again, to the first desk that takes messages."""
    count, desk = _handoffs().retry_undelivered()
    print(f"{count} {'message goes' if count == 1 else 'messages go'} to {desk} again.")


_COLUMNS = ("reference", "kind", "state", "reason", "desk", "requested_at", "agent")


def _fields(handoff: Handoff) -> dict[str, Any]:
    times = {
        name: getattr(handoff, name)
        for name in ("requested_at", "accepted_at", "replied_at", "ended_at")
    }
    return {
        "reference": handoff.reference,
        "kind": str(handoff.kind),
        "state": str(handoff.state),
        "reason": str(handoff.reason),
        "topics": list(handoff.topics),
        **{
            name: time.isoformat(timespec="seconds") if time else None
            for name, time in times.items()
        },
        "agent": handoff.agent_name,
        "follow_up": handoff.follow_up,
        "desk": handoff.desk,
        "remote": handoff.remote,
        "error": handoff.error,
    }


def _handoffs() -> HandoffService:
    from bot.application.services import default_services

    return default_services().handoffs
