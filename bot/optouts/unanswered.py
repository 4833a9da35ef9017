"""Acts of a conversation whose answer the shopper may not have yet.

The ledger notes what it does for a conversation in the transaction that does it. The transaction
that stores the answer deletes the notes. So a note shows a turn that broke off in between, and what
the shopper is still to be told.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.database import transaction
from bot.optouts.receipts import holder_hash
from bot.optouts.tables import unanswered

# Made once, because every turn executes them.
_holder = unanswered.c.holder == sa.bindparam("of")
_REFERENCES = sa.select(unanswered.c.reference).where(_holder).order_by(unanswered.c.at)
_CLEAR = unanswered.delete().where(_holder)


def note(db: Connection, holder: str | None, reference: str) -> None:
    """Note an act for a holder, once; the reference is that of its receipt."""
    this = {"holder": holder_hash(holder), "reference": reference}
    known = sa.select(unanswered.c.at).filter_by(**this)
    if holder is not None and not db.execute(known).first():
        db.execute(unanswered.insert().values(**this, at=datetime.now(UTC)))


class Unanswered:
    """Table of the notes, for those who store the answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def references(self, conversation: str) -> list[str]:
        """Return the references of the acts in a conversation that are still to be told."""
        with transaction(self._engine) as db:
            return list(db.execute(_REFERENCES, {"of": holder_hash(conversation)}).scalars())

    def clear(self, conversation: str) -> None:
        """Delete the notes of a conversation: it was told of the acts, or it is deleted."""
        with transaction(self._engine) as db:
            db.execute(_CLEAR, {"of": holder_hash(conversation)})

    def told(self, conversation: str, reference: str) -> None:
        """Delete the note of one act, of which the conversation was told."""
        this = (_holder, unanswered.c.reference == reference)
        with transaction(self._engine) as db:
            db.execute(unanswered.delete().where(*this), {"of": holder_hash(conversation)})

    def expire(self, before: datetime) -> None:
        """Delete the notes from before a time, whose conversations are gone."""
        with transaction(self._engine) as db:
            db.execute(unanswered.delete().where(unanswered.c.at < before))
