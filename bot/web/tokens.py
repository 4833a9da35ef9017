"""Session tokens: signed and expiring, the only access to a conversation."""

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

_SALT = "privacy-bot.session"


class BadToken(ValueError):
    """Error of a token that was not issued here, or that was changed."""


class ExpiredToken(ValueError):
    """Error of a token that was issued here, but too long ago."""


class Tokens:
    """Issuer and reader of session tokens; it accepts several keys, so that keys can be rotated."""

    def __init__(self, keys: list[str], lifetime: timedelta) -> None:
        """Sign with the last of ``keys``, and accept tokens of all of them."""
        self._serializer = URLSafeTimedSerializer(keys, salt=_SALT)
        self._lifetime = lifetime

    def issue(self, session: str) -> tuple[str, datetime]:
        """Return a token for a session, and the time at which it expires."""
        return self._serializer.dumps(session), datetime.now(UTC) + self._lifetime

    def read(self, token: str) -> str:
        """Return the session of a token; raise BadToken or ExpiredToken."""
        try:
            session = self._serializer.loads(token, max_age=int(self._lifetime.total_seconds()))
        except SignatureExpired:
            raise ExpiredToken from None
        except (BadSignature, UnicodeEncodeError):
            raise BadToken from None
        return str(session)
