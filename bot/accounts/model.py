"""Model of the accounts: roles, accounts, and the error of this package."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Roles of an account: agents use the desk, officers use the office."""

    AGENT = "agent"
    OFFICER = "officer"


@dataclass(frozen=True)
class Account:
    """Account of somebody of the staff; shoppers see the names of agents."""

    id: str
    name: str
    roles: frozenset[Role]


class AccountError(Exception):
    """Change of an account that cannot be made; the message gives the reason and the remedy."""


def joined(roles: Iterable[Role]) -> str:
    """Return roles as they are stored and shown, in the order of their declaration."""
    wanted = set(roles)
    return ",".join(role for role in Role if role in wanted)


def parsed(roles: str) -> frozenset[Role]:
    """Return the roles of a stored text; an unknown one gives no right."""
    known = set(Role)
    return frozenset(Role(name) for name in roles.split(",") if name in known)
