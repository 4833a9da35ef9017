"""Canned answers: what an agent has written for later use, beside what the policy says."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.database import transaction
from bot.handoff.model import Agent
from bot.handoff.tables import canned
from bot.policy.document import load
from bot.policy.facts import facts

LONGEST_TITLE = 80
MOST = 200  # answers of one agent
_FACTS = {
    "support_hours": "Support hours",
    "support_phone": "Support phone",
    "mail_address": "Postal address",
    "privacy_email": "Address for privacy questions",
    "phone_order_hours": "Hours of phone orders",
}


@dataclass(frozen=True)
class CannedAnswer:
    """Answer to choose; ``id`` is empty for one from the policy, which nobody can change."""

    id: str
    title: str
    text: str


class CannedAnswers:
    """Own canned answers of each agent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, agent: Agent) -> list[CannedAnswer]:
        """Return the answers of an agent, by title."""
        wanted = sa.select(canned).where(canned.c.account == agent.id)
        with transaction(self._engine) as db:
            rows = db.execute(wanted.order_by(sa.func.lower(canned.c.title), canned.c.id)).all()
        return [CannedAnswer(row.id, row.title, row.text) for row in rows]

    def save(self, agent: Agent, title: str, text: str) -> bool:
        """Add an answer, or replace the one with this title; return False if there are too many."""
        values = {"title": title[:LONGEST_TITLE], "text": text}
        mine = (canned.c.account == agent.id, canned.c.title == values["title"])
        with transaction(self._engine) as db:
            if db.execute(canned.update().where(*mine).values(**values)).rowcount:
                return True
            count = sa.select(sa.func.count()).where(canned.c.account == agent.id)
            if int(db.execute(count).scalar() or 0) >= MOST:
                return False
            new = {"id": secrets.token_hex(16), "account": agent.id}
            db.execute(canned.insert().values(**new, **values))
            return True

    def remove(self, agent: Agent, identifier: str) -> None:
        """Delete an answer of an agent, if there is one."""
        mine = (canned.c.account == agent.id, canned.c.id == identifier)
        with transaction(self._engine) as db:
            db.execute(canned.delete().where(*mine))


def from_policy() -> Iterator[CannedAnswer]:
    """Yield what the store states about itself, and each clause of its policy, word for word."""
    for name, title in _FACTS.items():
        if text := facts().text(name):
            yield CannedAnswer("", title, text)
    for section in load().sections:
        for clause in section.clauses():
            yield CannedAnswer("", section.title, f"Our privacy policy says: “{clause.plain}”")
