"""Ledger: writes all opt-out requests, their states, and the suppression list that they lead to."""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from bot.audit_log import Writer
from bot.database import aware
from bot.keys import Keyring
from bot.optouts import outbox, receipts, unanswered
from bot.optouts.audit_log import AUDIT_LOG
from bot.optouts.deadlines import first_due_date
from bot.optouts.model import (
    ACTIVE,
    UNFINISHED,
    Action,
    Channel,
    LedgerError,
    NotRecorded,
    OptOutKind,
    Receipt,
    Record,
    Request,
    Status,
    Subject,
    UnknownReference,
    in_order,
)
from bot.optouts.records import Records, by_id, digest_input, facts_of
from bot.optouts.repetition import find_same, needs_confirmation
from bot.optouts.suppressions import (
    effective,
    kinds_of,
    remaining_kinds,
    requests_of,
    settle,
    suppressed_kinds,
)
from bot.optouts.tables import requests

SHOPPER_MAIL = "shopper_mail"  # receiver that asks shoppers to confirm an opt-in
_MAIL_AGAIN = timedelta(days=1)  # between two such mails to one address
_MAX_REASON_LENGTH = 1_000
_TICK = timedelta(microseconds=1)
_DENIABLE = ACTIVE | {Status.UNCONFIRMED}


class Ledger(Records):
    """Ledger of opt-out requests; every method is one transaction.

    Methods that write take the lock of the ledger, so that they run one after the other.
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

    # --- requests ---

    def record(self, request: Request) -> Receipt:
        """Record a request, and add its messages to the outbox.

        The same request twice is one; but another asker gets a receipt that looks like that of a
        new request. An opt-in has no effect until it is confirmed. Raises NotRecorded if nothing
        was recorded, so that the shopper must not be promised anything. Raises the database's own
        error if it broke at the end and nobody knows: the same request again has the answer.
        """
        with self._writing() as log:
            digests = self._digests(request.subject)
            rows = requests_of(log.db, digests)
            row, receipt = find_same(log.db, rows, request)
            new = receipt is None
            if row is None:
                row, receipt = self._add(log, request, rows)
                row = self._begin(log, row, needs_confirmation(request))
            elif receipt is None:
                receipt = receipts.add_later(log, row.id, request)
            if row.status == Status.UNCONFIRMED and request.subject.type == "email":
                self._ask_owner(log.db, row, digests)
            if request.channel is Channel.CHAT and new:
                unanswered.note(log.db, request.holder, receipt.reference)
            return self._shown(log.db, row, receipt, new)

    def take_back(
        self, reference: str, holder: str, kinds: frozenset[OptOutKind] | None = None
    ) -> Receipt:
        """Take back what a holder recorded, all of it or some kinds; return the receipt then.

        What others asked for stays. An opt-in that waits for its confirmation is taken back whole.
        Raises UnknownReference if the reference is not this holder's, LedgerError for an opt-in
        that was confirmed, and what ``record`` raises.
        """
        with self._writing() as log:
            row, receipt = self._row_and_receipt(log.db, reference)
            if receipt.holder is None or receipt.holder != receipts.holder_hash(holder):
                raise UnknownReference("There is no such request of yours.")
            asked = kinds_of(receipt)
            taken = asked & kinds if kinds and row.action == Action.OPT_OUT else asked
            new = receipt.withdrawn_at is None and bool(taken)
            if new:
                receipt = self._withdraw(log, row, receipt, taken)
                unanswered.note(log.db, holder, receipt.reference)
            return self._shown(log.db, _again(log.db, row), receipt, new)

    def confirm(self, reference_or_id: str, how: str) -> Record:
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
                self._set_status(log, row, Status.OPEN, how=f"confirmed: {how}")
                self._take_effect(log, row)
            elif row.status not in ACTIVE:
                raise LedgerError(f"{row.reference} is {row.status}: it cannot be confirmed.")
            return self._record_of(_again(log.db, row))

    # --- decisions ---

    def delivered(self, identifier: str, how: str) -> None:
        """Note that a receiver has taken a request: an open request is then in progress."""
        with self._writing() as log:
            row = log.db.execute(by_id(identifier)).first()
            if row is not None and row.status == Status.OPEN:
                self._set_status(log, row, Status.IN_PROGRESS, how=how)

    def fulfil(self, reference: str, how: str) -> Record:
        """Note that a request is in force; ``how`` is the evidence.

        Raises UnknownReference, and LedgerError if the request was denied, revoked or not
        confirmed.
        """
        with self._writing() as log:
            row, _ = self._decide(log, reference, Status.FULFILLED, UNFINISHED, how=how)
            return self._record_of(_again(log.db, row))

    def deny(self, reference: str, reason: str) -> Record:
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
            row, changed = self._decide(log, reference, Status.DENIED, _DENIABLE, reason=reason)
            if changed:
                self._settle(log, row)
                told = row.status != Status.UNCONFIRMED  # of such a request nobody has heard
                outbox.add(log.db, row.id, str(Status.DENIED), self._receivers if told else ())
            return self._record_of(_again(log.db, row))

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

    def _add(
        self, log: Writer, request: Request, rows: Sequence[Row], undoes: str | None = None
    ) -> tuple[Row, Row]:
        """Add a request after those of its subject, ``rows``; return it, and its first receipt."""
        values = self._new_row(log.db, request, rows, undoes)
        log.db.execute(requests.insert().values(**values))
        holder = receipts.holder_hash(request.holder)
        facts = facts_of(values, request.subject, holder)
        log.append(values["id"], "received", facts, at=values["received_at"])
        row = log.db.execute(by_id(values["id"])).one()
        return row, receipts.add_first(log.db, row, holder)

    def _new_row(
        self, db: Connection, request: Request, rows: Sequence[Row], undoes: str | None
    ) -> dict[str, Any]:
        now = datetime.now(UTC)
        if rows:  # the order decides what holds, also if the clocks of two servers differ
            now = max(now, aware(rows[-1].received_at) + _TICK)
        return {
            "id": secrets.token_hex(16),
            "reference": receipts.unused_reference(db),
            "action": str(request.action),
            "undoes": undoes,
            "kinds": ",".join(in_order(request.kinds)),
            "channel": str(request.channel),
            "subject_type": request.subject.type,
            "digest": self._keyring.digest(digest_input(request.subject)),
            "secret": self._keyring.encrypt(request.subject.value),
            "nonce": secrets.token_hex(16),
            "received_at": now,
            "due": first_due_date(now, request.kinds),
            "policy_version": self._policy_version,
            "wording": request.wording,
            "status": str(Status.OPEN),
            "status_at": now,
            "how": "",
            "reason": "",
        }

    def _begin(self, log: Writer, row: Row, unconfirmed: bool) -> Row:
        """Let a new request wait for its confirmation, or take effect; return it as it is then."""
        if unconfirmed:
            self._set_status(log, row, Status.UNCONFIRMED, at=aware(row.received_at))
        else:
            self._take_effect(log, row)
        return _again(log.db, row)

    def _ask_owner(self, db: Connection, row: Row, digests: Sequence[str]) -> None:
        """Ask the owner of the address by mail to confirm an opt-in, unless asked lately."""
        if self._confirms_by_mail and not outbox.added_since(
            db, SHOPPER_MAIL, digests, datetime.now(UTC) - _MAIL_AGAIN
        ):
            outbox.add(db, row.id, str(Status.UNCONFIRMED), (SHOPPER_MAIL,))

    def _take_effect(self, log: Writer, row: Row) -> None:
        """Let a request take effect, and tell the receivers of what it changes."""
        digests = self._settle(log, row)
        row = _again(log.db, row)
        if row.action == Action.OPT_OUT or kinds_of(row) - suppressed_kinds(log.db, digests):
            outbox.add(log.db, row.id, "received", self._receivers)
        elif row.status == Status.OPEN:
            how = "nothing to do: other requests stop the same"
            self._set_status(log, row, Status.FULFILLED, how=how)

    def _withdraw(self, log: Writer, row: Row, receipt: Row, taken: frozenset[OptOutKind]) -> Row:
        """Take kinds of a receipt back, and undo those that no other receipt asks for."""
        opt_out = row.action == Action.OPT_OUT
        if not opt_out and row.status != Status.UNCONFIRMED:
            raise LedgerError(f"{row.reference} was confirmed: opt out again instead.")
        receipt = receipts.withdraw(log, receipt, taken)
        held = receipts.kinds_held(receipts.live_receipts(log.db, row.id))
        freed = (self._remaining(log.db, row) & taken) - held
        if opt_out and freed:
            subject = self._readable_subject(row)
            wording, channel = f"Takes back {receipt.reference}.", Channel(receipt.channel)
            undoing = Request(Action.OPT_IN, freed, subject, channel, wording)
            rows = requests_of(log.db, self._digests(subject))
            self._take_effect(log, self._add(log, undoing, rows, undoes=row.id)[0])
        return receipt

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
    ) -> tuple[Row, bool]:
        """Change the state of a request; return it as it was before, and whether it changed."""
        row, _ = self._row_and_receipt(log.db, reference)
        if row.status == status:
            return row, False
        if row.status not in allowed:
            raise LedgerError(f"{row.reference} is {row.status}: it cannot become {status}.")
        self._set_status(log, row, status, how, reason)
        return row, True

    def _set_status(
        self,
        log: Writer,
        row: Row,
        status: Status,
        how: str = "",
        reason: str = "",
        at: datetime | None = None,
    ) -> None:
        """Change the state of a record, and add a line about it."""
        at = at or datetime.now(UTC)
        state = {"status": str(status), "how": how, "reason": reason}
        this = requests.c.id == row.id
        log.db.execute(requests.update().where(this).values(**state, status_at=at))
        log.append(row.id, str(status), state, at=at)


def _again(db: Connection, row: Row) -> Row:
    """Return a request as it is now."""
    return db.execute(by_id(row.id)).one()
