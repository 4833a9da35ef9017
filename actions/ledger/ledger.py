"""The ledger: records requests once, tells their status, and keeps the list of who is out of what."""

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

from actions.ledger import chain, outbox
from actions.ledger.deadlines import first_due_date
from actions.ledger.model import (
    STANDING,
    UNFINISHED,
    Action,
    Channel,
    Kind,
    LedgerError,
    NotRecorded,
    Record,
    Recorded,
    Request,
    Status,
    Subject,
    UnknownReference,
    in_order,
)
from actions.ledger.references import new_reference, parse_reference
from actions.ledger.standing import drop, hold, is_out, kinds_of, left_of, lift, put_back, requests_of
from actions.ledger.tables import history, requests, suppressions
from bot.database import aware
from bot.keys import Keyring, UnreadableSecret

_PAGE = 1_000  # rows read at a time
_REASON = 1_000


class Ledger:
    """Every method is one transaction; those that write hold the ledger's lock, so that they follow each other."""

    def __init__(
        self, engine: Engine, durable: Engine, keyring: Keyring, policy_version: str, receivers: Sequence[str] = ()
    ) -> None:
        """Reads by ``engine``, writes by a durable one (``bot.database.connect``); ``receivers`` are told of every request."""
        self._engine = engine
        self._durable = durable
        self._keyring = keyring
        self._policy_version = policy_version
        self._receivers = tuple(receivers)
        self._turn = threading.Lock()

    # --- requests ---------------------------------------------------------------------------------------------------------

    def record(self, request: Request) -> Recorded:
        """Record a request, with its messages to the receivers; the same request again is the first one's record.

        Raises NotRecorded if the database could not take it: then nothing was recorded, and nothing may be promised.
        """
        with self._writing() as db:
            end = chain.lock(db)
            marks = self._marks(request.subject)
            same = self._same_request(db, request, marks)
            if same is not None:
                return Recorded(self._record(same), new=False)
            values = self._new_row(db, request)
            db.execute(requests.insert().values(**values))
            facts = facts_of(values, request.subject)
            end = chain.append(db, self._keyring, end, values["id"], "received", facts, at=values["received_at"])
            rows = self._settle(db, end, marks)
            if request.action is Action.OPT_IN:
                lift(db, self._keyring, marks, rows, request.kinds, by=values["id"])
            hold(db, self._keyring, marks, rows)
            outbox.add(db, values["id"], "received", self._receivers)
            return Recorded(self._record(db.execute(_by_id(values["id"])).one()), new=True)

    def find(self, reference: str) -> Record:
        """Return the record of a reference, however it is written; raises UnknownReference."""
        with self._engine.connect() as db:
            return self._record(self._row(db, reference))

    def get(self, identifier: str) -> Record:
        """Return a record by its id; raises UnknownReference."""
        with self._engine.connect() as db:
            row = db.execute(_by_id(identifier)).first()
        if row is None:
            raise UnknownReference("There is no such request.")
        return self._record(row)

    def of(self, subject: Subject) -> list[Record]:
        """Return every request of somebody, the latest first."""
        wanted = sa.select(requests).where(requests.c.digest.in_(self._marks(subject)))
        with self._engine.connect() as db:
            return [self._record(row) for row in db.execute(wanted.order_by(requests.c.received_at.desc()))]

    def records(self, statuses: Sequence[Status] = (), limit: int | None = None) -> Iterator[Record]:
        """Yield the records, the latest first, with any of the statuses if some are given."""
        wanted = sa.select(requests).order_by(requests.c.received_at.desc(), requests.c.id).limit(limit)
        if statuses:
            wanted = wanted.where(requests.c.status.in_([str(status) for status in statuses]))
        with self._engine.connect().execution_options(stream_results=True, yield_per=_PAGE) as db:
            for row in db.execute(wanted):
                yield self._record(row)

    def standing(self, record: Record) -> frozenset[Kind]:
        """Return what of a request was not undone since."""
        if record.subject is None:
            return record.kinds
        with self._engine.connect() as db:
            rows = requests_of(db, self._marks(record.subject))
        return next((left for row, left, _ in left_of(rows) if row.id == record.id), frozenset())

    def history(self, identifier: str) -> list[dict[str, Any]]:
        """Return the lines of the history of a record, in order: ``seq``, ``at``, ``event`` and what it says."""
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

    # --- what becomes of them ---------------------------------------------------------------------------------------------

    def delivered(self, identifier: str, how: str) -> None:
        """Note that a receiver has taken a request: it is in progress."""
        with self._writing() as db:
            end = chain.lock(db)
            row = db.execute(_by_id(identifier)).first()
            if row is not None and row.status == Status.OPEN:
                self._set_status(db, end, row, Status.IN_PROGRESS, how=how)

    def fulfil(self, reference: str, how: str) -> Record:
        """Note that a request is in force, and how that is known; raises UnknownReference, LedgerError if it was denied."""
        return self._decide(reference, Status.FULFILLED, how=how)

    def deny(self, reference: str, reason: str) -> Record:
        """Deny a request for a documented reason, which must be a good-faith belief of fraud (11 CCR 7026(e))."""
        if not reason.strip():
            raise LedgerError("A denial needs its reason: the documented, good-faith belief that the request is fraudulent.")
        return self._decide(reference, Status.DENIED, reason=reason.strip()[:_REASON])

    def due(self, by: date) -> list[Record]:
        """Return the unfinished requests that are due on a day or before, the most urgent first."""
        unfinished = requests.c.status.in_([str(status) for status in UNFINISHED])
        wanted = sa.select(requests).where(unfinished, requests.c.due <= by).order_by(requests.c.due, requests.c.received_at)
        with self._engine.connect() as db:
            return [self._record(row) for row in db.execute(wanted)]

    # --- the list of who is out -------------------------------------------------------------------------------------------

    def suppressed(self, *kinds: Kind) -> Iterator[tuple[Subject, Kind, datetime]]:
        """Yield who is out of what since when, of some kinds or all, in constant memory, all of one subject together.

        Raises LedgerError at the first that cannot be read.
        """
        listed = sa.select(suppressions).where(suppressions.c.lifted_by.is_(None))
        wanted = listed.order_by(suppressions.c.digest, suppressions.c.kind)
        if kinds:
            wanted = wanted.where(suppressions.c.kind.in_([str(kind) for kind in kinds]))
        with self._engine.connect().execution_options(stream_results=True, yield_per=_PAGE) as db:
            for row in db.execute(wanted):
                subject = self._subject(row)
                if subject is None:  # a list with gaps would have people mailed who are out
                    raise LedgerError("The list cannot be read: a key is missing from PRIVACY_BOT_DATA_KEYS.")
                yield subject, Kind(row.kind), aware(row.since)

    def is_suppressed(self, subject: Subject, kind: Kind) -> bool:
        """Return whether somebody is out of something."""
        with self._engine.connect() as db:
            return kind in is_out(db, self._marks(subject))

    # --- inside -----------------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            # One after the other within this process: SQLite wakes those who wait for its lock by chance, and one may starve.
            with self._turn, self._durable.begin() as db:
                yield db
        except SQLAlchemyError as error:
            raise NotRecorded("The ledger's database cannot be written to just now. Nothing was recorded.") from error

    def _marks(self, subject: Subject) -> list[str]:
        return self._keyring.marks(marked(subject))

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
            "digest": self._keyring.mark(marked(request.subject)),
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

    def _same_request(self, db: Connection, request: Request, marks: list[str]) -> Row | None:
        """Return the latest standing request of the same subject that asks for all of this, and has not been undone since."""
        out = is_out(db, marks) & request.kinds
        if out != (request.kinds if request.action is Action.OPT_OUT else frozenset()):
            return None
        standing = requests.c.status.in_([str(status) for status in STANDING])
        wanted = sa.select(requests).where(requests.c.digest.in_(marks), requests.c.action == str(request.action), standing)
        for row in db.execute(wanted.order_by(requests.c.received_at.desc())):
            if request.kinds <= kinds_of(row):
                return row
        return None

    def _settle(self, db: Connection, end: tuple[int, str], marks: list[str]) -> list[Row]:
        """Revoke what is undone now, revive what is not any more; return all requests that were not denied."""
        rows = requests_of(db, marks)
        for row, left, by in left_of(rows):
            if not left and row.status in STANDING:
                end = self._set_status(db, end, row, Status.REVOKED, how=f"undone by {by}")
            elif left and row.status == Status.REVOKED:
                end = self._set_status(db, end, row, Status.OPEN, how="what had undone it was denied")
        return rows

    def _decide(self, reference: str, status: Status, how: str = "", reason: str = "") -> Record:
        with self._writing() as db:
            end = chain.lock(db)
            row = self._row(db, reference)
            if row.status == status:
                return self._record(row)
            if Status(row.status) not in (UNFINISHED if status is Status.FULFILLED else STANDING):
                raise LedgerError(f"{row.reference} is {row.status} already: it cannot become {status}.")
            end = self._set_status(db, end, row, status, how, reason)
            if status is Status.DENIED:
                subject = self._subject(row)
                if subject is None:
                    raise LedgerError(
                        f"{row.reference} cannot be denied: the key of its address is not in PRIVACY_BOT_DATA_KEYS."
                    )
                marks = self._marks(subject)
                rows = self._settle(db, end, marks)
                if row.action == Action.OPT_IN:
                    put_back(db, self._keyring, marks, rows, row.id)
                else:
                    drop(db, marks, rows, row)
                hold(db, self._keyring, marks, rows)
            outbox.add(db, row.id, str(status), self._receivers if status is Status.DENIED else ())
            return self._record(db.execute(_by_id(row.id)).one())

    def _set_status(
        self, db: Connection, end: tuple[int, str], row: Row, status: Status, how: str = "", reason: str = ""
    ) -> tuple[int, str]:
        now, said = datetime.now(UTC), {"status": str(status), "how": how, "reason": reason}
        db.execute(requests.update().where(requests.c.id == row.id).values(**said, status_at=now))
        return chain.append(db, self._keyring, end, row.id, str(status), said, at=now)

    def _row(self, db: Connection, reference: str) -> Row:
        known = parse_reference(reference)
        row = db.execute(sa.select(requests).where(requests.c.reference == known)).first() if known else None
        if row is None:
            raise UnknownReference(f"There is no request {reference.strip()[:20]!r}. A reference looks like K7M-4QXT.")
        return row

    def _subject(self, row: Row) -> Subject | None:
        try:
            return Subject(row.subject_type, self._keyring.decrypt(row.secret))
        except UnreadableSecret:
            return None

    def _record(self, row: Row) -> Record:
        try:
            return self._read(row)
        except ValueError:
            raise LedgerError(f"The record {row.reference} is damaged: see privacy-bot optouts verify.") from None

    def _read(self, row: Row) -> Record:
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


def marked(subject: Subject) -> str:
    """Return what of a subject is marked, so that the mark finds it."""
    return f"{subject.type}:{subject.value}"


def _commitment(nonce: str, subject: Subject) -> str:
    """Return what binds a record to its subject in the history, and says nothing without the record's nonce."""
    return hashlib.sha256(f"{nonce}:{marked(subject)}".encode()).hexdigest()


def facts_of(values: Mapping[str, Any], subject: Subject) -> dict[str, str]:
    """Return what the history says of a new record: all that must not change afterwards."""
    fixed = ("reference", "action", "kinds", "channel", "policy_version", "wording")
    return {
        **{name: str(values[name]) for name in fixed},
        "received_at": aware(values["received_at"]).isoformat(),
        "due": values["due"].isoformat(),
        "subject": _commitment(values["nonce"], subject),
    }
