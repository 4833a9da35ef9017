"""Accounts: they are added, changed and removed here, and known by their tokens.

Tokens, and identities at a provider, are stored as digests, never as text.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from bot.accounts.model import Account, AccountError, Role, joined, parsed
from bot.accounts.tables import accounts
from bot.database import transaction
from bot.keys import Keyring

_MAX_NAME = 60


class Accounts:
    """Table of the accounts."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._keyring = keyring

    def add(self, name: str, roles: Collection[Role]) -> tuple[Account, str]:
        """Add an account; return it, and its token, which is shown only once.

        Raises AccountError for a name that is empty, too long, not printable, or taken.
        """
        token = secrets.token_urlsafe(24)
        with transaction(self._engine) as db:
            return self._insert(db, name, roles, token=self._keyring.digest(token)), token

    def change(self, name: str, roles: Collection[Role]) -> Account:
        """Give an account other roles, which count at once; raises AccountError."""
        with transaction(self._engine) as db:
            row = _named(db, name)
            this = accounts.c.id == row.id
            db.execute(accounts.update().where(this).values(roles=_checked(roles)))
            return Account(row.id, row.name, frozenset(roles))

    def remove(self, name: str) -> Account:
        """Remove an account, and with it its sessions; raises AccountError."""
        with transaction(self._engine) as db:
            row = _named(db, name)
            db.execute(accounts.delete().where(accounts.c.id == row.id))
            return account_of(row)

    def listed(self) -> list[Account]:
        """Return all accounts by name."""
        with transaction(self._engine) as db:
            return [
                account_of(row) for row in db.execute(sa.select(accounts).order_by(accounts.c.name))
            ]

    def of_token(self, token: str) -> Account | None:
        """Return the account of a token; None for an unknown token."""
        with transaction(self._engine) as db:
            matches = accounts.c.token.in_(self._keyring.digests(token))
            row = db.execute(sa.select(accounts).where(matches)).first()
        return account_of(row) if row is not None else None

    def of_identity(self, issuer: str, subject: str, name: str, roles: Collection[Role]) -> Account:
        """Return the account of somebody whom a provider knows, with the roles it says.

        The account is made at the first sign-in. If its name is taken, it gets a number.
        """
        identity = f"{issuer}\n{subject}"
        with transaction(self._engine) as db:
            matches = accounts.c.identity.in_(self._keyring.digests(identity))
            row = db.execute(sa.select(accounts).where(matches)).first()
            if row is None:
                digest = self._keyring.digest(identity)
                return self._insert(db, _free_name(db, name), roles, identity=digest)
            this = accounts.c.id == row.id
            db.execute(accounts.update().where(this).values(roles=_checked(roles)))
            return Account(row.id, row.name, frozenset(roles))

    def forget(self, issuer: str, subject: str) -> Account | None:
        """Remove the account of somebody whom a provider knows; None if there is none."""
        matches = accounts.c.identity.in_(self._keyring.digests(f"{issuer}\n{subject}"))
        with transaction(self._engine) as db:
            row = db.execute(sa.select(accounts).where(matches)).first()
            db.execute(accounts.delete().where(matches))
        return account_of(row) if row is not None else None

    def _insert(
        self, db: Connection, name: str, roles: Collection[Role], **known_by: str
    ) -> Account:
        name = " ".join(name.split())
        if not 0 < len(name) <= _MAX_NAME or not name.isprintable():
            raise AccountError(
                f"An account needs a name of 1 to {_MAX_NAME} characters; shoppers see an agent's."
            )
        row = {
            "id": secrets.token_hex(16),
            "name": name,
            "roles": _checked(roles),
            "created_at": datetime.now(UTC),
            **known_by,
        }
        try:
            db.execute(accounts.insert().values(**row))
        except IntegrityError:
            raise AccountError(
                f"There is an account {name!r} already. Remove that one first, or choose another "
                "name."
            ) from None
        return Account(str(row["id"]), name, frozenset(roles))


def account_of(row: Row) -> Account:
    """Return the account of a row."""
    return Account(row.id, row.name, parsed(row.roles))


def _named(db: Connection, name: str) -> Row:
    row = db.execute(sa.select(accounts).where(accounts.c.name == name)).first()
    if row is None:
        raise AccountError(f"There is no account {name!r}. See privacy-bot accounts list.")
    return row


def _checked(roles: Collection[Role]) -> str:
    if not roles:
        raise AccountError(f"An account needs a role: {' or '.join(Role)}.")
    return joined(roles)


def _free_name(db: Connection, name: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())[: _MAX_NAME - 4]
    taken = set(db.execute(sa.select(accounts.c.name)).scalars())
    numbered = (f"{name} {number}" for number in range(2, 1000))
    return name if name not in taken else next(one for one in numbered if one not in taken)
