"""Ledger: records all opt-out requests, and takes back what its holder asks to take back."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection, Row

from bot.audit_log import Writer
from bot.database import aware
from bot.optouts import outbox, receipts, unanswered
from bot.optouts.deadlines import first_due_date
from bot.optouts.decisions import Decisions, again
from bot.optouts.model import (
    Action,
    Channel,
    LedgerError,
    OptOutKind,
    Receipt,
    Request,
    Status,
    UnknownReference,
    in_order,
)
from bot.optouts.records import by_id, digest_input, facts_of
from bot.optouts.repetition import find_same, needs_confirmation
from bot.optouts.suppressions import (
    kinds_of,
    requests_of,
)
from bot.optouts.tables import requests

SHOPPER_MAIL = "shopper_mail"  # receiver that asks shoppers to confirm an opt-in
_MAIL_AGAIN = timedelta(days=1)  # between two such mails to one address
_TICK = timedelta(microseconds=1)


class Ledger(Decisions):
    """Ledger of opt-out requests: it records them, takes them back, and decides about them."""

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
            if request.channel in (Channel.CHAT, Channel.AGENT) and new:
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
            return self._shown(log.db, again(log.db, row), receipt, new)

    # --- private ---

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
        return again(log.db, row)

    def _ask_owner(self, db: Connection, row: Row, digests: Sequence[str]) -> None:
        """Ask the owner of the address by mail to confirm an opt-in, unless asked lately."""
        if self._confirms_by_mail and not outbox.added_since(
            db, SHOPPER_MAIL, digests, datetime.now(UTC) - _MAIL_AGAIN
        ):
            outbox.add(db, row.id, str(Status.UNCONFIRMED), (SHOPPER_MAIL,))

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
