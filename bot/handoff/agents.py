"""The embedded desk: who of support may answer, who is there, and what they say."""

import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.handoff.model import Agent, HandoffError
from bot.handoff.tables import agents
from bot.keys import Keyring

_THERE = timedelta(seconds=90)  # the desk's page asks every two seconds; one in the background once a minute
_NAME = 60


class Agents:
    """Those who may answer at the desk, each with a token of their own."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._keyring = keyring

    def add(self, name: str) -> str:
        """Let somebody answer; return the token, which is shown once. Raises HandoffError for a name that is empty or taken."""
        name = " ".join(name.split())
        if not 0 < len(name) <= _NAME or not name.isprintable():
            raise HandoffError(f"An agent needs a name of 1 to {_NAME} characters, which shoppers will see.")
        token = secrets.token_urlsafe(24)
        row = {"id": secrets.token_hex(16), "name": name, "token": self._keyring.mark(token), "created_at": datetime.now(UTC)}
        try:
            with self._engine.begin() as db:
                db.execute(agents.insert().values(**row))
        except IntegrityError:
            raise HandoffError(f"There is an agent {name!r} already. Remove that one first, or choose another name.") from None
        return token

    def remove(self, name: str) -> None:
        """Let somebody answer no more; raises HandoffError if there is nobody of that name."""
        with self._engine.begin() as db:
            if not db.execute(agents.delete().where(agents.c.name == name)).rowcount:
                raise HandoffError(f"There is no agent {name!r}. See privacy-bot desk list.")

    def listed(self) -> list[tuple[str, datetime | None]]:
        """Return the names, and when each was last at the desk."""
        with self._engine.connect() as db:
            return [(row.name, row.seen_at) for row in db.execute(sa.select(agents).order_by(agents.c.name))]

    def recognise(self, token: str) -> Agent | None:
        """Return whose token this is, who is at the desk then; None if it is nobody's."""
        mine = agents.c.token.in_(self._keyring.marks(token))
        with self._engine.begin() as db:
            row = db.execute(sa.select(agents).where(mine)).first()
            if row is None:
                return None
            db.execute(agents.update().where(agents.c.id == row.id).values(seen_at=datetime.now(UTC)))
        return Agent(row.id, row.name)

    def are_away(self, for_longer_than: timedelta) -> list[str]:
        """Return the ids of the agents who have not been at the desk for so long."""
        long_ago = agents.c.seen_at.is_(None) | (agents.c.seen_at < datetime.now(UTC) - for_longer_than)
        with self._engine.connect() as db:
            return [row.id for row in db.execute(sa.select(agents.c.id).where(long_ago))]

    def is_somebody_there(self) -> bool:
        """Return whether anybody is at the desk just now."""
        there = sa.select(agents.c.id).where(agents.c.seen_at > datetime.now(UTC) - _THERE)
        with self._engine.connect() as db:
            return db.execute(there).first() is not None
