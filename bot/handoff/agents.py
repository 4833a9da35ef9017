"""Presence of the agents of our own desk: the time of each one's last request.

Who is an agent says ``bot.accounts``; the table ``agents`` says only who is there.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.accounts.model import Role
from bot.accounts.tables import accounts, has_role
from bot.database import aware, transaction
from bot.handoff.tables import agents

# The page of the desk asks every two seconds, or once a minute while it is in the background.
_PRESENCE = timedelta(seconds=90)


class Agents:
    """Agents of our own desk, and who of them is there."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note_presence(self, agent: str) -> None:
        """Store that the agent with this id is at the desk now."""
        now, this = datetime.now(UTC), agents.c.id == agent
        with transaction(self._engine) as db:
            if not db.execute(agents.update().where(this).values(seen_at=now)).rowcount:
                db.execute(agents.insert().values(id=agent, seen_at=now))

    def last_seen(self) -> dict[str, datetime]:
        """Return the time of the last request of each agent that ever was at the desk, by id."""
        with transaction(self._engine) as db:
            return {row.id: aware(row.seen_at) for row in db.execute(sa.select(agents))}

    def has_any(self) -> bool:
        """Return whether anybody may answer at our own desk."""
        with transaction(self._engine) as db:
            known = sa.select(accounts.c.id).where(has_role(Role.AGENT))
            return db.execute(known.limit(1)).first() is not None

    def are_away(self, for_longer_than: timedelta) -> list[str]:
        """Return the ids of the agents without a request for longer than this time."""
        long_ago = agents.c.seen_at < datetime.now(UTC) - for_longer_than
        with transaction(self._engine) as db:
            return [row.id for row in db.execute(sa.select(agents.c.id).where(long_ago))]

    def is_somebody_there(self) -> bool:
        """Return whether an agent is at our own desk now."""
        with_account = agents.join(accounts, accounts.c.id == agents.c.id)
        there = (agents.c.seen_at > datetime.now(UTC) - _PRESENCE, has_role(Role.AGENT))
        with transaction(self._engine) as db:
            present = sa.select(agents.c.id).select_from(with_account).where(*there)
            return db.execute(present.limit(1)).first() is not None
