"""Casework of the office: who sees to a request, and notes about it that no shopper reads."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.database import aware, transaction
from bot.keys import Keyring, UnreadableSecret
from bot.optouts.model import LedgerError
from bot.optouts.tables import casework, notes

MAX_NOTE = 2_000


@dataclass(frozen=True)
class Note:
    """Note of an officer; its text is None if its key is not in the keyring any more."""

    at: datetime
    author: str
    text: str | None


class Casework:
    """Tables of owners and notes; both go with the record of their request."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        """Encrypt notes with the keyring of the ledger."""
        self._engine = engine
        self._keyring = keyring

    def assign(self, optout: str, owner: str) -> None:
        """Give a request an owner, by the name of an account; an empty name takes it away."""
        with transaction(self._engine) as db:
            db.execute(casework.delete().where(casework.c.optout == optout))
            if owner:
                db.execute(casework.insert().values(optout=optout, owner=owner))

    def owners(self, optouts: Sequence[str] | None = None) -> dict[str, str]:
        """Return the owners of some requests, or of all, by the id of the request."""
        known = sa.select(casework)
        if optouts is not None:
            known = known.where(casework.c.optout.in_(optouts))
        with transaction(self._engine) as db:
            return {row.optout: row.owner for row in db.execute(known)}

    def add_note(self, optout: str, author: str, text: str) -> None:
        """Add a note to a request; raises LedgerError if it is empty or too long."""
        if not 0 < len(text.strip()) <= MAX_NOTE:
            raise LedgerError(f"A note has 1 to {MAX_NOTE} characters.")
        row = {
            "id": secrets.token_hex(16),
            "optout": optout,
            "at": datetime.now(UTC),
            "author": author,
            "secret": self._keyring.encrypt(text.strip()),
        }
        with transaction(self._engine) as db:
            db.execute(notes.insert().values(**row))

    def notes(self, optout: str) -> list[Note]:
        """Return the notes of a request, the earliest first."""
        with transaction(self._engine) as db:
            about = sa.select(notes).where(notes.c.optout == optout).order_by(notes.c.at)
            rows = db.execute(about).all()
        return [Note(aware(row.at), row.author, self._text(row.secret)) for row in rows]

    def _text(self, secret: str) -> str | None:
        try:
            return self._keyring.decrypt(secret)
        except UnreadableSecret:
            return None
