"""Agents of our own desk: their names, their tokens, and the time of each agent's last request.

It touches the table ``agents`` only. Tokens are stored as digests, never as text.
"""

import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.database import transaction
from bot.handoff.model import Agent, HandoffError
from bot.handoff.tables import agents
from bot.keys import Keyring

# The page of the desk asks every two seconds, or once a minute while it is in the background.
_PRESENCE = timedelta(seconds=90)
_MAX_NAME = 60


class Agents:
    """Table of the agents of our own desk, each with a token."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._keyring = keyring

    def add(self, name: str) -> str:
        """Add an agent and return the token, which is shown only once.

        Raises HandoffError for a name that is empty, too long, not printable, or taken.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= _MAX_NAME or not name.isprintable():
            raise HandoffError(
                f"An agent needs a name of 1 to {_MAX_NAME} characters, which shoppers will see."
            )
        token = secrets.token_urlsafe(24)
        row = {
            "id": secrets.token_hex(16),
            "name": name,
            "token": self._keyring.digest(token),
            "created_at": datetime.now(UTC),
        }
        try:
            with transaction(self._engine) as db:
                db.execute(agents.insert().values(**row))
        except IntegrityError:
            raise HandoffError(
                f"There is an agent {name!r} already. Remove that one first, or choose another "
                "name."
            ) from None
        return token

    def remove(self, name: str) -> None:
        """Remove an agent; raises HandoffError if there is no agent of this name."""
        with transaction(self._engine) as db:
            if not db.execute(agents.delete().where(agents.c.name == name)).rowcount:
                raise HandoffError(f"There is no agent {name!r}. See privacy-bot desk list.")

    def listed(self) -> list[tuple[str, datetime | None]]:
        """Return the names of the agents, each with the time of the last request, None if never."""
        with transaction(self._engine) as db:
            return [
                (row.name, row.seen_at)
                for row in db.execute(sa.select(agents).order_by(agents.c.name))
            ]

    def recognise(self, token: str) -> Agent | None:
        """Return the agent of a token, and store the time; None for an unknown token."""
        matches = agents.c.token.in_(self._keyring.digests(token))
        with transaction(self._engine) as db:
            row = db.execute(sa.select(agents).where(matches)).first()
            if row is None:
                return None
            db.execute(
                agents.update().where(agents.c.id == row.id).values(seen_at=datetime.now(UTC))
            )
        return Agent(row.id, row.name)

    def are_away(self, for_longer_than: timedelta) -> list[str]:
        """Return the ids of the agents without a request for longer than this time."""
        long_ago = agents.c.seen_at.is_(None) | (
            agents.c.seen_at < datetime.now(UTC) - for_longer_than
        )
        with transaction(self._engine) as db:
            return [row.id for row in db.execute(sa.select(agents.c.id).where(long_ago))]

    def is_somebody_there(self) -> bool:
        """Return whether an agent is at our own desk now."""
        present = sa.select(agents.c.id).where(agents.c.seen_at > datetime.now(UTC) - _PRESENCE)
        with transaction(self._engine) as db:
            return db.execute(present).first() is not None
