"""Records: what can be read from the ledger. All methods read; ``bot.optouts.ledger`` writes."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from bot.database import aware
from bot.keys import Keyring, UnreadableSecret
from bot.optouts import receipts as receipt_book
from bot.optouts.model import (
    UNFINISHED,
    Action,
    Channel,
    LedgerError,
    OptOutKind,
    Receipt,
    Record,
    Status,
    Subject,
    UnknownReference,
)
from bot.optouts.suppressions import (
    effective,
    kinds_of,
    remaining_kinds,
    requests_of,
    suppressed_kinds,
)
from bot.optouts.tables import history, requests, suppressions
from bot.references import EXAMPLE, parse_reference

_PAGE = 1_000  # rows per query


class Records:
    """Read access to the records, the receipts and the suppression list."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._keyring = keyring

    # --- for the office ---

    def find(self, reference: str) -> Record:
        """Return the record of a request by the reference of any of its receipts.

        Raises UnknownReference.
        """
        with self._engine.connect() as db:
            row, _ = self._row_and_receipt(db, reference)
            return self._record_of(row)

    def get(self, identifier: str) -> Record:
        """Return a record by its id; raises UnknownReference."""
        with self._engine.connect() as db:
            row = db.execute(by_id(identifier)).first()
        if row is None:
            raise UnknownReference("There is no such request.")
        return self._record_of(row)

    def of(self, subject: Subject) -> list[Record]:
        """Return all records of a subject, the latest first."""
        wanted = sa.select(requests).where(requests.c.digest.in_(self._digests(subject)))
        with self._engine.connect() as db:
            return [
                self._record_of(row)
                for row in db.execute(wanted.order_by(requests.c.received_at.desc()))
            ]

    def records(
        self, statuses: Sequence[Status] = (), limit: int | None = None
    ) -> Iterator[Record]:
        """Yield the records, the latest first; with ``statuses`` only those in one of them."""
        wanted = (
            sa.select(requests).order_by(requests.c.received_at.desc(), requests.c.id).limit(limit)
        )
        if statuses:
            wanted = wanted.where(requests.c.status.in_([str(status) for status in statuses]))
        with self._engine.connect().execution_options(stream_results=True, yield_per=_PAGE) as db:
            for row in db.execute(wanted):
                yield self._record_of(row)

    def due(self, by: date) -> list[Record]:
        """Return the unfinished requests that are due on a day or before it, the earliest first."""
        unfinished = requests.c.status.in_([str(status) for status in UNFINISHED])
        wanted = (
            sa.select(requests)
            .where(unfinished, requests.c.due <= by)
            .order_by(requests.c.due, requests.c.received_at)
        )
        with self._engine.connect() as db:
            return [self._record_of(row) for row in db.execute(wanted)]

    def receipts(self, identifier: str) -> list[Receipt]:
        """Return the receipts of a record, the earliest first."""
        with self._engine.connect() as db:
            row = db.execute(by_id(identifier)).one()
            return [
                self._shown(db, row, receipt)
                for receipt in receipt_book.receipts_of(db, identifier)
            ]

    def is_held_by(self, holder: str, reference: str) -> bool:
        """Return whether a reference is that of a receipt of this holder, not taken back.

        Raises UnknownReference.
        """
        with self._engine.connect() as db:
            _, receipt = self._row_and_receipt(db, reference)
        mine = receipt.holder is not None and receipt.holder == receipt_book.holder_hash(holder)
        return mine and receipt.withdrawn_at is None

    def history(self, identifier: str) -> list[dict[str, Any]]:
        """Return the lines about a record in the audit log, in order.

        Each line has ``seq``, ``at``, ``event`` and ``content``.
        """
        wanted = sa.select(history).where(history.c.optout == identifier).order_by(history.c.seq)
        with self._engine.connect() as db:
            rows = db.execute(wanted).all()
        return [
            {
                "seq": row.seq,
                "at": aware(row.at),
                "event": row.event,
                "content": json.loads(row.content) if row.content else None,
            }
            for row in rows
        ]

    # --- for shoppers ---

    def receipt(self, reference: str) -> Receipt:
        """Return a receipt by its reference, in any spelling; raises UnknownReference.

        It tells nothing of other askers: no door towards shoppers may show more.
        """
        with self._engine.connect() as db:
            return self._shown(db, *self._row_and_receipt(db, reference))

    # --- suppression list ---

    def suppressed(self, *kinds: OptOutKind) -> Iterator[tuple[Subject, OptOutKind, datetime]]:
        """Yield the suppression list: subject, kind, and the time since which it is suppressed.

        Without ``kinds`` it is the whole list. The entries of a subject come one after the other.
        The list is read in constant memory. Raises LedgerError at the first entry that cannot be
        decrypted.
        """
        listed = sa.select(suppressions).where(suppressions.c.lifted_by.is_(None))
        wanted = listed.order_by(suppressions.c.digest, suppressions.c.kind)
        if kinds:
            wanted = wanted.where(suppressions.c.kind.in_([str(kind) for kind in kinds]))
        with self._engine.connect().execution_options(stream_results=True, yield_per=_PAGE) as db:
            for row in db.execute(wanted):
                subject = self._subject(row)
                # With an incomplete list, the store would mail some shoppers who opted out.
                if subject is None:
                    raise LedgerError(
                        "The list cannot be read: a key is missing from PRIVACY_BOT_DATA_KEYS."
                    )
                yield subject, OptOutKind(row.kind), aware(row.since)

    def is_suppressed(self, subject: Subject, kind: OptOutKind) -> bool:
        """Return whether a subject is in the suppression list for a kind."""
        with self._engine.connect() as db:
            return kind in suppressed_kinds(db, self._digests(subject))

    def changed_kinds(self, record: Record, denied: bool = False) -> frozenset[OptOutKind]:
        """Return the kinds that a request, or its denial, changes as things are now.

        An opt-out changes what is still suppressed; an opt-in, what is not suppressed any more.
        """
        with self._engine.connect() as db:
            row = db.execute(by_id(record.id)).one()
            suppressed = suppressed_kinds(db, self._digests_of(row))
        stops = (record.action is Action.OPT_OUT) is not denied
        return record.kinds & suppressed if stops else record.kinds - suppressed

    # --- private ---

    def _digests(self, subject: Subject) -> list[str]:
        return self._keyring.digests(digest_input(subject))

    def _digests_of(self, row: Row) -> list[str]:
        return digests_of(self._keyring, row) or [row.digest]

    def _row_and_receipt(self, db: Connection, reference: str) -> tuple[Row, Row]:
        receipt = receipt_book.find(db, parse_reference(reference))
        row = db.execute(by_id(receipt.optout)).first() if receipt is not None else None
        if row is None or receipt is None:
            raise UnknownReference(
                f"There is no request {reference.strip()[:20]!r}. A reference looks like {EXAMPLE}."
            )
        return row, receipt

    def _shown(self, db: Connection, row: Row, receipt: Row, new: bool = False) -> Receipt:
        try:
            return receipt_book.shown(db, row, receipt, self._remaining(db, row), new)
        except ValueError:
            raise _damaged(row) from None

    def _remaining(self, db: Connection, row: Row) -> frozenset[OptOutKind]:
        """Return the kinds of a request that no other has undone."""
        rows = effective(requests_of(db, self._digests_of(row)))
        return next(
            (kinds for other, kinds, _ in remaining_kinds(rows) if other.id == row.id), frozenset()
        )

    def _subject(self, row: Row) -> Subject | None:
        try:
            return Subject(row.subject_type, self._keyring.decrypt(row.secret))
        except UnreadableSecret:
            return None

    def _record_of(self, row: Row) -> Record:
        try:
            return Record(
                id=row.id,
                reference=row.reference,
                action=Action(row.action),
                kinds=kinds_of(row),
                channel=Channel(row.channel),
                subject=self._subject(row),
                received_at=aware(row.received_at),
                due=row.due,
                policy_version=row.policy_version,
                wording=row.wording,
                status=Status(row.status),
                status_at=aware(row.status_at),
                how=row.how,
                reason=row.reason,
            )
        except ValueError:
            raise _damaged(row) from None


def by_id(identifier: str) -> Any:
    """Return the query of a request by its id."""
    return sa.select(requests).where(requests.c.id == identifier)


def digest_input(subject: Subject) -> str:
    """Return the text from which the digest of a subject is made."""
    return f"{subject.type}:{subject.value}"


def digests_of(keyring: Keyring, row: Row) -> list[str]:
    """Return the digests of the subject of a row; none if the subject cannot be decrypted."""
    try:
        return keyring.digests(digest_input(Subject(row.subject_type, keyring.decrypt(row.secret))))
    except UnreadableSecret:
        return []


def facts_of(
    values: Mapping[str, Any], subject: Subject, holder: str | None = None
) -> dict[str, str]:
    """Return the facts of a new record for the audit log: all values that must not change later.

    ``holder`` is that of its first receipt.
    """
    names = ("reference", "action", "kinds", "channel", "policy_version", "wording")
    facts = {
        **{name: str(values[name]) for name in names},
        "received_at": aware(values["received_at"]).astimezone(UTC).isoformat(),
        "due": values["due"].isoformat(),
        "subject": _commitment(values["nonce"], subject),
    }
    optional = {"undoes": values["undoes"], "holder": holder}  # older records have neither
    return facts | {name: value for name, value in optional.items() if value}


def _commitment(nonce: str, subject: Subject) -> str:
    """Return a commitment to the subject: a hash that binds a record to it in the audit log.

    Without the nonce of the record, the hash reveals nothing about the subject.
    """
    return hashlib.sha256(f"{nonce}:{digest_input(subject)}".encode()).hexdigest()


def _damaged(row: Row) -> LedgerError:
    return LedgerError(f"The record {row.reference} is damaged: see privacy-bot optouts verify.")
