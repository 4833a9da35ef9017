"""Sessions of the staff: from a sign-in to a sign-out, or until they expire.

They are in the database, so that all processes share them. Only the digest of a session's secret
is stored: who reads the database cannot use a session.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.accounts.accounts import account_of
from bot.accounts.model import Account
from bot.accounts.tables import accounts, sessions
from bot.database import aware, transaction

_USE_STEP = timedelta(seconds=30)  # a use is stored only so often: a page asks every two seconds


class Sessions:
    """Table of the sessions."""

    def __init__(self, engine: Engine, idle: timedelta, longest: timedelta) -> None:
        """End a session that was not used for ``idle``, and each one after ``longest``."""
        self._engine = engine
        self._idle = idle
        self._longest = longest

    def begin(self, account: Account) -> str:
        """Begin a session of an account; return its secret."""
        secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
        row = {"digest": _digest(secret), "account": account.id, "begun_at": now, "used_at": now}
        with transaction(self._engine) as db:
            db.execute(sessions.insert().values(**row))
        return secret

    def account(self, secret: str, used: bool = True) -> Account | None:
        """Return the account of a session; None if the session is over or unknown.

        It has the account's present roles. With ``used`` the session lasts longer.
        """
        now, this = datetime.now(UTC), sessions.c.digest == _digest(secret)
        alive = (
            this,
            sessions.c.used_at > now - self._idle,
            sessions.c.begun_at > now - self._longest,
        )
        joined = sessions.join(accounts, accounts.c.id == sessions.c.account)
        wanted = sa.select(accounts, sessions.c.used_at).select_from(joined).where(*alive)
        with transaction(self._engine) as db:
            row = db.execute(wanted).first()
            if row is None:
                return None
            if used and aware(row.used_at) < now - _USE_STEP:
                db.execute(sessions.update().where(this).values(used_at=now))
        return account_of(row)

    def end(self, secret: str) -> None:
        """End a session; it may be over already."""
        with transaction(self._engine) as db:
            db.execute(sessions.delete().where(sessions.c.digest == _digest(secret)))

    def expire(self) -> int:
        """Delete the sessions that are over; return their number."""
        now = datetime.now(UTC)
        over = sa.or_(
            sessions.c.used_at <= now - self._idle, sessions.c.begun_at <= now - self._longest
        )
        with transaction(self._engine) as db:
            return int(db.execute(sessions.delete().where(over)).rowcount)


def _digest(secret: str) -> str:
    """Return the digest of a secret; it is random and long, so it needs no key."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
