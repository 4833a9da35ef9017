"""Mail to shoppers who left a message: an agent's answer, with its own outbox.

An answer is stored before the agent is told that it is on its way. Its whole text is encrypted, and
deleted as soon as it is sent; what stays has placeholders for personal data. All answers of one
case are one thread.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from bot.database import aware
from bot.handoff.model import Agent, Handoff, HandoffKind, NotTaken, State
from bot.handoff.records import LAST_PATIENCE, LEASE, Records, lock_handoff, next_try
from bot.handoff.tables import handoffs, mails
from bot.outgoing import Mailer, NotDelivered, deliverable, message_id
from bot.policy.store import store
from bot.privacy.masking import PLACEHOLDER

_SECONDS = 15.0  # longest wait for the mail server
_REFUSED = 500  # from this SMTP status on, another attempt is in vain
_TEXT = """\
{text}

{agent}, {store}

Your message, {reference}:

{quoted}
"""


class MailState(StrEnum):
    """States of a mail."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class SentMail:
    """A mail of an agent, with placeholders for personal data."""

    at: datetime
    agent_name: str
    text: str
    state: MailState
    error: str  # of the last failed attempt


class ShopperMails:
    """Mails of agents to shoppers; several workers may send at once."""

    def __init__(self, records: Records, url: str) -> None:
        """``url`` is that of ``bot.outgoing.Mailer`` with ``from``; empty: there is no mail."""
        self._records = records
        self._mailer = Mailer(url, _SECONDS, to_many=True) if url else None

    @property
    def enabled(self) -> bool:
        """Return whether mail can be sent."""
        return self._mailer is not None

    def write(
        self, handoff: Handoff, agent: Agent, text: str, masked: str, client_id: str | None
    ) -> Handoff:
        """Store a mail of the agent who has the message; the same ``client_id`` is stored once.

        ``masked`` is the text without personal data. Raises NotTaken if there is no address, or if
        the agent does not have the message.
        """
        name = f"{handoff.id} {agent.id} {client_id}"
        identifier = self._records.digest(name)[:32] if client_id else secrets.token_hex(16)
        now = datetime.now(UTC)
        with self._records.writing() as db:
            row = lock_handoff(db, handoff.id)
            if row is None:
                raise NotTaken("The shopper has deleted the conversation.")
            if row.agent != agent.id or row.state != State.ACCEPTED:
                raise NotTaken("You do not have this message: take it first.")
            if row.kind != HandoffKind.MESSAGE or "@" not in (handoff.contact or ""):
                raise NotTaken("The shopper left no e-mail address.")
            if not db.execute(sa.select(mails.c.id).where(mails.c.id == identifier)).first():
                db.execute(
                    mails.insert().values(
                        id=identifier,
                        handoff=row.id,
                        at=now,
                        agent_name=agent.name,
                        text=masked,
                        secret=self._records.encrypted(text),
                        state=str(MailState.QUEUED),
                        attempts=0,
                        next_at=now,
                        error="",
                    )
                )
            replied = {} if row.replied_at else {"replied_at": now}
            return self._records.change(db, row.id, follow_up=False, **replied)

    def of(self, handoff: Handoff) -> list[SentMail]:
        """Return the mails about a handoff, the earliest first."""
        wanted = sa.select(mails).where(mails.c.handoff == handoff.id)
        with self._records.reading() as db:
            return [
                SentMail(aware(row.at), row.agent_name, row.text, MailState(row.state), row.error)
                for row in db.execute(wanted.order_by(mails.c.at, mails.c.id))
            ]

    def deliver(self) -> list[str]:
        """Send all mails that are due; return the empty list, as no chat has news of it."""
        while self._mailer is not None and (due := self._take()) is not None:
            mail, handoff = due
            try:
                self._send(self._mailer, mail, handoff)
            except NotDelivered as error:
                self._failed(mail, error)
            else:
                self._change(mail, state=str(MailState.SENT), secret=None, next_at=None, error="")
        return []

    def _take(self) -> tuple[Row, Handoff] | None:
        """Take the next mail that is due; no other worker gets it during its lease."""
        now = datetime.now(UTC)
        due = sa.select(mails).where(mails.c.next_at <= now).order_by(mails.c.next_at).limit(1)
        # The first look takes no lock, because mostly there is nothing.
        with self._records.reading() as db:
            if db.execute(due).first() is None:
                return None
        with self._records.writing() as db:
            row = db.execute(due.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            this = mails.c.id == row.id
            leased = {"next_at": now + LEASE, "attempts": row.attempts + 1}
            db.execute(mails.update().where(this).values(**leased))
            taken = db.execute(sa.select(mails).where(this)).one()
            of = db.execute(sa.select(handoffs).where(handoffs.c.id == row.handoff)).one()
            return taken, self._records.read(of)

    def _send(self, mailer: Mailer, mail: Row, handoff: Handoff) -> None:
        text = self._records.decrypted(mail.secret)
        if text is None or handoff.contact is None:
            raise NotDelivered("its key is missing from PRIVACY_BOT_DATA_KEYS", for_good=True)
        note = PLACEHOLDER.sub("…", handoff.note)
        quoted = "\n".join(f"> {line}" for line in note.splitlines())
        subject = f"Your message {handoff.reference} to {store().name}"
        earlier = self._sent_before(mail)
        threaded = (
            {
                "In_Reply_To": message_id(earlier[-1]),
                "References": " ".join(map(message_id, earlier)),
            }
            if earlier
            else {}
        )
        mailer.send(
            mail.id,
            f"Re: {subject}" if earlier else subject,
            _TEXT.format(
                text=text,
                agent=mail.agent_name,
                store=store().name,
                reference=handoff.reference,
                quoted=quoted,
            ),
            to=deliverable(handoff.contact),
            **threaded,
        )

    def _sent_before(self, mail: Row) -> list[str]:
        before = sa.select(mails.c.id).where(
            mails.c.handoff == mail.handoff, mails.c.at < mail.at, mails.c.state == MailState.SENT
        )
        with self._records.reading() as db:
            return list(db.execute(before.order_by(mails.c.at, mails.c.id)).scalars())

    def _failed(self, mail: Row, error: NotDelivered) -> None:
        """Store a failed attempt; after the last one, the message comes back to the desk."""
        last = error.for_good or (error.status or 0) >= _REFUSED or mail.attempts >= LAST_PATIENCE
        if not last:
            again = next_try(mail.attempts, error.retry_after)
            self._change(mail, error=str(error)[:200], next_at=again)
            return
        gone = {"state": str(MailState.FAILED), "secret": None, "next_at": None}
        self._change(mail, error=str(error)[:200], **gone)
        with self._records.writing() as db:
            row = lock_handoff(db, mail.handoff)
            if row is not None:
                self._records.change(db, row.id, follow_up=True)

    def _change(self, mail: Row, **values: Any) -> None:
        with self._records.writing() as db:
            db.execute(mails.update().where(mails.c.id == mail.id).values(**values))


def failed_mail() -> sa.sql.ColumnElement:
    """Return the condition that the last mail about a handoff could not be sent."""
    later = mails.alias("later")
    return sa.exists().where(
        mails.c.handoff == handoffs.c.id,
        mails.c.state == MailState.FAILED,
        ~sa.exists().where(later.c.handoff == mails.c.handoff, later.c.at > mails.c.at),
    )
