"""``privacy-bot accounts``: accounts of agents and officers, and what they did."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.errors import CommandError

if TYPE_CHECKING:
    from bot.accounts.activity import Line
    from bot.accounts.model import Role
    from bot.application.services import Services

app = typer.Typer(
    no_args_is_help=True,
    help="Accounts of agents (/desk) and officers (/office): add, change, remove, list, audit.",
)
Name = Annotated[str, typer.Argument(help="Name of the account. Shoppers see an agent's name.")]
Roles = Annotated[
    list[str], typer.Option("--role", help="agent or officer. May be given twice, for both.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line.")]


@app.command()
def add(name: Name, role: Roles = ["agent"]) -> None:  # noqa: B006
    """Add an account and print its token, which is shown only once."""
    print(_services().staff.add(name, _roles(role)))


@app.command()
def change(name: Name, role: Roles) -> None:
    """Give an account other roles, which count at once."""
    account = _services().staff.change(name, _roles(role))
    print(f"{account.name}: {', '.join(sorted(account.roles))}")


@app.command()
def remove(name: Name) -> None:
    """Remove an account, which ends its sessions."""
    _services().staff.remove(name)
    print(f"{name} cannot sign in any more.")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the accounts with their roles, and when each agent was last at the desk."""
    services = _services()
    seen = services.handoffs.agents.last_seen()
    for account in services.staff.accounts.listed():
        roles, last = sorted(account.roles), seen.get(account.id)
        if as_json:
            there = last.isoformat(timespec="seconds") if last else None
            line = {"name": account.name, "roles": roles, "last_there": there}
            print(json.dumps(line, ensure_ascii=False))
            continue
        there = f"last there {last:%Y-%m-%d %H:%M} UTC" if last else "never there"
        print(f"{account.name}: {', '.join(roles)}{f', {there}' if 'agent' in roles else ''}")


@app.command()
def audit(
    days: Annotated[int, typer.Option(min=1, help="Show the lines of so many days.")] = 30,
    as_json: Json = False,
) -> None:
    """Show sign-ins, failures and acts, and check that no line was changed.

    The exit status is 1 if a line was changed, removed or reordered.
    """
    activity = _services().staff.activity
    for line in activity.lines(datetime.now(UTC) - timedelta(days=days)):
        if as_json:
            print(json.dumps({**vars(line), "at": line.at.isoformat()}, ensure_ascii=False))
        else:
            print(_in_words(line))
    faults = list(activity.faults())
    for fault in faults:
        print(fault)
    if faults:
        raise CommandError("The audit log is not as it was written: the lines above say where.")


def _in_words(line: Line) -> str:
    content = dict(line.content)
    who = content.pop("name", "-")
    details = " ".join(f"{name}={value}" for name, value in content.items())
    return f"{line.at:%Y-%m-%d %H:%M:%S}  {who}  {line.event}  {details}".rstrip()


def _roles(named: list[str]) -> frozenset[Role]:
    from bot.accounts.model import Role

    try:
        return frozenset(Role(name) for name in named)
    except ValueError:
        raise CommandError(f"A role is {' or '.join(Role)}.") from None


def _services() -> Services:
    from bot.application.services import default_services

    return default_services()
