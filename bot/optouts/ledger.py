"""Ledger: the records of all opt-out requests, their states, and the suppression list."""

import hashlib
import json
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from bot.database import aware
from bot.keys import Keyring, UnreadableSecret
from bot.optouts import audit_log, outbox
from bot.optouts.deadlines import first_due_date
from bot.optouts.model import (
    ACTIVE,
    UNFINISHED,
    Action,
    Channel,
    LedgerError,
    NotRecorded,
    OptOutKind,
    Record,
    Recorded,
    Request,
    Status,
    Subject,
    UnknownReference,
    in_order,
)
from bot.optouts.suppressions import (
    kinds_of,
    lift,
    remaining_kinds,
    requests_of,
    suppress,
    suppressed_kinds,
    undo_lift,
    undo_suppress,
)
from bot.optouts.tables import history, requests, suppressions
from bot.references import new_reference, parse_reference

_PAGE = 1_000  # rows per query
_MAX_REASON_LENGTH = 1_000


class Ledger:
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
    ) -> None:
        """Read with ``engine`` and write with ``durable`` (see ``bot.database.connect``).

        ``receivers`` are the names of the systems that get a message about every request.
        """
        self._engine = engine
        self._durable = durable
        self._keyring = keyring
        self._policy_version = policy_version
        self._receivers = tuple(receivers)
        self._write_lock = threading.Lock()

    # --- requests ---

    def record(self, request: Request) -> Recorded:
        """Record a request, and add its messages to the outbox.

        If the same request was recorded before, return the record of the first one. Raises
        NotRecorded if the database could not be written. Then nothing was recorded, and the
        shopper must not be promised anything.
        """
        with self._writing() as db:
            end = audit_log.lock(db)
            digests = self._digests(request.subject)
            same = self._same_request(db, request, digests)
            if same is not None:
                return Recorded(self._record_of(same), new=False)
            values = self._new_row(db, request)
            db.execute(requests.insert().values(**values))
            facts = facts_of(values, request.subject)
            end = audit_log.append(
                db, self._keyring, end, values["id"], "received", facts, at=values["received_at"]
            )
            rows = self._update_revocations(db, end, digests)
            if request.action is Action.OPT_IN:
                lift(db, self._keyring, digests, rows, request.kinds, by=values["id"])
            suppress(db, self._keyring, digests, rows)
            outbox.add(db, values["id"], "received", self._receivers)
            return Recorded(self._record_of(db.execute(_by_id(values["id"])).one()), new=True)

    def find(self, reference: str) -> Record:
        """Return the record of a reference, in any spelling; raises UnknownReference."""
        with self._engine.connect() as db:
            return self._record_of(self._row(db, reference))

    def get(self, identifier: str) -> Record:
        """Return a record by its id; raises UnknownReference."""
        with self._engine.connect() as db:
            row = db.execute(_by_id(identifier)).first()
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

    def remaining_kinds(self, record: Record) -> frozenset[OptOutKind]:
        """Return the kinds of a request that later requests have not undone."""
        if record.subject is None:
            return record.kinds
        with self._engine.connect() as db:
            rows = requests_of(db, self._digests(record.subject))
        return next(
            (kinds for row, kinds, _ in remaining_kinds(rows) if row.id == record.id), frozenset()
        )

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

    # --- decisions ---

    def delivered(self, identifier: str, how: str) -> None:
        """Note that a receiver has taken a request: an open request is then in progress."""
        with self._writing() as db:
            end = audit_log.lock(db)
            row = db.execute(_by_id(identifier)).first()
            if row is not None and row.status == Status.OPEN:
                self._set_status(db, end, row, Status.IN_PROGRESS, how=how)

    def fulfil(self, reference: str, how: str) -> Record:
        """Note that a request is in force; ``how`` is the evidence.

        Raises UnknownReference, and LedgerError if the request was denied or revoked.
        """
        return self._decide(reference, Status.FULFILLED, how=how)

    def deny(self, reference: str, reason: str) -> Record:
        """Deny a request for a documented reason.

        The reason must be a good-faith belief that the request is fraudulent (11 CCR 7026(e)).
        Raises UnknownReference. Raises LedgerError without a reason, if the request was revoked,
        or if its subject cannot be decrypted.
        """
        if not reason.strip():
            raise LedgerError(
                "A denial needs its reason: "
                "the documented, good-faith belief that the request is fraudulent."
            )
        return self._decide(reference, Status.DENIED, reason=reason.strip()[:_MAX_REASON_LENGTH])

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

    # --- private ---

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            # One after the other within this process: SQLite gives its lock to a random waiter, so
            # that one of many may wait too long.
            with self._write_lock, self._durable.begin() as db:
                yield db
        except SQLAlchemyError as error:
            raise NotRecorded(
                "The ledger's database cannot be written to just now. Nothing was recorded."
            ) from error

    def _digests(self, subject: Subject) -> list[str]:
        return self._keyring.digests(digest_input(subject))

    def _new_row(self, db: Connection, request: Request) -> dict[str, Any]:
        now = datetime.now(UTC)
        reference = new_reference()
        while db.execute(sa.select(requests.c.id).where(requests.c.reference == reference)).first():
            reference = new_reference()
        return {
            "id": secrets.token_hex(16),
            "reference": reference,
            "action": str(request.action),
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

    def _same_request(self, db: Connection, request: Request, digests: list[str]) -> Row | None:
        """Return the latest active request that asks for the same; None if there is none.

        It is a request of the same subject, for at least the same kinds, that was not undone.
        """
        suppressed = suppressed_kinds(db, digests) & request.kinds
        if suppressed != (request.kinds if request.action is Action.OPT_OUT else frozenset()):
            return None
        active = requests.c.status.in_([str(status) for status in ACTIVE])
        wanted = sa.select(requests).where(
            requests.c.digest.in_(digests), requests.c.action == str(request.action), active
        )
        for row in db.execute(wanted.order_by(requests.c.received_at.desc())):
            if request.kinds <= kinds_of(row):
                return row
        return None

    def _update_revocations(
        self, db: Connection, end: tuple[int, str], digests: list[str]
    ) -> list[Row]:
        """Revoke requests that are now undone, and reopen revoked ones that are not any more.

        Return all requests of the subject that were not denied.
        """
        rows = requests_of(db, digests)
        for row, remaining, by in remaining_kinds(rows):
            if not remaining and row.status in ACTIVE:
                end = self._set_status(db, end, row, Status.REVOKED, how=f"undone by {by}")
            elif remaining and row.status == Status.REVOKED:
                end = self._set_status(
                    db, end, row, Status.OPEN, how="what had undone it was denied"
                )
        return rows

    def _decide(self, reference: str, status: Status, how: str = "", reason: str = "") -> Record:
        with self._writing() as db:
            end = audit_log.lock(db)
            row = self._row(db, reference)
            if row.status == status:
                return self._record_of(row)
            if Status(row.status) not in (UNFINISHED if status is Status.FULFILLED else ACTIVE):
                raise LedgerError(
                    f"{row.reference} is {row.status} already: it cannot become {status}."
                )
            end = self._set_status(db, end, row, status, how, reason)
            if status is Status.DENIED:
                subject = self._subject(row)
                if subject is None:
                    raise LedgerError(
                        f"{row.reference} cannot be denied: "
                        "the key of its address is not in PRIVACY_BOT_DATA_KEYS."
                    )
                digests = self._digests(subject)
                rows = self._update_revocations(db, end, digests)
                if row.action == Action.OPT_IN:
                    undo_lift(db, self._keyring, digests, rows, row.id)
                else:
                    undo_suppress(db, digests, rows, row)
                suppress(db, self._keyring, digests, rows)
            outbox.add(db, row.id, str(status), self._receivers if status is Status.DENIED else ())
            return self._record_of(db.execute(_by_id(row.id)).one())

    def _set_status(
        self,
        db: Connection,
        end: tuple[int, str],
        row: Row,
        status: Status,
        how: str = "",
        reason: str = "",
    ) -> tuple[int, str]:
        """Change the state of a record, and add a line about it; return the new end of the log."""
        now, state = datetime.now(UTC), {"status": str(status), "how": how, "reason": reason}
        db.execute(requests.update().where(requests.c.id == row.id).values(**state, status_at=now))
        return audit_log.append(db, self._keyring, end, row.id, str(status), state, at=now)

    def _row(self, db: Connection, reference: str) -> Row:
        stored_form = parse_reference(reference)
        row = (
            db.execute(sa.select(requests).where(requests.c.reference == stored_form)).first()
            if stored_form
            else None
        )
        if row is None:
            raise UnknownReference(
                f"There is no request {reference.strip()[:20]!r}. A reference looks like K7M-4QXT."
            )
        return row

    def _subject(self, row: Row) -> Subject | None:
        try:
            return Subject(row.subject_type, self._keyring.decrypt(row.secret))
        except UnreadableSecret:
            return None

    def _record_of(self, row: Row) -> Record:
        try:
            return self._parse(row)
        except ValueError:
            raise LedgerError(
                f"The record {row.reference} is damaged: see privacy-bot optouts verify."
            ) from None

    def _parse(self, row: Row) -> Record:
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


def _by_id(identifier: str) -> Any:
    return sa.select(requests).where(requests.c.id == identifier)


def digest_input(subject: Subject) -> str:
    """Return the text from which the digest of a subject is made."""
    return f"{subject.type}:{subject.value}"


def _commitment(nonce: str, subject: Subject) -> str:
    """Return a commitment to the subject: a hash that binds a record to it in the audit log.

    Without the nonce of the record, the hash reveals nothing about the subject.
    """
    return hashlib.sha256(f"{nonce}:{digest_input(subject)}".encode()).hexdigest()


def facts_of(values: Mapping[str, Any], subject: Subject) -> dict[str, str]:
    """Return the facts of a new record for the audit log: all values that must not change later."""
    names = ("reference", "action", "kinds", "channel", "policy_version", "wording")
    return {
        **{name: str(values[name]) for name in names},
        "received_at": aware(values["received_at"]).isoformat(),
        "due": values["due"].isoformat(),
        "subject": _commitment(values["nonce"], subject),
    }
