"""Session tokens: signed, expiring, the only key to a conversation."""

import secrets
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

_SALT = "privacy-bot.session"


class BadToken(ValueError):
    """The token was not made here, or was changed."""


class ExpiredToken(ValueError):
    """The token was made here, too long ago."""


class Tokens:
    """Makes and reads session tokens; several keys may be accepted, so that they can be rotated."""

    def __init__(self, keys: list[str], lifetime: timedelta) -> None:
        """The last of ``keys`` signs, all of them are accepted."""
        self._serializer = URLSafeTimedSerializer(keys, salt=_SALT)
        self._lifetime = lifetime

    def issue(self, session: str) -> tuple[str, datetime]:
        """Return a token for a session, and when it expires."""
        return self._serializer.dumps(session), datetime.now(UTC) + self._lifetime

    def read(self, token: str) -> str:
        """Return the session that a token opens; raises BadToken or ExpiredToken."""
        try:
            session = self._serializer.loads(token, max_age=int(self._lifetime.total_seconds()))
        except SignatureExpired:
            raise ExpiredToken from None
        except (BadSignature, UnicodeEncodeError):
            raise BadToken from None
        return str(session)


def new_session() -> str:
    """Return a random session id of 128 bits."""
    return secrets.token_hex(16)
