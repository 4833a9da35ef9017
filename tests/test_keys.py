"""Tests of encryption and marks."""

import pytest

from bot.keys import Keyring, UnreadableSecret

OLD, NEW = "o" * 40, "n" * 40


def test_a_value_is_read_again_and_not_visible() -> None:
    """What was encrypted decrypts to itself, and the secret does not contain it."""
    keyring = Keyring([OLD], "vault")
    secret = keyring.encrypt("jo@example.com")
    assert "jo@" not in secret
    assert keyring.decrypt(secret) == "jo@example.com"


def test_old_keys_still_read_after_a_rotation() -> None:
    """With a new key at the end, what the old one wrote is read and found."""
    old, rotated = Keyring([OLD], "vault"), Keyring([OLD, NEW], "vault")
    assert rotated.decrypt(old.encrypt("x")) == "x"
    assert old.mark("x") in rotated.marks("x")
    assert rotated.mark("x") == Keyring([NEW], "vault").mark("x")


def test_a_dropped_key_reads_nothing() -> None:
    """What was encrypted with a key that is gone is an error that names the setting."""
    with pytest.raises(UnreadableSecret, match="DATA_KEYS"):
        Keyring([NEW], "vault").decrypt(Keyring([OLD], "vault").encrypt("x"))


def test_a_changed_secret_is_not_read() -> None:
    """Encryption is authenticated."""
    keyring = Keyring([OLD], "vault")
    secret = keyring.encrypt("x")
    with pytest.raises(UnreadableSecret):
        keyring.decrypt(secret[:-4] + "AAA=")


def test_purposes_do_not_share_keys() -> None:
    """A mark of the vault says nothing about the ledger's."""
    assert Keyring([OLD], "vault").mark("x") != Keyring([OLD], "ledger").mark("x")
