"""Encryption of stored values, and digests by which a value is found without decrypting it."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class UnreadableSecret(ValueError):
    """The value was encrypted with a key that is not in the keyring, or it was changed."""


class Keyring:
    """Keys of one purpose, for encryption and digests.

    To rotate keys, add a new one at the end, and drop an old one when no stored value needs it.
    HKDF (RFC 5869) derives two keys from each: one for encryption (Fernet: AES-128-CBC with
    HMAC-SHA256) and one for digests.
    """

    def __init__(self, keys: Sequence[str], purpose: str) -> None:
        """Take keys, oldest first: the last one encrypts and digests, all of them decrypt."""
        newest_first = list(reversed(keys))
        self._fernet = MultiFernet(
            [
                Fernet(base64.urlsafe_b64encode(_derive(key, f"{purpose}: encrypt")))
                for key in newest_first
            ]
        )
        self._digest_keys = [_derive(key, f"{purpose}: mark") for key in newest_first]

    def encrypt(self, value: str) -> str:
        """Return the encrypted value."""
        return self._fernet.encrypt(value.encode()).decode()

    def decrypt(self, secret: str) -> str:
        """Return the decrypted value; raises UnreadableSecret if it changed or its key is missing.

        A key is missing if it is not in the keyring any more.
        """
        try:
            return self._fernet.decrypt(secret.encode()).decode()
        except InvalidToken:
            raise UnreadableSecret(
                "Encrypted with a key that is not in PRIVACY_BOT_DATA_KEYS, or changed."
            ) from None

    def digest(self, value: str) -> str:
        """Return the HMAC-SHA256 of a value under the newest key, in 64 hexadecimal digits."""
        return self.digests(value)[0]

    def digests(self, value: str) -> list[str]:
        """Return the digests of a value under every key, the newest first; one of them finds it."""
        return [
            hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in self._digest_keys
        ]


def fingerprint(key: str) -> str:
    """Return a short name of a key, from which the key cannot be found."""
    return _derive(key, "fingerprint").hex()[:16]


def _derive(key: str, info: str) -> bytes:
    return HKDF(
        algorithm=SHA256(), length=32, salt=None, info=f"privacy-bot {info}".encode()
    ).derive(key.encode())
