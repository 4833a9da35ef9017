"""Tests of session tokens."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.conversations.store import new_conversation_id
from bot.web.tokens import BadToken, ExpiredToken, Tokens

DAY = timedelta(days=1)


def test_a_token_opens_its_session() -> None:
    """An issued token opens its session until the token expires."""
    token, expires = Tokens(["a"], DAY).issue("session")
    assert Tokens(["a"], DAY).read(token) == "session"
    assert abs(expires - datetime.now(UTC) - DAY) < timedelta(seconds=5)


@pytest.mark.parametrize("token", ["", "x", "x.y.z", "☃", "a" * 5000])
def test_nonsense_is_no_token(token: str) -> None:
    """A text that was never issued as a token is refused."""
    with pytest.raises(BadToken):
        Tokens(["a"], DAY).read(token)


def test_a_token_of_another_key_is_no_token() -> None:
    """A token that was signed with another key is refused."""
    token, _ = Tokens(["theirs"], DAY).issue("session")
    with pytest.raises(BadToken):
        Tokens(["ours"], DAY).read(token)


def test_a_changed_token_is_no_token() -> None:
    """A token with the session of one and the signature of another is refused."""
    mine, _ = Tokens(["a"], DAY).issue("mine")
    other, _ = Tokens(["a"], DAY).issue("other")
    with pytest.raises(BadToken):
        Tokens(["a"], DAY).read(other.split(".")[0] + "." + mine.split(".", 1)[1])


def test_a_token_expires() -> None:
    """After its lifetime a token is recognised, but refused as expired."""
    token, expires = Tokens(["a"], DAY).issue("session")
    with time_machine.travel(expires + timedelta(minutes=1)), pytest.raises(ExpiredToken):
        Tokens(["a"], DAY).read(token)


def test_keys_can_be_rotated() -> None:
    """A token of an older key is valid while that key is listed; the last key signs new tokens."""
    old, _ = Tokens(["old"], DAY).issue("session")
    both = Tokens(["old", "new"], DAY)
    assert both.read(old) == "session"
    new, _ = both.issue("session")
    assert Tokens(["new"], DAY).read(new) == "session"


def test_sessions_are_random() -> None:
    """Session ids have 128 bits and do not repeat."""
    sessions = {new_conversation_id() for _ in range(1000)}
    assert len(sessions) == 1000
    assert all(len(session) == 32 for session in sessions)
