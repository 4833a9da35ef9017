"""Presence of the agents of our own desk: the time of each one's last request, and who is away.

Who is an agent says ``bot.accounts``; the table ``agents`` says only who is there.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.accounts.model import Role
from bot.accounts.tables import accounts, has_role
from bot.database import aware, transaction
from bot.handoff.tables import agents

# The page of the desk asks every two seconds, also in the background. A shopper is to know within
# a minute that an agent is gone, and a short break of the network is no reason to lose a chat.
PRESENCE = timedelta(seconds=30)


@dataclass(frozen=True)
class Colleague:
    """An agent of our own desk as the others see them."""

    id: str
    name: str
    here: bool
    available: bool  # takes new chats


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

    def set_available(self, agent: str, available: bool) -> None:
        """Store whether an agent takes new chats."""
        self.note_presence(agent)
        with transaction(self._engine) as db:
            db.execute(agents.update().where(agents.c.id == agent).values(available=available))

    def leave(self, agent: str) -> None:
        """Store that an agent has left the desk, who is available again when they come back."""
        gone = {"seen_at": datetime.fromtimestamp(0, UTC), "available": True}
        with transaction(self._engine) as db:
            db.execute(agents.update().where(agents.c.id == agent).values(**gone))

    def colleagues(self) -> list[Colleague]:
        """Return all agents by name, with who is here and who takes new chats."""
        everybody = accounts.outerjoin(agents, agents.c.id == accounts.c.id)
        columns = (accounts.c.id, accounts.c.name, agents.c.seen_at, agents.c.available)
        wanted = sa.select(*columns).select_from(everybody).where(has_role(Role.AGENT))
        since = datetime.now(UTC) - PRESENCE
        with transaction(self._engine) as db:
            rows = db.execute(wanted.order_by(accounts.c.name)).all()
        return [
            Colleague(
                row.id,
                row.name,
                here=row.seen_at is not None and aware(row.seen_at) > since,
                available=row.available is None or bool(row.available),
            )
            for row in rows
        ]

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

    def is_somebody_there(self, available: bool = True) -> bool:
        """Return whether an agent is at our own desk now, who takes new chats.

        Without ``available``, one counts too who is away for a while.
        """
        with_account = agents.join(accounts, accounts.c.id == agents.c.id)
        there = [agents.c.seen_at > datetime.now(UTC) - PRESENCE, has_role(Role.AGENT)]
        if available:
            there.append(agents.c.available)
        with transaction(self._engine) as db:
            present = sa.select(agents.c.id).select_from(with_account).where(*there)
            return db.execute(present.limit(1)).first() is not None
