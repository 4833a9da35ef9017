"""Tests of encryption and digests."""

import pytest

from bot.keys import Keyring, UnreadableSecret

OLD, NEW = "o" * 40, "n" * 40


def test_a_value_is_read_again_and_not_visible() -> None:
    """An encrypted value does not show its text, and decrypts to it."""
    keyring = Keyring([OLD], "vault")
    secret = keyring.encrypt("jo@example.com")
    assert "jo@" not in secret
    assert keyring.decrypt(secret) == "jo@example.com"


def test_old_keys_still_read_after_a_rotation() -> None:
    """After a new key is added, a value under the old key is decrypted and found."""
    old, rotated = Keyring([OLD], "vault"), Keyring([OLD, NEW], "vault")
    assert rotated.decrypt(old.encrypt("x")) == "x"
    assert old.digest("x") in rotated.digests("x")
    assert rotated.digest("x") == Keyring([NEW], "vault").digest("x")


def test_a_dropped_key_reads_nothing() -> None:
    """A value under a dropped key raises UnreadableSecret with the name of the setting."""
    with pytest.raises(UnreadableSecret, match="DATA_KEYS"):
        Keyring([NEW], "vault").decrypt(Keyring([OLD], "vault").encrypt("x"))


def test_a_changed_secret_is_not_read() -> None:
    """A changed ciphertext raises UnreadableSecret, because encryption is authenticated."""
    keyring = Keyring([OLD], "vault")
    secret = keyring.encrypt("x")
    with pytest.raises(UnreadableSecret):
        keyring.decrypt(secret[:-4] + "AAA=")


def test_purposes_do_not_share_keys() -> None:
    """The same key gives different digests for different purposes."""
    assert Keyring([OLD], "vault").digest("x") != Keyring([OLD], "ledger").digest("x")
