"""Notes: what agents tell each other about a handoff. Shoppers never see them."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.database import aware
from bot.handoff.model import Agent, Handoff, NotTaken
from bot.handoff.records import Records, lock_handoff
from bot.handoff.tables import notes


@dataclass(frozen=True)
class Note:
    """Note of an agent, with placeholders for personal data."""

    at: datetime
    agent_name: str
    text: str


class Notes:
    """Notes of the agents of our own desk."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def add(self, handoff: Handoff, agent: Agent, masked: str) -> None:
        """Add a note, whose text has no personal data; raises NotTaken if its handoff is gone."""
        with self._records.writing() as db:
            if lock_handoff(db, handoff.id) is None:
                raise NotTaken("The shopper has deleted the conversation.")
            db.execute(
                notes.insert().values(
                    id=secrets.token_hex(16),
                    handoff=handoff.id,
                    at=datetime.now(UTC),
                    agent_name=agent.name,
                    text=masked,
                )
            )

    def of(self, handoff: Handoff) -> list[Note]:
        """Return the notes about a handoff, the earliest first."""
        wanted = sa.select(notes).where(notes.c.handoff == handoff.id)
        with self._records.reading() as db:
            return [
                Note(aware(row.at), row.agent_name, row.text)
                for row in db.execute(wanted.order_by(notes.c.at, notes.c.id))
            ]
