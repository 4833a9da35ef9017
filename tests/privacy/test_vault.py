"""Tests of the vault, on both kinds of database."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from bot.keys import Keyring
from bot.privacy.recognition import find
from bot.privacy.vault import Vault, vault

C, OTHER = "c" * 32, "d" * 32
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def kept(engine: Engine) -> Vault:
    """Empty vault that deletes values after half an hour."""
    return Vault(engine, Keyring(["k" * 32], "vault"), timedelta(minutes=30))


def keep(kept: Vault, text: str, conversation: str = C) -> list[str]:
    """Store the personal data of a text and return its placeholders."""
    return kept.keep(conversation, find(text))


def test_a_value_is_revealed_in_its_own_conversation_only(kept: Vault) -> None:
    """A placeholder is replaced by its value in its own conversation and in no other."""
    assert keep(kept, "jo@example.com") == ["[email-1]"]
    assert (
        kept.reveal(C, "mail to [email-1], not [email-2]")
        == "mail to jo@example.com, not [email-2]"
    )
    assert kept.reveal(OTHER, "mail to [email-1]") == "mail to [email-1]"
    assert kept.value(C, "[email-1]") == "jo@example.com"


@pytest.mark.parametrize(
    "again", ["O'HARA@example.com", "o'hara (at) example dot com", "o'hara @example.com"]
)
def test_spellings_of_an_address_are_one_value(kept: Vault, again: str) -> None:
    """Another spelling of an address gets the placeholder of the first one, and is found by it."""
    assert keep(kept, "o'hara@example.com") == keep(kept, again) == ["[email-1]"]
    assert kept.placeholders_of(C, "email", "O’Hara@Example.com") == ["[email-1]"]


def test_a_doubtful_address_is_a_value_of_its_own(kept: Vault) -> None:
    """What is almost an address gets another placeholder than the address in it."""
    assert keep(kept, "jo..smith@example.com or smith@example.com") == ["[email-1]", "[email-2]"]


def test_dangerous_types_are_never_stored(kept: Vault, engine: Engine) -> None:
    """Card, social security and bank account numbers get a placeholder and no stored value."""
    given = keep(kept, "4111 1111 1111 1111, ssn 829-33-4107, DE89 3704 0044 0532 0130 00")
    assert given == ["[card-1]", "[ssn-1]", "[iban-1]"]
    with engine.begin() as db:
        assert db.execute(sa.select(vault.c.secret, vault.c.digest).distinct()).all() == [
            (None, None)
        ]
    assert kept.reveal(C, "[card-1]") == "[card-1]"


def test_nothing_in_the_table_shows_a_value(kept: Vault, engine: Engine) -> None:
    """The table holds encrypted values and keyed digests, and no plain text."""
    keep(kept, "jo@example.com")
    with engine.begin() as db:
        row = str(db.execute(sa.select(vault)).one())
    assert "jo@example.com" not in row


def test_values_expire_when_the_conversation_is_idle(kept: Vault) -> None:
    """After half an hour without a message a value cannot be read, even before `expire` runs."""
    with time_machine.travel(NOON, tick=False):
        keep(kept, "jo@example.com")
    with time_machine.travel(NOON + timedelta(minutes=29), tick=False):
        assert kept.value(C, "[email-1]") == "jo@example.com"
        kept.touch(C)
    with time_machine.travel(NOON + timedelta(minutes=58), tick=False):
        assert kept.value(C, "[email-1]") == "jo@example.com"
    with time_machine.travel(NOON + timedelta(minutes=60), tick=False):
        assert kept.value(C, "[email-1]") is None
        assert kept.expire() == 1
        assert kept.conversations_with("email", "jo@example.com") == []


def test_a_late_message_does_not_bring_a_value_back(kept: Vault) -> None:
    """A message after the idle time does not make an expired value readable again."""
    with time_machine.travel(NOON, tick=False):
        keep(kept, "jo@example.com")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        kept.touch(C)
        assert kept.value(C, "[email-1]") is None


def test_an_expired_number_is_not_given_again(kept: Vault) -> None:
    """An expired placeholder keeps its number, so that it never means another address."""
    with time_machine.travel(NOON, tick=False):
        keep(kept, "jo@example.com")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        kept.expire()
        assert keep(kept, "al@example.com") == ["[email-2]"]


def test_forgetting_leaves_nothing(kept: Vault) -> None:
    """The values of a deleted conversation are gone, those of another one stay."""
    keep(kept, "jo@example.com")
    keep(kept, "jo@example.com", OTHER)
    kept.forget(C)
    assert kept.value(C, "[email-1]") is None
    assert kept.conversations_with("email", "JO@example.com ") == [OTHER]


def test_values_are_found_across_a_rotation_of_keys(engine: Engine) -> None:
    """After a rotation, values stored under the old key are found and read."""
    Vault(engine, Keyring(["o" * 32], "vault"), timedelta(hours=1)).keep(C, find("651-555-0199"))
    rotated = Vault(engine, Keyring(["o" * 32, "n" * 32], "vault"), timedelta(hours=1))
    assert rotated.conversations_with("phone", "(651) 555-0199") == [C]
    assert rotated.value(C, "[phone-1]") == "651-555-0199"


def test_a_value_whose_key_is_gone_is_as_good_as_expired(engine: Engine) -> None:
    """A value under a dropped key stays a placeholder, and no error is raised."""
    Vault(engine, Keyring(["o" * 32], "vault"), timedelta(hours=1)).keep(C, find("jo@example.com"))
    assert (
        Vault(engine, Keyring(["n" * 32], "vault"), timedelta(hours=1)).reveal(C, "[email-1]")
        == "[email-1]"
    )
