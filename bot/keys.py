"""Encrypts what must be kept and read again, and marks it so that the same value is found without reading it."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class UnreadableSecret(ValueError):
    """A value was encrypted with a key that is not among the keys given."""


class Keyring:
    """The keys of one purpose; rotated by adding a new one at the end, and dropping an old one when nothing is left under it.

    Each key is split by HKDF (RFC 5869) into one that encrypts (Fernet: AES-128-CBC with HMAC-SHA256) and one that marks.
    """

    def __init__(self, keys: Sequence[str], purpose: str) -> None:
        """The last of ``keys`` encrypts and marks, all of them read."""
        newest_first = list(reversed(keys))
        self._fernet = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(_derive(key, f"{purpose}: encrypt"))) for key in newest_first]
        )
        self._marking = [_derive(key, f"{purpose}: mark") for key in newest_first]

    def encrypt(self, value: str) -> str:
        """Return a value encrypted."""
        return self._fernet.encrypt(value.encode()).decode()

    def decrypt(self, secret: str) -> str:
        """Return an encrypted value; raises UnreadableSecret if its key is not here or it was changed."""
        try:
            return self._fernet.decrypt(secret.encode()).decode()
        except InvalidToken:
            raise UnreadableSecret("Encrypted with a key that is not in PRIVACY_BOT_DATA_KEYS, or changed.") from None

    def mark(self, value: str) -> str:
        """Return the HMAC-SHA256 of a value under the newest key, in 64 hexadecimal digits."""
        return self.marks(value)[0]

    def marks(self, value: str) -> list[str]:
        """Return the marks of a value under every key, the newest first: by one of them it is found."""
        return [hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in self._marking]


def _derive(key: str, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"privacy-bot {info}".encode()).derive(key.encode())
