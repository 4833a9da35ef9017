"""History: the handoffs of our own desk that are over, for agents to search and read.

They are there as long as their conversations are kept.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from bot.conversations.tables import messages
from bot.handoff.model import EMBEDDED, Handoff
from bot.handoff.records import Records, to_do, unsent
from bot.handoff.tables import handoffs, mails, notes
from bot.policy.store import store
from bot.references import parse_reference

PAGE = 25
_MOST_WORDS = 8  # of a search; more would be a slow query


@dataclass(frozen=True)
class Search:
    """Search in the history; each empty part is no condition."""

    words: str = ""  # each of which must be there, or a reference, or a contact
    day: date | None = None  # of the request, by the clock of the store
    topic: str = ""


class History:
    """Handoffs that are over; it only reads."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def found(self, search: Search, page: int = 0) -> tuple[list[Handoff], bool]:
        """Return a page of what is found, the latest first, and whether there is more."""
        over = [~unsent(), ~to_do(), handoffs.c.desk == EMBEDDED]
        wanted = sa.select(handoffs).where(*over, *self._conditions(search))
        wanted = wanted.order_by(handoffs.c.requested_at.desc(), handoffs.c.id)
        rows = self._records.all(wanted.limit(PAGE + 1).offset(PAGE * page))
        return rows[:PAGE], len(rows) > PAGE

    def _conditions(self, search: Search) -> list[sa.sql.ColumnElement]:
        conditions: list[sa.sql.ColumnElement] = []
        if search.day is not None:
            began = datetime.combine(search.day, time(), store().zone)
            ended = datetime.combine(search.day + timedelta(days=1), time(), store().zone)
            conditions += [handoffs.c.requested_at >= began, handoffs.c.requested_at < ended]
        if search.topic:
            listed = sa.literal(",") + handoffs.c.topics + ","
            conditions.append(listed.contains(f",{search.topic},", autoescape=True))
        words = search.words.split()[:_MOST_WORDS]
        if reference := parse_reference(search.words):
            conditions.append(handoffs.c.reference == reference)
        elif len(words) == 1 and "@" in words[0]:
            conditions.append(handoffs.c.digest.in_(self._records.digests(words[0])))
        else:
            conditions += [_says(word.lower()) for word in words]
        return conditions


def _says(word: str) -> sa.sql.ColumnElement:
    """Return the condition that a word is in a conversation, or in what belongs to its handoff."""
    said = sa.exists().where(
        messages.c.conversation == handoffs.c.conversation, _has(messages.c.text, word)
    )
    noted = sa.exists().where(notes.c.handoff == handoffs.c.id, _has(notes.c.text, word))
    mailed = sa.exists().where(mails.c.handoff == handoffs.c.id, _has(mails.c.text, word))
    return said | noted | mailed | _has(handoffs.c.note, word) | _has(handoffs.c.agent_name, word)


def _has(column: sa.Column, word: str) -> sa.sql.ColumnElement:
    return sa.func.lower(column).contains(word, autoescape=True)
