"""Decisions about requests: they take effect, and are confirmed, fulfilled, denied and reopened.

It has what all writers of the ledger share: the lock, the states, and their lines in the audit log.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from bot.audit_log import Writer
from bot.keys import Keyring
from bot.optouts import outbox, receipts
from bot.optouts.audit_log import AUDIT_LOG
from bot.optouts.model import (
    ACTIVE,
    UNFINISHED,
    Action,
    LedgerError,
    NotRecorded,
    Record,
    Status,
    Subject,
)
from bot.optouts.records import Records, by_id
from bot.optouts.suppressions import (
    effective,
    kinds_of,
    remaining_kinds,
    requests_of,
    settle,
    suppressed_kinds,
)
from bot.optouts.tables import history, requests

_MAX_REASON_LENGTH = 1_000
_DENIABLE = ACTIVE | {Status.UNCONFIRMED}
_DECIDED = frozenset({Status.FULFILLED, Status.DENIED})


class Decisions(Records):
    """Records that can be decided about; every method is one transaction.

    Methods that write take the lock of the ledger, so that they run one after the other. ``by`` is
    the account of the office that decides, and is kept in the audit log.
    """

    def __init__(
        self,
        engine: Engine,
        durable: Engine,
        keyring: Keyring,
        policy_version: str,
        receivers: Sequence[str] = (),
        confirms_by_mail: bool = False,
    ) -> None:
        """Read with ``engine`` and write with ``durable`` (see ``bot.database.connect``).

        ``receivers`` are the names of the systems that get a message about every request. With
        ``confirms_by_mail``, the owner of an address is asked to confirm an opt-in.
        """
        super().__init__(engine, keyring)
        self._durable = durable
        self._policy_version = policy_version
        self._receivers = tuple(receivers)
        self._confirms_by_mail = confirms_by_mail
        self._write_lock = threading.Lock()

    def confirm(self, reference_or_id: str, how: str, by: str = "") -> Record:
        """Give effect to an opt-in; ``how`` is the evidence that the owner of the address asked.

        Only earlier opt-outs are undone; later ones stand. Confirming twice changes nothing. Raises
        UnknownReference. Raises LedgerError without evidence, if it is no opt-in, or if it was
        denied, taken back or undone meanwhile.
        """
        if not how.strip():
            raise LedgerError("A confirmation needs its evidence: how do you know who asks?")
        with self._writing() as log:
            row = log.db.execute(by_id(reference_or_id)).first()
            if row is None:
                row, _ = self._row_and_receipt(log.db, reference_or_id)
            if row.action != Action.OPT_IN:
                raise LedgerError(f"{row.reference} is an opt-out, which needs no confirmation.")
            if row.status == Status.UNCONFIRMED:
                if not receipts.live_receipts(log.db, row.id):
                    raise LedgerError(f"{row.reference} was taken back by whoever had asked.")
                self._set_status(log, row, Status.OPEN, how=f"confirmed: {how}", by=by)
                self._take_effect(log, row)
            elif row.status not in ACTIVE:
                raise LedgerError(f"{row.reference} is {row.status}: it cannot be confirmed.")
            return self._record_of(again(log.db, row))

    def delivered(self, identifier: str, how: str) -> None:
        """Note that a receiver has taken a request: an open request is then in progress."""
        with self._writing() as log:
            row = log.db.execute(by_id(identifier)).first()
            if row is not None and row.status == Status.OPEN:
                self._set_status(log, row, Status.IN_PROGRESS, how=how)

    def fulfil(self, reference: str, how: str, by: str = "") -> Record:
        """Note that a request is in force; ``how`` is the evidence.

        Raises UnknownReference, and LedgerError if the request was denied, revoked or not
        confirmed.
        """
        with self._writing() as log:
            row, _ = self._decide(log, reference, Status.FULFILLED, UNFINISHED, how=how, by=by)
            return self._record_of(again(log.db, row))

    def deny(self, reference: str, reason: str, by: str = "") -> Record:
        """Deny a request, with all its receipts, for a documented reason.

        The reason must be a good-faith belief that the request is fraudulent (11 CCR 7026(e)).
        Raises UnknownReference. Raises LedgerError without a reason, if the request was revoked,
        or if its subject cannot be decrypted.
        """
        reason = reason.strip()[:_MAX_REASON_LENGTH]
        if not reason:
            raise LedgerError(
                "A denial needs its reason: "
                "the documented, good-faith belief that the request is fraudulent."
            )
        with self._writing() as log:
            row, changed = self._decide(
                log, reference, Status.DENIED, _DENIABLE, reason=reason, by=by
            )
            if changed:
                self._settle(log, row)
                told = row.status != Status.UNCONFIRMED  # of such a request nobody has heard
                outbox.add(log.db, row.id, str(Status.DENIED), self._receivers if told else ())
            return self._record_of(again(log.db, row))

    def reopen(self, reference: str, how: str, by: str = "") -> Record:
        """Take a decision back, and tell the receivers again; ``how`` is the reason.

        An opt-in that was denied before its confirmation waits for it again. Raises
        UnknownReference, and LedgerError without a reason, or if nothing was decided.
        """
        how = how.strip()[:_MAX_REASON_LENGTH]
        if not how:
            raise LedgerError("Reopening a request needs its reason.")
        with self._writing() as log:
            row, _ = self._row_and_receipt(log.db, reference)
            if row.status not in _DECIDED:
                raise LedgerError(f"{row.reference} is {row.status}: there is nothing to reopen.")
            if row.status == Status.DENIED and _state_before(log.db, row) == Status.UNCONFIRMED:
                self._set_status(log, row, Status.UNCONFIRMED, how=f"reopened: {how}", by=by)
            else:
                self._set_status(log, row, Status.OPEN, how=f"reopened: {how}", by=by)
                self._take_effect(log, row)
            return self._record_of(again(log.db, row))

    # --- private ---

    @contextmanager
    def _writing(self) -> Iterator[Writer]:
        committing = False
        try:
            # One after the other within this process: SQLite gives its lock to a random waiter, so
            # that one of many may wait too long.
            with self._write_lock, self._durable.begin() as db:
                yield AUDIT_LOG.writer(db, self._keyring)
                committing = True
        except SQLAlchemyError as error:
            if committing:  # it may have been stored, and only the word of it been lost
                raise
            raise NotRecorded(
                "The ledger's database cannot be written to just now. Nothing was recorded."
            ) from error

    def _take_effect(self, log: Writer, row: Row) -> None:
        """Let a request take effect, and tell the receivers of what it changes."""
        digests = self._settle(log, row)
        row = again(log.db, row)
        if row.action == Action.OPT_OUT or kinds_of(row) - suppressed_kinds(log.db, digests):
            outbox.add(log.db, row.id, "received", self._receivers)
        elif row.status == Status.OPEN:
            how = "nothing to do: other requests stop the same"
            self._set_status(log, row, Status.FULFILLED, how=how)

    def _settle(self, log: Writer, row: Row) -> list[str]:
        """Bring states and suppression list of a subject into line with its requests.

        Requests that are now undone are revoked, and revoked ones that are not any more are open.
        ``row`` is one of the requests. Return the digests of the subject.
        """
        digests = self._digests(self._readable_subject(row))
        rows = requests_of(log.db, digests)
        for other, remaining, undone_by in remaining_kinds(effective(rows)):
            if not remaining and other.status in ACTIVE:
                how = f"undone by {', '.join(undone_by)}"
                self._set_status(log, other, Status.REVOKED, how=how)
            elif remaining and other.status == Status.REVOKED:
                self._set_status(log, other, Status.OPEN, how="what had undone it was denied")
        settle(log.db, self._keyring, digests, rows)
        return digests

    def _readable_subject(self, row: Row) -> Subject:
        subject = self._subject(row)
        if subject is None:
            raise LedgerError(
                f"{row.reference} cannot be changed: "
                "the key of its address is not in PRIVACY_BOT_DATA_KEYS."
            )
        return subject

    def _decide(
        self,
        log: Writer,
        reference: str,
        status: Status,
        allowed: frozenset[Status],
        how: str = "",
        reason: str = "",
        by: str = "",
    ) -> tuple[Row, bool]:
        """Change the state of a request; return it as it was before, and whether it changed."""
        row, _ = self._row_and_receipt(log.db, reference)
        if row.status == status:
            return row, False
        if row.status not in allowed:
            raise LedgerError(f"{row.reference} is {row.status}: it cannot become {status}.")
        self._set_status(log, row, status, how, reason, by=by)
        return row, True

    def _set_status(
        self,
        log: Writer,
        row: Row,
        status: Status,
        how: str = "",
        reason: str = "",
        at: datetime | None = None,
        by: str = "",
    ) -> None:
        """Change the state of a record, and add a line about it."""
        at = at or datetime.now(UTC)
        state = {"status": str(status), "how": how, "reason": reason}
        this = requests.c.id == row.id
        log.db.execute(requests.update().where(this).values(**state, status_at=at))
        log.append(row.id, str(status), state | ({"by": by} if by else {}), at=at)


def again(db: Connection, row: Row) -> Row:
    """Return a request as it is now."""
    return db.execute(by_id(row.id)).one()


def _state_before(db: Connection, row: Row) -> str | None:
    """Return the state that a request had before its present one, by the audit log."""
    states = (history.c.optout == row.id, history.c.event.in_([str(status) for status in Status]))
    lines = sa.select(history.c.event).where(*states).order_by(history.c.seq.desc()).limit(2)
    events = list(db.execute(lines).scalars())
    return events[1] if len(events) == 2 else None
