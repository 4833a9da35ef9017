"""Check of the data keys: no process starts without a key that stored data still needs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.accounts.activity import AUDIT_LOG as STAFF_LOG
from bot.database import metadata
from bot.handoff.tables import handoffs, mails
from bot.keys import Keyring, UnreadableSecret
from bot.optouts.audit_log import AUDIT_LOG
from bot.optouts.tables import notes, requests, suppressions
from bot.privacy.vault import vault
from bot.settings import SettingsError

key_checks = sa.Table(
    "key_checks",
    metadata,
    sa.Column("check_value", sa.String(64), primary_key=True),  # an HMAC under the key
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)
# What is encrypted, with the purpose of its key and the name that an operator knows it by.
_ENCRYPTED = (
    (requests.c.secret, "ledger", "opt-outs"),
    (suppressions.c.secret, "ledger", "the suppression list"),
    (notes.c.secret, "ledger", "notes of the office"),
    (handoffs.c.contact, "handoff", "messages that shoppers left"),
    (mails.c.secret, "handoff", "mails of agents that are not sent yet"),
    (vault.c.secret, "vault", "data that shoppers typed in the last minutes"),
)
_PAGE = 1_000


def check_keys(durable: Engine, keys: Sequence[str]) -> None:
    """Store the check values of the keys; raise SettingsError if a key in use is missing.

    A missing key that no stored data needs is forgotten. The data is read only if a key is missing,
    or if none was stored yet.
    """
    present = {Keyring([key], "check").digest("key") for key in keys}
    with durable.begin() as db:
        stored = {row.check_value: row.since for row in db.execute(sa.select(key_checks))}
        missing = stored.keys() - present
        if missing or not stored:
            for name in _unreadable(db, keys):
                since = min((f"{stored[value]:%Y-%m-%d}" for value in missing), default="before")
                raise SettingsError(
                    f"PRIVACY_BOT_DATA_KEYS: a key is missing, in use since {since}, and {name} "
                    "cannot be read without it. Put it back at the beginning of the list."
                )
            db.execute(key_checks.delete().where(key_checks.c.check_value.in_(missing)))
        for value in present - stored.keys():
            _store(db, value)


def _store(db: Connection, value: str) -> None:
    """Store a check value, unless a process that starts at the same time was faster."""
    insert = "INSERT INTO key_checks (check_value, since) VALUES (:value, :now) "
    now = sa.bindparam("now", datetime.now(UTC), sa.DateTime(timezone=True))
    statement = sa.text(f"{insert}ON CONFLICT DO NOTHING").bindparams(now)
    db.execute(statement, {"value": value})


def _unreadable(db: Connection, keys: Sequence[str]) -> Iterator[str]:
    """Yield the name of each kind of data of which something cannot be read with the keys."""
    for column, purpose, name in _ENCRYPTED:
        keyring = Keyring(keys, purpose)
        if not all(_is_readable(secret, keyring) for secret in _values(db, column)):
            yield name
    if not AUDIT_LOG.is_signed(db, Keyring(keys, "ledger")):
        yield "the audit log"
    if not STAFF_LOG.is_signed(db, Keyring(keys, "accounts")):
        yield "the audit log of the accounts"


def _values(db: Connection, column: sa.Column) -> Iterator[str]:
    rows = db.execute(sa.select(column).where(column.is_not(None))).yield_per(_PAGE)
    return (row[0] for row in rows)


def _is_readable(secret: str, keyring: Keyring) -> bool:
    try:
        keyring.decrypt(secret)
    except UnreadableSecret:
        return False
    return True
